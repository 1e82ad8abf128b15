"""The limits of the items of plans, as rules of the device: nobody knows a limit that is no rule.

A limit is written once. A rule of the profile stands where it says the same, and replaces an item's
by its id; two limits of one metric that differ otherwise are a mistake.
"""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from core.schema.plan import Item, Measure, Plan, PlanFile
from core.schema.profile import Profile
from core.schema.rules.base import MetricRule
from core.schema.rules.limit import LimitRule
from core.schema.rules.tolerance import ToleranceRule

NamedFile = tuple[str, PlanFile]  # with its name in config/plans


Side = Literal["low", "high", "tolerance_pct"]  # the key of the item's measure
Numbers = tuple[float, ...]  # that a limit says, in the metric's unit or in percent


class ItemRule(NamedTuple):
    """A limit of an item, with its place in the file of plans."""

    place: str  # `plans[0].items[1].measure.high`
    side: Side
    numbers: Numbers
    rule: MetricRule


class Clash(NamedTuple):
    """Two limits of which nobody can say which holds, by the place of the item's."""

    file: str  # its name in config/plans
    place: str
    text: str


def item_rules(plans: Iterable[Plan]) -> Iterator[ItemRule]:
    """The rules that the limits of plans' items are: `water_ct_number_low`, `_high`, or `_off`."""
    for p, plan in enumerate(plans):
        for i, item in enumerate(plan.items):
            if item.measure is not None:
                yield from _rules(f"plans[{p}].items[{i}].measure", item, item.measure)


def with_item_rules(profile: Profile, files: Iterable[NamedFile]) -> tuple[Profile, list[Clash]]:
    """The profile with the rules of its plans' items that it does not have, and what contradicts."""
    clashes: list[Clash] = []
    own = {rule.id for rule in profile.rules}
    for name, file in files:
        for limit in item_rules(file.plans):
            rule = limit.rule
            namesake = next((other for other in profile.rules if other.id == rule.id), None)
            beside = _limits_beside(profile, limit)
            if rule.id in own and namesake and rule.metric in namesake.input_metrics:
                continue  # the profile's replaces it
            if namesake is None and not beside:
                profile = profile.model_copy(update={"rules": [*profile.rules, rule]})
            elif limit.numbers not in beside.values():
                clashes.append(Clash(name, limit.place, _contradiction(limit, beside)))
    return profile, clashes


def _rules(place: str, item: Item, measure: Measure) -> Iterator[ItemRule]:
    shared = measure.model_dump(include={"metric", "severity", "basis", "source"})
    shared |= {"component": measure.component or None, "do_first": item.do_first}
    low, high, tolerance = measure.low, measure.high, measure.tolerance_pct
    if low is not None:
        below = LimitRule(id=f"{item.id}_low", title=f"{item.text}: too low", below=low, **shared)
        yield ItemRule(f"{place}.low", "low", (low,), below)
    if high is not None:
        above = LimitRule(
            id=f"{item.id}_high", title=f"{item.text}: too high", above=high, **shared
        )
        yield ItemRule(f"{place}.high", "high", (high,), above)
    if tolerance is not None:
        around = ToleranceRule(
            kind="tolerance", id=f"{item.id}_off", title=f"{item.text}: off its baseline",
            tolerance_pct=tolerance, baseline_of=measure.baseline_of, **shared,
        )  # fmt: skip
        numbers = (tolerance, measure.baseline_of)
        yield ItemRule(f"{place}.tolerance_pct", "tolerance_pct", numbers, around)


def _limits_beside(profile: Profile, limit: ItemRule) -> dict[str, Numbers]:
    """What the profile limits the same by, by the rule's id."""
    metric, component = limit.rule.metric, limit.rule.component or ""
    if limit.side == "tolerance_pct":
        tolerances = profile.tolerances(metric, component)
        return {rule.id: (rule.tolerance_pct, rule.baseline_of) for rule in tolerances}
    limits = profile.limits(metric, component)
    if limit.side == "low":
        return {rule.id: (rule.below,) for rule in limits if rule.below is not None}
    return {rule.id: (rule.above,) for rule in limits if rule.above is not None}


def _contradiction(limit: ItemRule, beside: dict[str, Numbers]) -> str:
    rule = limit.rule
    for name, numbers in beside.items():
        return (
            f"{rule.metric}: {limit.numbers[0]:g} contradicts {numbers[0]:g} of the rule {name!r}:"
            f" write the limit once; a rule {rule.id!r} in the profile replaces the item's"
        )
    return f"the device has another rule {rule.id!r}: give this item another id"

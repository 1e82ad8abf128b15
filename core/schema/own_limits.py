"""Limits of one device that differ from its profile's: in the site file, with the reason.

A limit keeps all else of the rule that it changes. Who changed it and why is its source, and it is
`engineering` from then on: the maker's number was another.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, TypeAlias, cast

from pydantic import Field, StringConstraints

from core.schema.names import Name
from core.schema.profile import Profile
from core.schema.rules.base import Cleared, Rule
from core.schema.rules.limit import LimitRule
from core.schema.rules.rate import RateRule
from core.schema.strict_model import Strict, did_you_mean
from core.text.phrase import Phrase
from core.time.duration import Duration
from core.vocabulary.severity import Severity

_URGENCY: tuple[Severity, ...] = ("info", "warning", "error", "critical")


class OwnLimit(Strict):
    """Other numbers for one rule; what is left out is as in the profile."""

    above: float | None = None
    below: float | None = None
    clear: float | None = None
    hold: Annotated[Duration | None, Field(alias="for")] = None
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


LimitWithNumbers: TypeAlias = LimitRule | RateRule
OwnLimits = Mapping[Name, OwnLimit]


def changeable(rule: Rule) -> LimitWithNumbers | None:
    """The rule, if a device may have other numbers for it."""
    return cast("LimitWithNumbers", rule) if isinstance(rule, Cleared) else None


def with_own_limits(profile: Profile, limits: OwnLimits) -> Profile:
    """The profile with these numbers. They have been checked."""
    if not limits:
        return profile
    rules = [
        _changed(limit, limits[limit.id])
        if rule.id in limits and (limit := changeable(rule)) is not None
        else rule
        for rule in profile.rules
    ]
    return profile.model_copy(update={"rules": rules})


def check_own_limits(profile: Profile, limits: OwnLimits) -> Iterator[tuple[str, str]]:
    """Each mistake after its place below the device."""
    known = {rule.id: changeable(rule) for rule in profile.rules}
    for name, own in limits.items():
        rule = known.get(name)
        if rule is None:
            hint = did_you_mean(name, [name for name, rule in known.items() if rule is not None])
            yield (
                f"limits.{name}",
                Phrase("the device has no rule {rule!r} with a limit{hint}", rule=name, hint=hint),
            )
            continue
        side = "above" if rule.above is not None else "below"
        other = "below" if side == "above" else "above"
        if getattr(own, other) is not None:
            yield (
                f"limits.{name}.{other}",
                Phrase("the rule has a limit `{side}`: write that", side=side),
            )
        elif not _can_end(_changed(rule, own)):
            place = "clear" if own.clear is not None else side
            text = Phrase("`clear` lies beyond the limit: the alert could never end")
            yield f"limits.{name}.{place}", text
    for name in limits:
        yield from _out_of_order(with_own_limits(profile, limits), name)


def _changed(rule: LimitWithNumbers, own: OwnLimit) -> LimitWithNumbers:
    numbers = {
        name: value
        for name, value in (
            ("above", own.above if rule.above is not None else None),
            ("below", own.below if rule.below is not None else None),
            ("clear", own.clear),
            ("hold", own.hold),
        )
        if value is not None
    }
    return rule.model_copy(update={**numbers, "basis": "engineering", "source": own.reason})


def _can_end(rule: Cleared) -> bool:
    if rule.clear is None:
        return True
    return rule.clear <= rule.limit if rule.above is not None else rule.clear >= rule.limit


def _out_of_order(profile: Profile, name: str) -> Iterator[tuple[str, str]]:
    """A warning that comes after what is worse is none. Only the limits of levels have an order."""
    limits = [limit for rule in profile.rules for limit in _of_levels(rule)]
    for rule in limits:
        for other in limits:
            if rule.id == name and other.id != name and _contradict(rule, other):
                text = Phrase(
                    "{severity} at {limit} does not fit {other} at {beside} of {rule!r}: what is"
                    " worse must lie farther out",
                    severity=rule.severity, limit=f"{rule.limit:g}",
                    other=other.severity, beside=f"{other.limit:g}", rule=other.id,
                )  # fmt: skip
                yield f"limits.{name}", text


def _of_levels(rule: Rule) -> Iterator[LimitRule]:
    """The rule itself, if it is a limit of a level."""
    for metric in rule.input_metrics:
        yield from (
            limit for limit in rule.limits_on(metric, rule.component or "") if limit is rule
        )


def _contradict(rule: LimitRule, other: LimitRule) -> bool:
    same = rule.metric == other.metric and (rule.above is None) == (other.above is None)
    if not same or (rule.component and other.component and rule.component != other.component):
        return False
    worse = _URGENCY.index(rule.severity) - _URGENCY.index(other.severity)
    farther = rule.limit - other.limit if rule.above is not None else other.limit - rule.limit
    return worse * farther < 0

"""Whether what a plan gives as proof of a line can be one on a device of this profile."""

from collections.abc import Iterable, Iterator

from core.readings import OWN_EVENTS
from core.schema.plan import Item, Plan
from core.schema.profile import Profile
from core.schema.proof import CounterProof, HeldProof, Proof, ResultProof
from core.schema.rules.chart import ChartRule
from core.schema.strict_model import did_you_mean

Misplaced = tuple[str, str]  # `plans[0].items[1].proof.metrics[0]`, and what is wrong there


def proofs_in(plans: Iterable[Plan]) -> Iterator[tuple[str, Item, Proof]]:
    """Each proof with its place and its line."""
    for p, plan in enumerate(plans):
        for i, item in enumerate(plan.items):
            if item.proof is not None:
                yield f"plans[{p}].items[{i}].proof", item, item.proof


def metrics_of(item: Item, proof: Proof) -> list[tuple[str, str]]:
    """The metrics that it looks at, after their key; that of the line where it names none."""
    named = list(proof.named_metrics())
    is_of_line = not named and isinstance(proof, ResultProof | CounterProof)
    return [("kind", item.measure.metric)] if is_of_line and item.measure else named


def misfits(profile: Profile, plans: Iterable[Plan]) -> Iterator[Misplaced]:
    """A kind of proof that does not fit the kind of its metric.

    A metric that the profile does not have proves nothing there: plans are for many kinds of device.
    """
    for place, item, proof in proofs_in(plans):
        for key, name in metrics_of(item, proof):
            metric = profile.metrics.get(name)
            if metric is None:
                continue
            if isinstance(proof, CounterProof) and metric.kind != "counter":
                yield f"{place}.{key}", f"{name!r} is a {metric.kind}: it does not count"
            elif not isinstance(proof, CounterProof) and metric.kind == "counter":
                yield f"{place}.{key}", f"{name!r} is a counter: write a proof of kind 'counter'"


def lacking(profile: Profile, plans: Iterable[Plan]) -> Iterator[Misplaced]:
    """What a proof can never be given for: no limit, nothing that judges steadiness, unknown events."""
    events = {*OWN_EVENTS, *(event for own in profile.maps.values() for event in own.events())}
    for place, item, proof in proofs_in(plans):
        for key, event in proof.named_events():
            if event not in events:
                yield f"{place}.{key}", f"unknown event {event!r}{did_you_mean(event, events)}"
        if isinstance(proof, CounterProof):
            continue
        for key, name in metrics_of(item, proof):
            if name not in profile.metrics:
                continue
            if not profile.limits(name) and not profile.tolerances(name):
                yield f"{place}.{key}", f"no limit is set for {name!r}, so nothing can prove it"
            if isinstance(proof, HeldProof) and proof.steady and not _is_judged(profile, name):
                yield f"{place}.{key}", f"no detector or control chart judges {name!r}"


def _is_judged(profile: Profile, metric: str) -> bool:
    watched = {name for own in profile.detectors for name in (own.metric, own.of, own.less)}
    charts = {rule.metric for rule in profile.rules if isinstance(rule, ChartRule)}
    return metric in watched or metric in charts

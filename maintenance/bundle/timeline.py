"""What happened around the fault, in order: alerts, events, and the states that changed."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from core.time.clock import HOUR
from core.vocabulary.severity import Severity
from maintenance.bundle.content import BundledCurve, Content
from maintenance.bundle.format import number, quantity

TIMELINE_MARGIN = HOUR  # before and after the fault
MOST = 80


class TimelineEntry(NamedTuple):
    """One line of the timeline; `kind` is `alert`, `event` or `state`."""

    at: int
    device: str
    kind: str
    severity: Severity
    text: str


def timeline(content: Content) -> tuple[list[TimelineEntry], int]:
    """The entries within an hour of the fault, or of the whole window; and how many were left out.

    If there are too many, what is informative only goes first, then what is farthest away.
    """
    request = content.request
    middle = request.fault if request.fault is not None else request.end
    start, end = request.start, request.end
    if request.fault is not None:
        start, end = middle - TIMELINE_MARGIN, middle + TIMELINE_MARGIN
    entries = [m for m in _entries(content) if start <= m.at <= end]
    by_weight = sorted(
        entries, key=lambda m: (m.kind == "event" and m.severity == "info", abs(m.at - middle))
    )
    return sorted(by_weight[:MOST]), max(len(entries) - MOST, 0)


def _entries(content: Content) -> Iterator[TimelineEntry]:
    metrics = {(curve.device, curve.name): curve.metric for curve in content.curves}
    for alert in content.alerts:
        component = f" ({alert.component})" if alert.component else ""
        metric = metrics.get((alert.device, alert.metric))
        worst = quantity(alert.value, metric) if metric else number(alert.value)
        yield TimelineEntry(
            alert.began_at,
            alert.device,
            "alert",
            alert.severity,
            f"Began: {alert.title}{component}",
        )
        if alert.ended_at is not None:
            text = f"Over: {alert.title}{component}; worst {worst}"
            yield TimelineEntry(alert.ended_at, alert.device, "alert", "info", text)
    for event in content.events:
        where = " ".join(word for word in (event.component, event.code) if word)
        text = f"{event.text or event.kind}{f' [{where}]' if where else ''}"
        yield TimelineEntry(event.at, event.device, "event", event.severity, text)
    for curve in content.curves:
        if curve.metric.kind == "state":
            yield from _changes(curve)


def _changes(curve: BundledCurve) -> Iterator[TimelineEntry]:
    """Only where readings are single: a roll-up's mean is no state."""
    single = [point for point in curve.readings if point.low == point.high]
    name = f"{curve.metric.title}{f' ({curve.component})' if curve.component else ''}"
    for before, after in pairwise(single):
        if before.mean != after.mean:
            was, now = quantity(before.mean, curve.metric), quantity(after.mean, curve.metric)
            yield TimelineEntry(after.at, curve.device, "state", "info", f"{name}: {was} → {now}")

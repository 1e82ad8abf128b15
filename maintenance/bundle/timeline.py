"""What happened around the fault, in order: alerts, events, and the states that changed."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from core.time.clock import HOUR
from core.vocabulary.severity import Severity
from maintenance.bundle.content import Content, Line
from maintenance.bundle.format import number, quantity

ONE_SIDE = HOUR  # of the fault
MOST = 80


class Moment(NamedTuple):
    """One line of the timeline; `kind` is `alert`, `event` or `state`."""

    at: int
    part: str
    kind: str
    severity: Severity
    text: str


def timeline(content: Content) -> tuple[list[Moment], int]:
    """The moments within an hour of the fault, or of the whole window; and how many were left out.

    If there are too many, what is informative only goes first, then what is farthest away.
    """
    ask = content.ask
    middle = ask.fault if ask.fault is not None else ask.end
    start, end = ask.start, ask.end
    if ask.fault is not None:
        start, end = middle - ONE_SIDE, middle + ONE_SIDE
    moments = [m for m in _moments(content) if start <= m.at <= end]
    by_weight = sorted(
        moments, key=lambda m: (m.kind == "event" and m.severity == "info", abs(m.at - middle))
    )
    return sorted(by_weight[:MOST]), max(len(moments) - MOST, 0)


def _moments(content: Content) -> Iterator[Moment]:
    metrics = {(line.part, line.name): line.metric for line in content.lines}
    for alert in content.alerts:
        part = f" ({alert.component})" if alert.component else ""
        metric = metrics.get((alert.part, alert.metric))
        worst = quantity(alert.value, metric) if metric else number(alert.value)
        yield Moment(
            alert.began_at, alert.part, "alert", alert.severity, f"Began: {alert.title}{part}"
        )
        if alert.ended_at is not None:
            text = f"Over: {alert.title}{part}; worst {worst}"
            yield Moment(alert.ended_at, alert.part, "alert", "info", text)
    for said in content.events:
        where = " ".join(word for word in (said.component, said.code) if word)
        text = f"{said.text or said.kind}{f' [{where}]' if where else ''}"
        yield Moment(said.at, said.part, "event", said.severity, text)
    for line in content.lines:
        if line.metric.kind == "state":
            yield from _changes(line)


def _changes(line: Line) -> Iterator[Moment]:
    """Only where readings are single: a roll-up's mean is no state."""
    single = [point for point in line.readings if point.low == point.high]
    name = f"{line.metric.title}{f' ({line.component})' if line.component else ''}"
    for before, after in pairwise(single):
        if before.mean != after.mean:
            was, now = quantity(before.mean, line.metric), quantity(after.mean, line.metric)
            yield Moment(after.at, line.part, "state", "info", f"{name}: {was} → {now}")

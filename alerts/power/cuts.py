"""When the mains was away, by what runs on a battery or on a generator."""

from collections.abc import Iterable
from typing import NamedTuple

from alerts.power.sources import Sources
from core.readings import Reading
from core.schema.site import Device
from core.time.clock import HOUR, MINUTE

PAST = 12 * HOUR  # how far back a cut is looked for
# Between battery and generator nothing may say for so long that the mains is away. Engineering.
_HANDOVER = 2 * MINUTE


class SupplySpan(NamedTuple):
    """From `begin` to `end`, UTC ms; None: it lasts."""

    begin: int
    end: int | None


class Cut(NamedTuple):
    """The last one. Without a `begin` there was none; without an `end` it lasts."""

    begin: int | None
    end: int | None


def battery_spans(ups: Device, sources: Sources) -> list[SupplySpan]:
    """When it ran on its battery, in the last hours."""
    return spans_between(ups, sources, sources.now - PAST, None)


def spans_between(ups: Device, sources: Sources, start: int, end: int | None) -> list[SupplySpan]:
    """When it ran on its battery.

    By the state of the output, or by the seconds on battery: some cards leave out the one or the other.
    """
    on_battery = _battery_states(ups)
    sources_of_output = sources.samples(ups.id, "output_source", start, end)
    by_source = _spans((sample.at, sample.value in on_battery) for sample in sources_of_output)
    seconds = sources.samples(ups.id, "on_battery_s", start, end)
    return by_source or _spans((sample.at, sample.value > 0) for sample in seconds)


def hints_at_battery(ups: Device, newest: Reading) -> bool:
    """Does a newest reading suggest that it runs on its battery? Cheap; `battery_spans` knows."""
    if newest.metric == "output_source":
        return newest.value in _battery_states(ups)
    return newest.metric == "on_battery_s" and newest.value > 0


def _battery_states(ups: Device) -> set[int]:
    metric = ups.profile.metrics.get("output_source")
    states = metric.states if metric else {}
    return {number for number, word in states.items() if word == "battery"}


def generator_spans(switch: Device, sources: Sources) -> list[SupplySpan]:
    """When the house was on the generator."""
    samples = sources.samples(switch.id, "on_generator", sources.now - PAST)
    return _spans((sample.at, sample.value > 0) for sample in samples)


def last_cut(spans: Iterable[SupplySpan]) -> Cut:
    """A generator that takes over ends the battery's part of a cut, not the cut."""
    cut = Cut(None, None)
    for span in sorted(spans, key=lambda span: span.begin):
        if cut.begin is None or (cut.end is not None and span.begin > cut.end + _HANDOVER):
            cut = Cut(*span)
        elif cut.end is not None:
            cut = Cut(cut.begin, None if span.end is None else max(cut.end, span.end))
    return cut


def _spans(marks: Iterable[tuple[int, bool]]) -> list[SupplySpan]:
    spans = list[SupplySpan]()
    for at, is_in in marks:
        is_open = bool(spans) and spans[-1].end is None
        if is_in and not is_open:
            spans.append(SupplySpan(at, None))
        elif is_open and not is_in:
            spans[-1] = SupplySpan(spans[-1].begin, at)
    return spans

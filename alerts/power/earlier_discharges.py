"""What a battery showed in the cuts before this one."""

from collections.abc import Iterator

from alerts.power.battery_fit import has_fallen
from alerts.power.cuts import PAST, spans_between
from alerts.power.situation import BEFORE, Discharge
from alerts.power.sources import Sources
from core.schema.site import Device
from core.time.clock import DAY, HOUR, start_of_day

# A battery changes in months; a site that has cuts has some in so long. How many are worth reading, and of how many
# hours in which the mains was away. Engineering.
LOOK_BACK = 60 * DAY
MOST, MOST_HOURS = 3, 12


def earlier_discharges(ups: Device, sources: Sources) -> tuple[Discharge, ...]:
    """The last few that showed something, oldest first; none of a battery that was replaced since."""
    shown = list[Discharge]()
    for begin, end in _windows(ups, sources):
        for span in spans_between(ups, sources, begin, end):
            last = span.end or end
            discharge = Discharge(
                sources.samples(ups.id, "battery_charge_pct", span.begin, last),
                sources.samples(ups.id, "output_load_pct", span.begin - BEFORE, last),
            )
            if has_fallen([discharge]):
                shown.append(discharge)
        if len(shown) >= MOST:
            break
    return tuple(sorted(shown, key=lambda each: each.charges[0].at)[-MOST:])


def _windows(ups: Device, sources: Sources) -> Iterator[tuple[int, int]]:
    """Stretches of hours in which it was on its battery, newest first."""
    end = sources.now - PAST
    start = end - LOOK_BACK
    battery = ups.power.battery
    if battery is not None and battery.installed is not None:
        start = max(start, start_of_day(battery.installed, sources.site.zone))
    hours = sorted(_hours_on_battery(ups, sources, start, end), reverse=True)[:MOST_HOURS]
    while hours:
        last = begin = hours.pop(0)
        while hours and hours[0] >= begin - HOUR:
            begin = hours.pop(0)
        yield max(begin, start), min(last + HOUR, end)


def _hours_on_battery(ups: Device, sources: Sources, start: int, end: int) -> set[int]:
    seconds = sources.newest(ups.id, "on_battery_s")
    outputs = sources.newest(ups.id, "output_source")
    metric = ups.profile.metrics.get("output_source")
    words = metric.states if metric else {}
    numbers = [number for number, word in words.items() if word == "battery"]
    hours = set[int]()
    for row in outputs or seconds:
        points = (end - start) // HOUR + 1
        for point in sources.points(ups.id, row.metric, row.component, start, end, points):
            is_on = (
                any(point.low <= number <= point.high for number in numbers)
                if outputs
                else point.high > 0
            )
            if is_on:
                hours.add(point.at // HOUR * HOUR)
    return hours

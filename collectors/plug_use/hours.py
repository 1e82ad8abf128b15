"""What a plug has told hour by hour, and the readings that follow. Pure.

An hour keeps its estimate until readings of it come late: so what was learned since changes no past,
and what is kept of the last three days is enough to correct them.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from pydantic import ValidationError

from collectors.plug_use.idle import above_idle
from collectors.plug_use.metrics import (
    BUSY,
    COMPONENT,
    EXAMINATIONS,
    HOURLY,
    TIME_IN_USE,
    features_for,
)
from collectors.plug_use.model import PlugModel
from collectors.plug_use.power_curve import PowerCurve, daily_paces, is_same_pace
from collectors.plug_use.pulses import find_pulses
from collectors.plug_use.spans import Spans, seen_in
from core.readings import Reading
from core.schema.strict_model import Strict
from core.time.clock import DAY, HOUR, from_ms, start_of_day

WINDOW = 3 * DAY
COVERED = 0.5  # of an hour, for it to have readings. Engineering
SILENT = DAY  # after so long without its plug nobody knows what a device did: it counts from 0


class PlugHour(Strict):
    """What a plug told of one hour."""

    readings: int  # of the plug in it
    covered: float
    amounts: dict[str, float]  # by metric


class PlugLedger(Strict):
    """The last hours by their end (UTC ms), and what was counted before them."""

    counted: float = 0.0
    counted_until: int = 0  # UTC ms: the last hour before them in which the plug was read
    hours: dict[int, PlugHour] = {}


def parse_ledger(text: str | None) -> PlugLedger:
    """As it was kept; an empty one if there is none, or it is of another version."""
    try:
        return PlugLedger.model_validate_json(text or "{}")
    except ValidationError:
        return PlugLedger()


def estimates(model: PlugModel, curve: PowerCurve, until: int) -> dict[int, PlugHour]:
    """Each hour that ended by `until` and in which the plug was read, by its end.

    Days on which it was read much more or less often than when it was learned are left out.
    """
    if not len(curve.begin):
        return {}
    paces = daily_paces(curve)
    ends = np.arange(int(curve.begin[0]) // HOUR + 1, until // HOUR + 1) * HOUR
    spans = Spans(ends - HOUR, ends)
    above, _ = above_idle(curve)
    seen = seen_in(spans, curve, above, find_pulses(curve, above, model.threshold_w))
    columns = {
        metric: features_for(metric, seen) @ np.array(weights)
        for metric, weights in model.weights.items()
    }
    readings = np.histogram(curve.begin, np.append(spans.begin, ends[-1:]))[0]
    return {
        end: PlugHour(
            readings=int(readings[i]),
            covered=round(share, 3),
            amounts={metric: round(float(column[i]), 4) for metric, column in columns.items()},
        )
        for i, (end, share) in enumerate(
            zip(ends.tolist(), curve.covered(*spans).tolist(), strict=True)
        )
        if share > 0 and is_same_pace(model.pace, paces.get((end - 1) // DAY, 0))
    }


def updated(ledger: PlugLedger, estimated: Mapping[int, PlugHour], last: int) -> PlugLedger:
    """The ledger with the hours that it lacks, and those of which more or less is known than before.

    `last` is the end of the last hour that is over, UTC ms.
    """
    if not estimated:
        return ledger
    if ledger.counted_until > last:  # a clock was ahead: nothing before it would ever count
        ledger = PlugLedger()
    begin = last - WINDOW
    changed = {
        end: hour
        for end, hour in estimated.items()
        if end > max(begin, ledger.counted_until)
        and (end not in ledger.hours or ledger.hours[end].readings != hour.readings)
    }
    hours = dict(sorted({**ledger.hours, **changed}.items()))
    total, until = ledger.counted, ledger.counted_until
    for end, count in _running(ledger.model_copy(update={"hours": hours})):
        if end <= begin:
            total, until = count, end
    inside = {end: hour for end, hour in hours.items() if begin < end <= last}
    return PlugLedger(counted=total, counted_until=until, hours=inside)


def changes(
    device: str, before: PlugLedger, after: PlugLedger, metrics: Iterable[str], zone: ZoneInfo
) -> list[Reading]:
    """The readings of `after` that `before` did not have, or had otherwise."""
    known, published = set(metrics), dict(_published(before, zone))
    return [
        Reading(
            *(device, metric, value, at, COMPONENT),
            "corrected" if (metric, at) in published else "good",
        )
        for (metric, at), value in _published(after, zone)
        if metric in known and published.get((metric, at)) != value
    ]


def _running(ledger: PlugLedger) -> Iterator[tuple[int, float]]:
    """The examinations until the end of each hour."""
    total, last = ledger.counted, ledger.counted_until
    for end, hour in ledger.hours.items():
        if last and end - HOUR - last > SILENT:
            total = 0.0
        total, last = total + hour.amounts.get(EXAMINATIONS, 0.0), end
        yield end, total


def _published(ledger: PlugLedger, zone: ZoneInfo) -> Iterator[tuple[tuple[str, int], float]]:
    for end, total in _running(ledger):
        hour = ledger.hours[end]
        if hour.covered < COVERED:
            continue
        yield (EXAMINATIONS, end), float(round(total))
        for metric in HOURLY:
            if metric in hour.amounts:
                amount = hour.amounts[metric]
                yield (
                    (metric, end),
                    round(min(amount, 100.0) if metric == TIME_IN_USE else amount, 2),
                )
    yield from _busy_days(ledger, zone)


def _busy_days(ledger: PlugLedger, zone: ZoneInfo) -> Iterator[tuple[tuple[str, int], float]]:
    """The minutes of each local day all of whose hours are known; an hour over midnight is of the later."""
    days: dict[date, list[PlugHour]] = {}
    for end, hour in ledger.hours.items():
        if hour.covered >= COVERED and BUSY in hour.amounts:
            days.setdefault(from_ms(end - HOUR // 2, zone).date(), []).append(hour)
    for day, hours in days.items():
        begin, end = start_of_day(day, zone), start_of_day(day + timedelta(days=1), zone)
        if len(hours) * HOUR > end - begin - HOUR:
            yield (BUSY, end), round(sum(hour.amounts[BUSY] for hour in hours), 1)

"""The readings that follow from what the ledger knows of a device. Pure.

Every reading is a question of its moment: a counter is how many there were before it, a gauge is over
the hour that ends with it, and what a day was stands at the day's end. So a late entry needs no thought:
all moments since then are asked once more, and what has another answer than was published is corrected.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import accumulate, islice, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from collectors.dicom.common.scanning import occupied, scanning
from core.readings import Reading
from core.time.clock import AHEAD, HOUR, MINUTE, from_ms, start_of_day
from core.time.covered_hours import Interval, length, overlap, union
from storage.examinations.entries import ExposureEntry
from storage.examinations.work import DeviceWork

COMPONENT = "dicom"
OF_A_DAY = (
    *("first_examination_h", "last_examination_h", "busy_min", "longest_gap_min"),
    *("dose_area_product_gy_cm2", "ctdi_vol_mean_mgy", "dlp_mean_mgy_cm"),
)
OF_A_PACS = ("examination_count", "series_count", "image_count")  # none of them is zero
Key = tuple[str, int]  # metric, and when, UTC ms
Count = tuple[int, float]  # when, UTC ms, and how many


def start(since: int, zone: ZoneInfo) -> int:
    """From when on everything is asked once more: the hour in which the local day of `since` begins."""
    day = start_of_day(from_ms(since, zone).date(), zone)
    return day - day % HOUR


def readings(
    device: str, work: DeviceWork, metrics: Iterable[str], zone: ZoneInfo, now: int, stored: int
) -> list[Reading]:
    """What the series store lacks or has otherwise, up to `now`; `stored` is the last publication in it.

    Only of the `metrics` of the device's profile.
    """
    answers = {**_counters(work, now), **_hours(work, now), **_days(work, zone, now)}
    known = set(metrics)
    published = {
        (own.metric, own.at): own
        for own in work.published
        if own.metric not in OF_A_DAY or own.at > work.since + HOUR  # the day before ended then
    }
    changes: list[Reading] = []
    for key in sorted({*answers, *published}, key=lambda key: (key[1], key[0])):
        before, value = published.get(key), answers.get(key)
        if key[0] not in known:
            continue
        if before is None and value is not None:
            changes.append(Reading(device, key[0], value, key[1], COMPONENT))
        elif before is not None and (before.value != value or before.publication > stored):
            if value is not None:
                changes.append(Reading(device, key[0], value, key[1], COMPONENT, "corrected"))
            elif before.value is not None or before.publication > stored:
                withdrawn = before.value or 0.0
                changes.append(Reading(device, key[0], withdrawn, key[1], COMPONENT, "withdrawn"))
    return changes


def is_open(work: DeviceWork, today: int) -> bool:
    """Is something of today, so that hours and the day are still to be published when they are over?"""
    moments = (
        *work.studies[-1:],
        *(entry.began_at for entry in work.series[-1:]),
        *(entry.at for entry in work.exposures[-1:]),
        *(ended for _, ended in occupied(work.series, work.steps)),  # may reach over midnight
        *(ended for _, ended in work.covered),
    )
    return any(moment >= today for moment in moments)


def _counters(work: DeviceWork, now: int) -> dict[Key, float]:
    counts: dict[str, list[Count]] = {
        "examination_count": [(at, 1) for at in work.studies],
        "series_count": [(own.began_at, 1) for own in work.series if own.began_at >= work.since],
        "image_count": [
            (own.began_at, own.images) for own in work.series if own.began_at >= work.since
        ],
        "exposures_count": [(own.at, own.exposures) for own in work.exposures],
        "scan_seconds": [
            (own.at, round(own.scan_s, 3)) for own in work.exposures if own.scan_s is not None
        ],
    }
    moments = _moments(work, now)
    asked = [*islice(_covered_hours(work, now), 1)]
    answers: dict[Key, float] = {}
    for metric, own in counts.items():
        own.sort()
        times = [at for at, _ in own]
        totals = [0.0, *accumulate(amount for _, amount in own)]
        before = work.before.get(metric)
        at_all = {*moments, *(row.at for row in work.published if row.metric == metric)}
        if before is not None:
            known_since, base = work.since, before.value or 0.0
            if before.at == work.since:
                at_all.discard(work.since)  # that is published, and right
        elif signs := [at // HOUR * HOUR for at in times[:1]] + asked * (metric in OF_A_PACS):
            known_since, base = min(signs), 0.0  # nothing says that there was none earlier
        else:
            continue
        for at in at_all:
            if at >= known_since:
                answers[metric, at] = round(base + totals[bisect_left(times, at)], 3)
    return answers


def _moments(work: DeviceWork, now: int) -> set[int]:
    """Both ends of each hour in which something was or that a PACS was asked about; and of late.

    That a counter stood still before an hour is known from its beginning.
    """
    entries = [
        *work.studies,
        *(own.began_at for own in work.series if own.began_at >= work.since),
        *(own.at for own in work.exposures),
    ]
    hours = {*(at // HOUR * HOUR for at in entries), *_covered_hours(work, now)}
    over = {end for hour in hours for end in (hour, hour + HOUR) if end <= now}
    last = max((at for at in entries if at <= now + AHEAD), default=0)
    return over | ({last + 1} if last // HOUR * HOUR + HOUR > now else set())


def _covered_hours(work: DeviceWork, now: int) -> Iterator[int]:
    for began, ended in work.covered:
        first = max(-(-began // HOUR), work.since // HOUR) * HOUR
        yield from range(first, min(ended, now) // HOUR * HOUR, HOUR)


def _hours(work: DeviceWork, now: int) -> dict[Key, float]:
    """`scan_load_pct` and `scan_load_kj` of each hour that is over."""
    answers: dict[Key, float] = {}
    running = scanning(work.series)
    covered = set(_covered_hours(work, now))
    busy: dict[int, int] = {}  # ms by hour
    for span in running:
        for hour in _hours_of(span):
            lasted = min(span[1], hour + HOUR) - max(span[0], hour)
            busy[hour] = busy.get(hour, 0) + lasted
    for hour in sorted(covered | busy.keys()):
        if hour >= work.since and hour + HOUR <= now:
            share = busy.get(hour, 0) / HOUR
            answers["scan_load_pct", hour + HOUR] = round(100 * share, 2)
    loads: dict[int, float] = {}
    for own in work.exposures:
        if own.tube_load_kj is not None:
            hour = own.at // HOUR * HOUR
            loads[hour] = loads.get(hour, 0.0) + own.tube_load_kj
    if loads or "scan_load_kj" in work.before:
        first = work.since if "scan_load_kj" in work.before else min(loads)
        began = {own.began_at // HOUR * HOUR for own in work.series}
        idle = {hour for hour in covered - busy.keys() - began if hour >= first}
        loads = {**dict.fromkeys(idle, 0.0), **loads}
    for hour, load in loads.items():
        if hour + HOUR <= now:
            answers["scan_load_kj", hour + HOUR] = round(load, 3)
    return answers


def _hours_of(span: Interval) -> range:
    return range(span[0] // HOUR * HOUR, span[1], HOUR)


def _days(work: DeviceWork, zone: ZoneInfo, now: int) -> dict[Key, float]:
    """What each local day was, at its end."""
    answers: dict[Key, float] = {}
    table = occupied(work.series, work.steps)
    moments = sorted({*work.studies, *(at for span in table for at in span)})
    for began, ended in _local_days(work.since, zone, now):
        day = _Day(
            began,
            overlap(table, [(began, ended)]),
            moments[bisect_left(moments, began) : bisect_left(moments, ended)],
            [own for own in work.exposures if began <= own.at < ended],
        )
        is_covered = any(since <= began and ended <= until for since, until in work.covered)
        for metric, value in _of_day(day, is_covered=is_covered).items():
            answers[metric, ended] = value
    return answers


class _Day(NamedTuple):
    """What was on a local day."""

    began: int
    occupied: list[Interval]
    moments: Sequence[int]  # in order
    exposures: list[ExposureEntry]


def _of_day(day: _Day, *, is_covered: bool) -> dict[str, float]:
    answers: dict[str, float] = {}
    if day.moments:
        answers["first_examination_h"] = round((day.moments[0] - day.began) / HOUR, 3)
        answers["last_examination_h"] = round((day.moments[-1] - day.began) / HOUR, 3)
    if day.moments or is_covered:
        answers["busy_min"] = round(length(day.occupied) / MINUTE, 2)
    spans = union([*day.occupied, *((at, at + 1) for at in day.moments)])
    gaps = [after - before for (_, before), (after, _) in pairwise(spans)]
    if gaps:
        answers["longest_gap_min"] = round(max(gaps) / MINUTE, 2)
    measures: tuple[tuple[str, str, Callable[[Sequence[float]], float]], ...] = (
        ("dose_area_product_gy_cm2", "dap_gy_cm2", sum),
        ("ctdi_vol_mean_mgy", "ctdi_vol_mgy", _mean),
        ("dlp_mean_mgy_cm", "dlp_mgy_cm", _mean),
    )
    for metric, field, fold in measures:
        values = [getattr(own, field) for own in day.exposures]
        known = [value for value in values if value is not None]
        if known:
            answers[metric] = round(fold(known), 4)
    return answers


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _local_days(since: int, zone: ZoneInfo, now: int) -> Iterator[Interval]:
    """The days that begin after `since` and are over."""
    date = from_ms(since, zone).date()
    while (ended := start_of_day(date + timedelta(days=1), zone)) <= now:
        began = start_of_day(date, zone)
        if began >= since:
            yield began, ended
        date += timedelta(days=1)

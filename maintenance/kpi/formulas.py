"""The figures of maintenance. Pure: what happened goes in, a number with what it stands on comes out.

Time is UTC milliseconds, intervals are half-open. A period is one interval; figures of adjacent
periods add up because every hour and every case belongs to exactly one of them: a failure to the
period in which it began, an order to the one in which it was done, an occurrence to the one in which
it was due. Scanward's own gaps are `unknown`: neither up nor down, and out of every denominator.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core.time.clock import DAY, HOUR
from core.time.covered_hours import Interval, overlap, union
from maintenance.downtime.outages import FACTOR, Outage, Split, failures, hours_in

# Below this a figure says "insufficient data". Scanward's defaults; no source gives any.
MIN_KNOWN_H = 24.0
NEEDS_KNOWN_HOURS = f"{MIN_KNOWN_H:g} known hours"
MIN_FAILURES = 2  # one failure has no time between
MIN_FIXES = 5
MIN_SCANS = 30
MIN_YEAR = 360 * DAY  # the cost of service ratio is a yearly one
WITHIN = 30 * DAY  # a fault that is back within this was not fixed; dotmed 64698 speaks of 3 months


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and what it stands on. `value` is None where there is not enough to say anything.

    `n` counts cases (failures, orders, examinations); `hours` is the time that was looked at and
    `excluded_h` what was left out of it (planned, unknown). `needs` is the stated minimum, in words.
    """

    value: float | None
    unit: str
    n: int
    hours: float = 0.0
    excluded_h: float = 0.0
    needs: str = ""

    @property
    def is_sufficient(self) -> bool:
        """Is there a number to show? If not: "insufficient data"."""
        return self.value is not None


class Fix(NamedTuple):
    """A corrective order that was done: which fault of which device, and in how many visits."""

    device: str
    fault: str
    opened_at: int
    done_at: int
    visits: int


class DueTask(NamedTuple):
    """A scheduled task: done when, or left undone why (`in_use`, `not_located`, `other`)."""

    risk_class: str
    due_at: int
    late_at: int
    done_at: int | None
    skipped: str = ""


def availability(split: Split) -> Figure:
    """Operating time / (operating time + time to restore), within required time, in percent.

    EN 13306 4.9, EN 15341, IEC 60050-192. Planned maintenance is counted apart: it and the unknown
    are left out of both. A device that works in part operates. With the covered hours as counted
    time this is the availability; with the whole period it is the uptime 24x7 of contracts,
    (period - planned - unplanned) / (period - planned).
    """
    known = split.counted - split.unknown - split.planned
    excluded = split.unknown + split.planned
    value = 100 * split.up / known if known >= MIN_KNOWN_H else None
    return Figure(value, "%", 1, known, excluded, NEEDS_KNOWN_HOURS)


def weighted_downtime(split: Split) -> Figure:
    """Sum of (hours down x factor) / known covered hours, in percent: hard 1.0, partial 0.5.

    htmcommunitydb.org.
    """
    known = split.counted - split.unknown - split.planned
    excluded = split.unknown + split.planned
    lost = split.hard * FACTOR["hard"] + split.partial * FACTOR["partial"]
    value = 100 * lost / known if known >= MIN_KNOWN_H else None
    return Figure(value, "%", 1, known, excluded, NEEDS_KNOWN_HOURS)


def mtbf(split: Split, failed: int) -> Figure:
    """Up time / failures, in hours (general; IEC 60050-192-05-13 calls it operating time between).

    Up time is what `split` found, so covered hours give covered hours between failures.
    """
    value = split.up / failed if failed >= MIN_FAILURES else None
    needs = f"{MIN_FAILURES} failures"
    return Figure(value, "h", failed, split.up, split.unknown + split.planned, needs)


def scans_between_failures(scans: int, failed: int, hours: float = 0.0) -> Figure:
    """Examinations / failures: MTBF by use, of the time in which the examinations are known.

    As IEC 60050-192-05-13, with what the device did in place of the hours it was up (practice).
    """
    is_enough = failed >= MIN_FAILURES and scans >= MIN_SCANS
    needs = f"{MIN_FAILURES} failures and {MIN_SCANS} examinations"
    return Figure(scans / failed if is_enough else None, "", failed, hours, needs=needs)


def mttr(
    outages: Iterable[Outage], period: Interval, unknown: Sequence[Interval], now: int
) -> Figure:
    """Total time to restoration / failures, in hours: elapsed, day and night, not labour.

    prEN 15341:2005. Failures that began in the period and are over; one that is not over yet has no
    time to restoration and is not counted. Unknown time within a failure stays in: nobody used it.
    """
    known = list(outages)
    going_on = {outage.start for outage in known if outage.end is None}
    spans = [
        span
        for span in failures(known, period, now)
        if not any(span[0] <= start <= span[1] for start in going_on)
    ]
    hours = hours_in(spans)
    excluded = hours_in(overlap(union(spans), list(unknown)))
    return Figure(
        _mean(hours, len(spans)), "h", len(spans), hours, excluded, "1 failure that is over"
    )


def mtta(alerts: Iterable[tuple[int, int | None]], period: Interval) -> Figure:
    """Sum (acknowledged - raised) / n, in hours, of alerts raised in the period (practice).

    Pairs of raised and acknowledged; one that nobody acknowledged has no time and is not counted.
    """
    waits = [ack - at for at, ack in alerts if ack is not None and period[0] <= at < period[1]]
    hours = sum(waits) / HOUR
    return Figure(_mean(hours, len(waits)), "h", len(waits), hours, 0.0, "1 acknowledged alert")


def compliance(due: Iterable[DueTask], period: Interval, now: int) -> dict[str, Figure]:
    """Done on time / scheduled, in percent, per risk class, never pooled.

    e-Quip, Accruent; the Joint Commission asks for 100 % since 2017. Scheduled is what was due in
    the period and could be done: devices that were in use or not found are counted apart (`undone_by_reason`),
    and what may still be done in time does not count yet.
    """
    by_class: dict[str, list[DueTask]] = {}
    for task in due:
        if period[0] <= task.due_at < period[1]:
            by_class.setdefault(task.risk_class, []).append(task)
    return {name: _compliance(tasks, now) for name, tasks in sorted(by_class.items())}


def undone_by_reason(due: Iterable[DueTask], period: Interval) -> dict[str, int]:
    """How many due tasks were left undone because the device was `in_use` or `not_located`."""
    counts = {"in_use": 0, "not_located": 0}
    for task in due:
        if period[0] <= task.due_at < period[1] and task.skipped in counts:
            counts[task.skipped] += 1
    return counts


def _compliance(tasks: Iterable[DueTask], now: int) -> Figure:
    scheduled = [
        task
        for task in tasks
        if task.skipped not in ("in_use", "not_located")
        and (task.done_at is not None or task.skipped or task.late_at <= now)
    ]
    on_time = sum(task.done_at is not None and task.done_at <= task.late_at for task in scheduled)
    return Figure(_percent(on_time, len(scheduled)), "%", len(scheduled), needs="1 due occurrence")


def first_time_fix(fixes: Iterable[Fix], period: Interval, now: int) -> Figure:
    """Fixed on the first visit and not the same fault again within 30 days / all, in percent.

    ServiceMax/Aberdeen (best in class 88 %). Fixes done in the period; one that is younger than 30
    days has not proved itself yet and is not counted.
    """
    known = list(fixes)
    proved = [
        fix for fix in known if period[0] <= fix.done_at < period[1] and fix.done_at + WITHIN <= now
    ]
    good = sum(fix.visits <= 1 and not _is_back(fix, known) for fix in proved)
    value = _percent(good, len(proved)) if len(proved) >= MIN_FIXES else None
    return Figure(value, "%", len(proved), needs=f"{MIN_FIXES} fixes older than 30 days")


def _is_back(fix: Fix, known: Iterable[Fix]) -> bool:
    return any(
        other.device == fix.device
        and other.fault == fix.fault
        and fix.done_at <= other.opened_at < fix.done_at + WITHIN
        and other is not fix
        for other in known
    )


def cost_of_service_ratio(cost_cents: int, price_cents: int | None, period: Interval) -> Figure:
    """Service cost of a year / purchase price, in percent. BI&T 51(5):357.

    At most 5 % is often called good; that is disputed. Cost is labour, parts, bills and contract.
    """
    span = period[1] - period[0]
    value = None
    if price_cents and span >= MIN_YEAR:
        value = 100 * cost_cents * (365.25 * DAY / span) / price_cents
    return Figure(value, "%", 1 if price_cents else 0, span / HOUR, 0.0, "a year and a price")


def cost_per_scan(
    cost_cents: int, scans: int, hours: float = 0.0, excluded_h: float = 0.0
) -> Figure:
    """Total cost / examinations, in the site's currency. No standard was found for it.

    `hours` is the time in which they were counted, `excluded_h` that in which nobody knows how many.
    """
    value = cost_cents / 100 / scans if scans >= MIN_SCANS else None
    return Figure(value, "currency", scans, hours, excluded_h, f"{MIN_SCANS} examinations")


def cost_of_downtime(losses: Iterable[tuple[int | None, int]], income_cents: int | None) -> Figure:
    """Cases lost and not done later x income of one + what it cost to recover (practice).

    Pairs of cases lost and recovery in hundredths. Outages whose losses nobody wrote down are not
    counted: `n` says how many were.
    """
    noted = [(cases, recovery) for cases, recovery in losses if cases is not None]
    value = None
    if noted and income_cents is not None:
        value = sum(cases * income_cents + recovery for cases, recovery in noted) / 100
    return Figure(value, "currency", len(noted), needs="the cases lost and the income of one")


def post_maintenance_failures(
    maintained: Iterable[tuple[str, int]],
    failed: Iterable[tuple[str, int]],
    period: Interval,
    now: int,
) -> Figure:
    """Preventive work after which the device failed within 30 days / all, in percent.

    After dotmed 64698: about 25 % need service within three months of maintenance. Pairs of device
    and time; maintenance done in the period and at least 30 days ago.
    """
    faults: dict[str, list[int]] = {}
    for device, at in failed:
        faults.setdefault(device, []).append(at)
    proved = [
        (device, at)
        for device, at in maintained
        if period[0] <= at < period[1] and at + WITHIN <= now
    ]
    bad = sum(any(at <= t < at + WITHIN for t in faults.get(device, ())) for device, at in proved)
    value = _percent(bad, len(proved)) if len(proved) >= MIN_FIXES else None
    return Figure(value, "%", len(proved), needs=f"{MIN_FIXES} works older than 30 days")


def functional_assets(conditions: Iterable[str]) -> Figure:
    """Functional / all, in percent (the Burundi study). Working or limited counts as functional.

    Retired assets are not counted.
    """
    here = [condition for condition in conditions if condition != "retired"]
    good = sum(condition in ("working", "limited") for condition in here)
    return Figure(_percent(good, len(here)), "%", len(here), needs="1 asset")


def _mean(total: float, n: int) -> float | None:
    return total / n if n else None


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None

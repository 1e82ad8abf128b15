"""What is at stake while a line of the day waits, out of the stores: use of the devices, and how long work took."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import streamlit as st

from core.errors import StoreError
from core.time.clock import DAY
from dashboard.queries import stores
from dashboard.views.day import DayLine
from dashboard.views.device_status import AlertRow
from dashboard.views.incidents import IncidentRow
from maintenance.downtime.outages import FACTOR
from maintenance.planning.day_order import AT_RISK, UseLoss, WorkTime, at_stake, work_time
from maintenance.planning.due import Busy
from maintenance.planning.usage import WEEKS, expected_examinations
from storage.records import downtime as downtime_rows
from storage.records import verdicts as verdict_rows
from storage.records import work_orders as order_rows

PAST = 3 * 366 * DAY  # of finished orders


def judged(lines: Iterable[DayLine], now: int) -> list[DayLine]:
    """The lines with the examinations that are at stake, and the time that the work takes."""
    return [_judged(line, now) for line in lines]


def _judged(line: DayLine, now: int) -> DayLine:
    limit_at = None if line.incident is None else _limit_at(line.incident, now)
    losses = [*_losses(line, limit_at, now)]
    examinations = at_stake(losses, now, stores.site().zone)
    return replace(line, limit_at=limit_at, examinations=examinations, time=_time(line))


def _losses(line: DayLine, limit_at: int | None, now: int) -> Iterator[UseLoss]:
    """Of each device whose examinations are lost by it."""
    if line.incident is not None and limit_at is not None and line.severity != "critical":
        yield from _with_dependents(line.incident.own_alerts, limit_at, 1.0)
    elif line.incident is not None and line.severity in AT_RISK:
        yield from _with_dependents(line.incident.own_alerts, now, AT_RISK[line.severity])
    for row in line.faults:
        share = FACTOR["hard" if row.is_hard else "partial"]
        yield UseLoss(row.device, expected_use(row.device), now, share)


def _with_dependents(alerts: Iterable[AlertRow], begins_at: int, share: float) -> Iterator[UseLoss]:
    """Of the devices of these alerts, and of those that cannot do without them.

    What hangs on a room or a server of which the site file says nothing, nobody knows: that is not nothing.
    """
    site = stores.site()
    failing = {alert.device for alert in alerts}
    needed = {above for name in site.devices for above in site.above(name)}
    for name, device in site.devices.items():
        if name in failing and device.profile.group == "infrastructure" and name not in needed:
            yield UseLoss(name, None, begins_at, share)
        elif name in failing or failing & set(site.above(name)):
            yield UseLoss(name, expected_use(name), begins_at, share)


def _limit_at(incident: IncidentRow, now: int) -> int | None:
    """When the first limit is reached, if all that is wrong is that one will be; else None."""
    limits = [_forecast(alert, now) for alert in incident.own_alerts]
    known = [at for at in limits if at is not None]
    return min(known) if known and len(known) == len(limits) else None


def _forecast(alert: AlertRow, now: int) -> int | None:
    rule = stores.site().rule(alert.device, alert.rule)
    detector = None if rule is None else rule.detector_id
    if rule is None or detector is None or not rule.forecast_limits(detector):
        return None
    with stores.records().reading() as db:
        verdict = verdict_rows.verdict_at(db, (alert.device, alert.component, detector), now)
    return None if verdict is None else verdict.limit_at


def _time(line: DayLine) -> WorkTime:
    if line.work is not None:
        return work_time(line.work.plan.minutes, [])
    device = stores.site().devices.get(line.device)
    fault = "" if line.order is None else line.order.fault
    if line.incident is not None:
        fault = line.incident.cause.rule
    return work_time(None, [] if device is None else _past_hours(device.profile_name, fault))


def _past_hours(profile: str, fault: str) -> list[float]:
    """Of the finished orders for this fault of this kind of device."""
    return past_work(stores.now() // DAY).get((profile, fault), [])


@st.cache_data(ttl="10m", max_entries=4, show_spinner=False)
def past_work(day: int) -> dict[tuple[str, str], list[float]]:
    """The hours of the corrective orders that were done, by kind of device and fault, up to this day of UTC."""
    site = stores.site()
    hours: dict[tuple[str, str], list[float]] = {}
    with stores.records().reading() as db:
        for order in order_rows.orders_done_since(db, (day + 1) * DAY - PAST):
            minutes = sum(labour.minutes for labour in order.labour)
            device = site.devices.get(order.device)
            if device is not None and order.kind == "corrective" and minutes > 0:
                hours.setdefault((device.profile_name, order.fault), []).append(minutes / 60)
    return hours


def expected_use(device: str) -> Busy | None:
    """How many examinations a device usually does by hour of the week; None if nobody knows."""
    try:
        return _expected_use(device, stores.now() // DAY)
    except StoreError:
        return None  # the list stands while readings cannot be read


@st.cache_data(ttl="10m", max_entries=2_000, show_spinner=False)
def _expected_use(device: str, day: int) -> Busy | None:
    site, now = stores.site(), stores.now()
    with stores.records().reading() as db:
        rows = downtime_rows.downtimes(db, now - (WEEKS * 7 + 1) * DAY, now, device)
        away = [(row.began_at, row.ended_at or now) for row in rows if row.extent == "hard"]
    known = site.devices.get(device)
    return (
        {} if known is None else expected_examinations(stores.series(), known, site.zone, now, away)
    )

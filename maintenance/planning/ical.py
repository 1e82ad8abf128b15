"""Due work as an iCalendar feed (RFC 5545), for the calendar on anybody's phone."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from icalendar import Alarm, Calendar, Event
from sqlalchemy.orm import Session

from core.schema.site import Site
from core.text import times
from core.time.clock import DAY, MINUTE, from_ms
from storage.records import ScheduledTask
from storage.records import assets as asset_rows
from storage.records import planning as task_rows

REMIND = timedelta(days=-1)


class CalendarEntry(NamedTuple):
    """One thing in the calendar: an hour (`at`, UTC ms, and `minutes`) or a whole day (`day`)."""

    id: str  # the same for ever, so that a calendar moves it instead of showing it twice
    title: str
    text: str
    at: int | None = None
    minutes: int = 0
    day: str = ""
    reminds: bool = True  # a day before


def entries(db: Session, site: Site, now: int) -> list[CalendarEntry]:
    """What plans ask for next, when contracts and warranties end."""
    tasks = [_task_entry(task, site, now) for task in task_rows.open_tasks(db)]
    contracts = [
        CalendarEntry(
            f"contract-{contract.id}",
            f"Contract {contract.number} ends",
            f"With {contract.vendor_id}",
            day=contract.ends_on,
        )
        for contract in asset_rows.contracts(db)
    ]
    warranties = [
        CalendarEntry(
            f"warranty-{asset.id}", f"Warranty ends: {asset.name}", "", day=asset.warranty_until
        )
        for asset in asset_rows.assets(db)
        if asset.warranty_until
    ]
    return [*(entry for entry in tasks if entry is not None), *contracts, *warranties]


def _task_entry(task: ScheduledTask, site: Site, now: int) -> CalendarEntry | None:
    """When it is planned or due; overdue it stands at now. None: the site file has changed since."""
    device = site.devices.get(task.device)
    plan = device.plan(task.plan) if device else None
    if device is None or plan is None:
        return None
    is_late = task.late_at < now
    at = task.planned_at or task.due_at
    due = times.timestamp(task.due_at, site.zone)
    room = f", {device.room}" if device.room else ""
    return CalendarEntry(
        f"occurrence-{task.id}",
        f"{plan.title}: {device.name}{room}",
        f"{'Overdue. ' if is_late else ''}Due {due} by {task.due_by}, for: {plan.who}.",
        max(at, now) if is_late else at,
        plan.minutes,
        reminds=plan.every is None or plan.every > DAY,
    )


def feed(name: str, site_id: str, entries: Iterable[CalendarEntry], now: int) -> bytes:
    """The calendar as it is sent. Each entry reminds a day before, but those of every day."""
    calendar = Calendar()
    calendar.add("prodid", "-//Scanward//maintenance//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        calendar.add_component(_event(entry, site_id, now))
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry, site_id: str, now: int) -> Event:
    event = Event()
    event.add("uid", f"{entry.id}@{site_id}.scanward")
    event.add("dtstamp", from_ms(now))
    event.add("summary", entry.title)
    if entry.text:
        event.add("description", entry.text)
    if entry.at is not None:
        event.add("dtstart", from_ms(entry.at))
        event.add("dtend", from_ms(entry.at + entry.minutes * MINUTE))
    else:
        day = date.fromisoformat(entry.day)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
    if not entry.reminds:
        return event
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", entry.title)
    alarm.add("trigger", REMIND)
    event.add_component(alarm)
    return event

"""Due work as an iCalendar feed (RFC 5545), for the calendar on anybody's phone."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from icalendar import Alarm, Calendar, Event
from sqlalchemy.orm import Session

from core.schema.site import Site
from core.text import times
from core.time.clock import DAY, MINUTE, from_ms
from storage.records import assets as asset_rows
from storage.records import planning as task_rows

REMIND = timedelta(days=-1)


class Entry(NamedTuple):
    """One thing in the calendar: an hour (`at`, UTC ms, and `minutes`) or a whole day (`day`)."""

    id: str  # the same for ever, so that a calendar moves it instead of showing it twice
    title: str
    text: str
    at: int | None = None
    minutes: int = 0
    day: str = ""
    reminds: bool = True  # a day before


def entries(db: Session, site: Site, now: int) -> list[Entry]:
    """What plans ask for next, when contracts and warranties end. What is overdue stands at now."""
    found = []
    for one in task_rows.open_tasks(db):
        device = site.devices.get(one.device)
        plan = device.plan(one.plan) if device else None
        if device is None or plan is None:
            continue  # the site file has changed since
        due = times.timestamp(one.due_at, site.zone)
        late = "Overdue. " if one.late_at < now else ""
        at = max(one.planned_at or one.due_at, now) if late else one.planned_at or one.due_at
        where = f", {device.room}" if device.room else ""
        text = f"{late}Due {due} by {one.due_by}, for: {plan.who}."
        title = f"{plan.title}: {device.name}{where}"
        is_daily = plan.every is not None and plan.every <= DAY
        name = f"occurrence-{one.id}"
        found.append(Entry(name, title, text, at, plan.minutes, reminds=not is_daily))
    for contract in asset_rows.contracts(db):
        text = f"With {contract.vendor_id}"
        title = f"Contract {contract.number} ends"
        found.append(Entry(f"contract-{contract.id}", title, text, day=contract.ends_on))
    for asset in asset_rows.assets(db):
        if asset.warranty_until:
            title = f"Warranty ends: {asset.name}"
            found.append(Entry(f"warranty-{asset.id}", title, "", day=asset.warranty_until))
    return found


def feed(name: str, site_id: str, found: Iterable[Entry], now: int) -> bytes:
    """The calendar as it is sent. Each entry reminds a day before, but those of every day."""
    calendar = Calendar()
    calendar.add("prodid", "-//Scanward//maintenance//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for entry in found:
        calendar.add_component(_event(entry, site_id, now))
    return bytes(calendar.to_ical())


def _event(entry: Entry, site_id: str, now: int) -> Event:
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

"""Due work as an iCalendar feed (RFC 5545), for the calendar on anybody's phone, in the words of whose it is."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from icalendar import Alarm, Calendar, Event
from sqlalchemy.orm import Session

from core.schema.site import Site
from core.text import times
from core.text.phrase import Phrase
from core.time.clock import DAY, MINUTE, from_ms
from core.vocabulary.planning import DueBy
from storage.records import ScheduledTask
from storage.records import assets as asset_rows
from storage.records import planning as task_rows

REMIND = timedelta(days=-1)
_DUE_BY: Mapping[DueBy, Phrase] = {
    "calendar": Phrase("by calendar"),
    "use": Phrase("by use"),
    "condition": Phrase("by condition"),
    "hand": Phrase("by hand"),
}


class CalendarEntry(NamedTuple):
    """One thing in the calendar: an hour (`at`, UTC ms, and `minutes`) or a whole day (`day`)."""

    id: str  # the same for ever, so that a calendar moves it instead of showing it twice
    title: Phrase
    text: Phrase | None = None
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
            Phrase("Contract {contract} ends", contract=contract.number),
            Phrase("With {vendor}", vendor=contract.vendor_id),
            day=contract.ends_on,
        )
        for contract in asset_rows.contracts(db)
    ]
    warranties = [
        CalendarEntry(
            f"warranty-{asset.id}",
            Phrase("Warranty ends: {asset}", asset=asset.name),
            day=asset.warranty_until,
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
    place = ", ".join(name for name in (device.name, device.room) if name)
    return CalendarEntry(
        f"occurrence-{task.id}",
        Phrase("{plan}: {place}", plan=plan.title, place=place),
        _task_text(task, site, plan.who, is_late=is_late),
        max(at, now) if is_late else at,
        plan.minutes,
        reminds=plan.every is None or plan.every > DAY,
    )


def _task_text(task: ScheduledTask, site: Site, who: str, *, is_late: bool) -> Phrase:
    due, by = times.timestamp(task.due_at, site.zone), _DUE_BY[task.due_by]
    if is_late:
        return Phrase("Overdue. Due {due} {by}, for: {who}.", due=due, by=by, who=who)
    return Phrase("Due {due} {by}, for: {who}.", due=due, by=by, who=who)


def feed(
    name: str,
    site_id: str,
    entries: Iterable[CalendarEntry],
    now: int,
    translate: Callable[[object], str] = str,
) -> bytes:
    """The calendar as it is sent. Each entry reminds a day before, but those of every day."""
    calendar = Calendar()
    calendar.add("prodid", "-//Scanward//maintenance//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        calendar.add_component(_event(entry, site_id, now, translate))
    return bytes(calendar.to_ical())


def _event(
    entry: CalendarEntry, site_id: str, now: int, translate: Callable[[object], str]
) -> Event:
    event, title = Event(), translate(entry.title)
    event.add("uid", f"{entry.id}@{site_id}.scanward")
    event.add("dtstamp", from_ms(now))
    event.add("summary", title)
    if entry.text is not None:
        event.add("description", translate(entry.text))
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
    alarm.add("description", title)
    alarm.add("trigger", REMIND)
    event.add_component(alarm)
    return event

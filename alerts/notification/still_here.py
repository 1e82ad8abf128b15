"""One message a week that says that Scanward still watches: who misses it looks.

Like a report it is a row with a delivery, so that it waits while the line is down, and is not made
twice. Its week begins at the hour that the site file names; one that was missed, because nothing ran
then, is made up for at the next start.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.notification.language import WORDS, numbers_of, reader_language
from core.readings import UP
from core.schema.alive import StillHere
from core.schema.site import Site
from core.text import times
from core.text.catalogue import Catalogue
from core.time.clock import DAY, from_ms, to_ms
from core.time.covered_hours import WEEKDAYS
from storage.records import Delivery, MadeReport, Records
from storage.records import alerts as alert_rows
from storage.records import cursors as cursor_rows
from storage.records.reports import is_made

KIND = CURSOR = WHO = "still_here"  # of the report, of the last week that was told, in the audit


@dataclass(frozen=True, slots=True)
class Condition:
    """How Scanward stands: lengths of time in milliseconds."""

    uptime: int
    devices: int
    alerts: int
    newest_age: int | None  # of the readings; None: there is none


def week_of(now: int, zone: ZoneInfo, setting: StillHere) -> int:
    """When the present week began: the last moment of that day and hour, UTC ms."""
    today = from_ms(now, zone).date()
    day = today - timedelta(days=(today.weekday() - WEEKDAYS.index(setting.day)) % 7)
    begin = to_ms(datetime.combine(day, setting.at, zone))
    if begin <= now:
        return begin
    return to_ms(datetime.combine(day - timedelta(days=7), setting.at, zone))


def is_due(last: int, now: int, zone: ZoneInfo, setting: StillHere) -> bool:
    """Shall the present week's message be made? `last` is the week of the last, 0 if there was none.

    A new site begins on its day, not at once. A week ahead of now was written by a clock that was
    wrong; the present one has had its message then.
    """
    week = week_of(now, zone, setting)
    return last < week and (last > 0 or now - week < 1 * DAY)


def words(site: str, condition: Condition, language: str) -> tuple[str, str]:
    """Title and body."""
    text, numbers = Catalogue(WORDS, language).text, numbers_of(language)
    units = text("still_here.units").split()

    def span(length: int) -> str:
        unit, count, rest = times.two_units(length)
        at = ("days", "hours", "minutes", "seconds").index(unit)
        parts = [f"{count} {units[at]}", *([f"{rest} {units[at + 1]}"] if rest else [])]
        return numbers.in_digits(" ".join(parts))

    age = condition.newest_age
    newest = text("still_here.none" if age is None else "still_here.newest", age=span(age or 0))
    body = text(
        "still_here.body",
        uptime=span(condition.uptime),
        devices=numbers.in_digits(str(condition.devices)),
        alerts=numbers.in_digits(str(condition.alerts)),
        newest=newest,
    )
    return text("still_here.title", site=site), body


def announce(
    site: Site, records: Records, setting: StillHere, began: int, now: Callable[[], int]
) -> bool:
    """Make the week's message and its delivery, if it is due; True if it was."""
    at = now()
    week = week_of(at, site.zone, setting)
    with records.reading() as db:
        if cursor_rows.position(db, CURSOR) == week:
            return False
    with records.writing(WHO, at) as db:
        cursor = cursor_rows.cursor(db, CURSOR)
        last, cursor.position = cursor.position, week
        label = from_ms(week, site.zone).isoformat()
        language = reader_language(site, setting.channel)
        if not is_due(last, at, site.zone, setting) or is_made(db, KIND, "", label, language):
            return False
        newest = cursor_rows.newest_judged(db, UP)
        firing = [a for a in alert_rows.open_alerts(db).values() if a.fired_at is not None]
        condition = Condition(
            uptime=max(at - began, 0),
            devices=len(site.devices),
            alerts=len(firing),
            newest_age=None if newest is None else max(at - newest, 0),
        )
        title, text = words(site.file.name, condition, language)
        row = MadeReport(KIND, "", label, language, at, title, text, files=[])
        db.add(row)
        db.flush()
        delivery = Delivery(transition=None, channel=setting.channel, next_at=at)
        delivery.report_id = row.id
        db.add(delivery)
    return True

"""The iCalendar feed: read back by a parser, with the same ids whatever moves."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from icalendar import Calendar, Event

from core.time.clock import DAY, from_ms
from dashboard import i18n
from maintenance.assets.register import sheet_of
from maintenance.planning.ical import entries, feed
from storage.records import Contract, Vendor
from storage.records import planning as task_rows
from tests.maintenance.cast import T0, House


def events(house: House, now: int, translate: Callable[[object], str] = str) -> dict[str, Event]:
    with house.look() as db:
        body = feed("Centre, Herat; main", "test", entries(db, house.site, now), now, translate)
    for line in body.split(b"\r\n"):
        assert len(line) <= 75, "RFC 5545: folded"
    calendar = Calendar.from_ical(body)
    assert isinstance(calendar, Calendar)
    assert str(calendar["x-wr-calname"]) == "Centre, Herat; main"
    return {str(event["uid"]): event for event in calendar.events}


def start(event: Event) -> datetime:
    assert isinstance(event.start, datetime)
    return event.start.astimezone(UTC)


def test_due_work_is_in_it(house: House) -> None:
    house.planner.round(T0)
    with house.look() as db:
        one = task_rows.open_task(db, "ct_daily", "ct-1")
    assert one is not None
    event = events(house, T0)[f"occurrence-{one.id}@test.scanward"]
    assert str(event["summary"]) == "Daily check of the CT: CT one, CT room"
    assert start(event) == from_ms(one.due_at)
    assert (event.end - event.start).total_seconds() == 20 * 60


def test_it_speaks_dari_under_the_same_ids(house: House) -> None:
    house.planner.round(T0)
    dari = events(house, T0 + 2 * DAY, i18n.catalogue("fa").translate)
    assert set(dari) == set(events(house, T0))
    texts = {str(event["summary"]): str(event["description"]) for event in dari.values()}
    text = texts["معاینهٔ روزانهٔ سی‌تی: CT one, CT room"]
    assert text == "موعدش گذشته. موعد 2025-01-05 08:00 به حساب تقویم، برای: تکنیشن."


def test_a_telephone_reminds_of_what_is_not_there_every_day(house: House) -> None:
    house.planner.round(T0)
    reminds = {str(one["summary"]): len(one.subcomponents) for one in events(house, T0).values()}
    assert reminds["Daily check of the CT: CT one, CT room"] == 0
    assert reminds["Weekly check of the CT: CT one, CT room"] == 1


def test_what_is_overdue_stands_at_now_under_the_same_id(house: House) -> None:
    house.planner.round(T0)
    before = events(house, T0)
    later = T0 + 2 * DAY
    after = events(house, later)
    assert set(after) == set(before)
    overdue = [event for event in after.values() if "Overdue" in str(event["description"])]
    assert overdue
    assert {start(event) for event in overdue} == {from_ms(later)}


def test_ends_of_contracts_and_warranties_are_whole_days(house: House) -> None:
    with house.change(T0) as tx:
        db = tx.db
        db.add(Vendor(id="maker", name="The maker"))
        db.flush()
        terms = {"starts_on": "2025-01-01", "ends_on": "2025-12-31", "days": ["sun"]}
        contract = Contract(vendor_id="maker", number="C-7", **terms)  # type: ignore[arg-type]
        db.add(contract)
        sheet_of(tx, "ct-1").warranty_until = "2026-03-01"
    found = {str(event["summary"]): event for event in events(house, T0).values()}
    end = found["Contract C-7 ends"]
    assert (end.start, end.end) == (date(2025, 12, 31), date(2026, 1, 1))
    assert found["Warranty ends: CT one"].start == date(2026, 3, 1)

"""The weekly message: once in its week, not lost when nothing ran at its hour, whatever the clock does."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from alerts.notification.delivery import deliver_due
from alerts.notification.still_here import Condition, announce, is_due, week_of, words
from core.schema.alive import StillHere
from core.time.clock import DAY, HOUR, MINUTE, SECOND, to_ms
from storage.records import Delivery
from storage.records.cursors import cursor
from tests.alerts.conftest import T0, Centre, Phone

KABUL, BERLIN = ZoneInfo("Asia/Kabul"), ZoneInfo("Europe/Berlin")
WEEKLY = StillHere.model_validate({"channel": "phone", "day": "sat", "at": "09:00"})


def at(text: str, zone: ZoneInfo = KABUL) -> int:
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=zone))


SATURDAY = at("2026-11-28 09:00")


@pytest.mark.parametrize(
    ("now", "begin"),
    [
        ("2026-11-28 09:00", "2026-11-28 09:00"),
        ("2026-11-28 08:59", "2026-11-21 09:00"),
        ("2026-12-04 23:59", "2026-11-28 09:00"),
        ("2026-12-05 09:00", "2026-12-05 09:00"),
    ],
)
def test_a_week_begins_on_its_day_at_its_hour_in_the_sites_zone(now: str, begin: str) -> None:
    assert week_of(at(now), KABUL, WEEKLY) == at(begin)


def test_summer_time_does_not_move_the_hour() -> None:
    for day in ("2026-10-24", "2026-10-31", "2026-03-28", "2026-04-04"):
        moment = at(f"{day} 09:00", BERLIN)
        assert week_of(moment, BERLIN, WEEKLY) == moment
        assert week_of(moment - 1, BERLIN, WEEKLY) < moment


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        ("2026-11-21 09:00", "2026-11-28 08:59", False),
        ("2026-11-21 09:00", "2026-11-28 09:00", True),
        ("2026-11-28 09:00", "2026-11-28 09:01", False),
        ("2026-11-21 09:00", "2026-12-03 18:00", True),  # it was off at the hour
        ("2026-10-03 09:00", "2026-12-03 18:00", True),  # and for two months
        ("2036-11-29 09:00", "2026-12-03 18:00", False),  # a clock that was ahead
    ],
)
def test_it_is_due_once_in_its_week(last: str, now: str, due: bool) -> None:
    assert is_due(at(last), at(now), KABUL, WEEKLY) == due


def test_a_new_site_begins_on_its_day() -> None:
    assert is_due(0, SATURDAY + HOUR, KABUL, WEEKLY)
    assert not is_due(0, SATURDAY + 3 * DAY, KABUL, WEEKLY)


def test_it_says_how_scanward_stands_in_either_language() -> None:
    condition = Condition(12 * DAY + 4 * HOUR, devices=23, alerts=2, newest_age=14 * SECOND)
    assert words("Herat", condition, "en") == (
        "Herat: Scanward still watches",
        "Up for 12 d 4 h. Devices watched: 23, alerts open: 2.\nNewest reading 14 s ago.",
    )
    title, body = words("Herat", condition, "fa")
    assert title == "Herat: Scanward هنوز مراقب است"
    assert "۱۲ روز ۴ ساعت" in body
    assert "۱۴ ثانیه" in body
    nothing = Condition(0, devices=0, alerts=0, newest_age=None)
    assert "No reading yet." in words("x", nothing, "en")[1]
    assert "هنوز هیچ" in words("x", nothing, "fa")[1]


def weekly(centre: Centre, now: int) -> bool:
    return announce(centre.site, centre.records, WEEKLY, T0, lambda: now)


def made(centre: Centre) -> list[Delivery]:
    with centre.records.reading() as db:
        return list(db.scalars(select(Delivery).where(Delivery.report_id.is_not(None))))


def test_it_leaves_by_its_channel_like_any_delivery_and_waits_with_the_line_down(
    centre: Centre,
) -> None:
    centre.read("up", 1.0, 0)
    centre.read("helium_level_pct", 58.0, 0)
    centre.read("helium_level_pct", 58.0, 10)
    assert weekly(centre, SATURDAY)
    phone = Phone(is_down=True)
    ways = {"phone": phone, "log": Phone()}
    deliver_due(centre.site, centre.records, ways, lambda: SATURDAY)
    phone.is_down = False
    deliver_due(centre.site, centre.records, ways, lambda: SATURDAY + 20 * MINUTE)
    message = phone.received[-1]
    assert message.title == "Test: Scanward still watches"
    assert "Devices watched: 2, alerts open: 1." in message.body
    assert message.delivery == made(centre)[0].id


def test_two_processes_or_a_lost_cursor_do_not_send_it_twice(centre: Centre) -> None:
    assert weekly(centre, SATURDAY)
    assert not weekly(centre, SATURDAY + SECOND)
    with centre.records.writing("test", SATURDAY) as db:
        cursor(db, "still_here").position = 0
    assert not weekly(centre, SATURDAY + MINUTE)
    assert len(made(centre)) == 1


@given(st.lists(st.integers(0, 60 * 24), min_size=1, max_size=80))
def test_whenever_it_runs_each_week_in_which_it_ran_has_one(hours: list[int]) -> None:
    last, told = SATURDAY - 7 * DAY, []
    for hour in sorted(hours):
        now = SATURDAY + hour * HOUR
        if is_due(last, now, KABUL, WEEKLY):
            told.append(week_of(now, KABUL, WEEKLY))
        last = week_of(now, KABUL, WEEKLY)
    weeks = {week_of(SATURDAY + hour * HOUR, KABUL, WEEKLY) for hour in hours}
    assert told == sorted(weeks)


def test_a_leap_of_the_clock_and_back_ends_no_series_of_weeks(centre: Centre) -> None:
    assert weekly(centre, SATURDAY)
    weekly(centre, at("2036-11-30 12:00"))
    assert not weekly(centre, SATURDAY + HOUR), "this week has had its own"
    assert weekly(centre, SATURDAY + 7 * DAY)

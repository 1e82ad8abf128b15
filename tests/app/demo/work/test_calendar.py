"""Working days are counted back from the end, and nothing lies after it."""

from datetime import date
from zoneinfo import ZoneInfo

from app.demo.work.calendar import WorkCalendar
from core.time.clock import DAY, HOUR, from_ms

KABUL = ZoneInfo("Asia/Kabul")
SUNDAY_NOON = 1_795_937_400_000  # 2026-11-29 12:00 in Kabul
CALENDAR = WorkCalendar(SUNDAY_NOON, KABUL)


def test_fridays_are_no_working_days() -> None:
    days = [CALENDAR.working_day(number) for number in range(4)]
    assert days == [date(2026, 11, 29), date(2026, 11, 28), date(2026, 11, 26), date(2026, 11, 25)]


def test_more_days_ago_is_always_earlier() -> None:
    for end in range(SUNDAY_NOON, SUNDAY_NOON + 8 * DAY, DAY):
        calendar = WorkCalendar(end, KABUL)
        moments = [calendar.at((number, "09:00")) for number in range(70, 0, -1)]
        assert moments == sorted(set(moments))
        assert {from_ms(at, KABUL).weekday() for at in moments} == {0, 1, 2, 3, 5, 6}


def test_nothing_is_after_the_end() -> None:
    assert CALENDAR.at((0, "18:00")) == SUNDAY_NOON
    assert CALENDAR.next_morning(SUNDAY_NOON - HOUR, "09:00") == SUNDAY_NOON


def test_the_next_morning_is_not_a_friday() -> None:
    thursday_evening = SUNDAY_NOON - 3 * DAY + 8 * HOUR
    morning = from_ms(CALENDAR.next_morning(thursday_evening, "09:00"), KABUL)
    assert f"{morning:%A %H:%M}" == "Saturday 09:00"

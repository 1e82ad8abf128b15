"""Which windows are open: on the calendar of the site's zone, over midnight and over changes of clocks."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.evaluation.windows import (
    Span,
    maintenance_of,
    marks,
    next_span,
    open_span,
    silence_of,
)
from core.time.clock import DAY, HOUR, MINUTE, from_ms, to_ms
from core.vocabulary.alerts import Repetition, WindowKind
from storage.records import Window

KABUL, BERLIN, APIA = ZoneInfo("Asia/Kabul"), ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Apia")
ZONES = [KABUL, BERLIN, APIA, ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe")]
ALERT = ("ct-2", "", "tube_hot")


def moment(text: str, zone: ZoneInfo = KABUL) -> int:
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=zone))


def window(
    starts_at: int,
    ends_at: int,
    repeats: Repetition = "",
    until: int | None = None,
    *,
    kind: WindowKind = "maintenance",
    component: str = "",
    rule: str = "",
    number: int = 12,
) -> Window:
    made = Window(kind, "ct-2", starts_at, ends_at, "a reason", "sara", component, rule)
    made.id, made.repeats, made.repeats_until = number, repeats, until
    return made


def spans_of(made: Window, days: list[str], zone: ZoneInfo) -> list[str]:
    """The turn that is open or next at the midnight before each day, as wall clocks show it."""
    shown = []
    for day in days:
        span = next_span(made, moment(f"{day} 00:00", zone), zone)
        assert span is not None
        shown.append(" ".join(f"{from_ms(at, zone):%d %H:%M}" for at in span))
    return shown


# Once


def test_a_window_is_open_from_its_beginning_and_shut_at_its_end() -> None:
    made = window(1000, 2000)
    assert [open_span(made, at, KABUL) for at in (999, 1000, 1999, 2000)] == [
        None,
        (1000, 2000),
        (1000, 2000),
        None,
    ]
    assert [next_span(made, at, KABUL) for at in (0, 1500, 2000)] == [(1000, 2000)] * 2 + [None]


# Again and again


def test_a_daily_window_over_midnight_is_open_on_both_days() -> None:
    made = window(moment("2026-11-02 22:00"), moment("2026-11-03 02:00"), "daily")
    shut, early = moment("2026-11-20 12:00"), moment("2026-11-20 01:59")
    assert open_span(made, shut, KABUL) is None
    assert open_span(made, early, KABUL) == (
        moment("2026-11-19 22:00"),
        moment("2026-11-20 02:00"),
    )
    assert open_span(made, moment("2026-11-20 02:00"), KABUL) is None
    assert open_span(made, moment("2026-11-02 01:00"), KABUL) is None  # the night before the first


def test_a_weekly_window_is_that_of_its_day_of_the_week() -> None:
    made = window(moment("2026-11-06 08:00"), moment("2026-11-06 12:00"), "weekly")  # a Friday
    assert open_span(made, moment("2026-11-27 09:00"), KABUL) is not None
    assert open_span(made, moment("2026-11-26 09:00"), KABUL) is None


def test_a_daily_window_keeps_its_time_of_day_when_clocks_change() -> None:
    made = window(moment("2026-03-27 23:30", BERLIN), moment("2026-03-28 00:30", BERLIN), "daily")
    days = ["2026-03-29", "2026-03-30", "2026-03-31", "2026-10-25", "2026-10-26"]
    assert spans_of(made, days, BERLIN) == [
        "28 23:30 29 00:30",
        "29 23:30 30 00:30",
        "30 23:30 31 00:30",
        "24 23:30 25 00:30",
        "25 23:30 26 00:30",
    ]


def test_a_turn_over_the_change_itself_ends_when_the_clock_says_so() -> None:
    made = window(moment("2026-03-01 01:00", BERLIN), moment("2026-03-01 04:00", BERLIN), "daily")
    spring = open_span(made, moment("2026-03-29 01:30", BERLIN), BERLIN)
    autumn = open_span(made, moment("2026-10-25 01:30", BERLIN), BERLIN)
    assert spring is not None
    assert autumn is not None
    assert (spring[1] - spring[0], autumn[1] - autumn[0]) == (2 * HOUR, 4 * HOUR)


def test_a_time_of_day_that_is_left_out_moves_with_the_clock() -> None:
    made = window(moment("2026-03-27 02:15", BERLIN), moment("2026-03-27 02:45", BERLIN), "daily")
    assert spans_of(made, ["2026-03-28", "2026-03-29", "2026-03-30"], BERLIN) == [
        "28 02:15 28 02:45",
        "29 03:15 29 03:45",
        "30 02:15 30 02:45",
    ]


def test_it_repeats_until_its_last_day_and_not_after() -> None:
    until = moment("2026-11-05 01:00")
    made = window(moment("2026-11-02 22:00"), moment("2026-11-03 02:00"), "daily", until)
    last = (moment("2026-11-04 22:00"), until)
    assert open_span(made, moment("2026-11-05 00:30"), KABUL) == last
    assert open_span(made, until, KABUL) is None
    assert next_span(made, until, KABUL) is None
    assert next_span(made, 0, KABUL) == (made.starts_at, made.ends_at)


def walls(at: int, zone: ZoneInfo) -> datetime:
    return from_ms(at, zone).replace(tzinfo=None)


def instant(wall: datetime, zone: ZoneInfo) -> int:
    """The first instant at which the wall clock shows it; if none does, by the offset before."""
    noons = [wall.replace(tzinfo=zone) + timedelta(days=days) for days in (-2, 2)]
    offsets = [noon.utcoffset() or timedelta() for noon in noons]
    tried = [to_ms(wall.replace(tzinfo=ZoneInfo("UTC")) - offset) for offset in offsets]
    shown = [at for at in tried if walls(at, zone) == wall]
    return min(shown, default=tried[0])


def slow_spans(made: Window, zone: ZoneInfo) -> list[Span]:
    """Every turn of the next 60 days, one after the other."""
    spans = [(made.starts_at, made.ends_at)]
    days = 1 if made.repeats == "daily" else 7
    for turn in range(days, 60, days):
        start, end = (
            instant(walls(at, zone) + timedelta(days=turn), zone)
            for at in (made.starts_at, made.ends_at)
        )
        if walls(made.ends_at, zone) <= walls(made.starts_at, zone):
            end = start + made.ends_at - made.starts_at
        spans.append((start, end))
    until = made.repeats_until
    if until is not None:
        spans = [(start, min(end, until)) for start, end in spans]
    return [span for span in spans if span[0] < span[1]]


CHANGES = {BERLIN: ["2026-03-20", "2026-10-16"], APIA: ["2011-12-21", "2021-03-27"]}


@given(
    zone=st.sampled_from(ZONES),
    repeats=st.sampled_from(["daily", "weekly"]),
    begin=st.integers(0, 14 * 24 * 4),
    length=st.integers(1, 7 * 24 * 4 - 8),
    later=st.integers(-4 * 24 * 4, 45 * 24 * 4),
    until=st.none() | st.integers(1, 40 * 24 * 4),
    season=st.integers(0, 1),
)
@example(BERLIN, "daily", 12 * 96 + 9, 2, 96, None, 0)
@example(APIA, "daily", 12 * 96 + 90, 20, 0, None, 0)
def test_the_open_turn_is_the_one_that_a_slow_model_finds(
    zone: ZoneInfo,
    repeats: Repetition,
    begin: int,
    length: int,
    later: int,
    until: int | None,
    season: int,
) -> None:
    quarter = 15 * MINUTE
    first = moment(CHANGES.get(zone, ["2026-03-01", "2026-10-25"])[season], zone)
    starts_at = first + begin * quarter
    length = min(length, 96 - 8) if repeats == "daily" else length
    made = window(
        starts_at,
        starts_at + length * quarter,
        repeats,
        None if until is None else starts_at + until * quarter,
    )
    at = starts_at + later * quarter
    spans = slow_spans(made, zone)
    is_open = [span for span in spans if span[0] <= at < span[1]]
    assert open_span(made, at, zone) == max(is_open, key=lambda span: span[1], default=None)
    assert next_span(made, at, zone) == min((s for s in spans if s[1] > at), default=None)


# Clocks that jump


@pytest.mark.parametrize("jump", [3 * HOUR, 10 * 365 * DAY])
def test_a_clock_that_jumps_and_is_set_right_finds_the_window_as_it_was(jump: int) -> None:
    now = moment("2026-11-28 10:00")
    once = window(now, now + 2 * HOUR, kind="silence")
    assert marks([once], ALERT, now + HOUR, KABUL) == ("", now + 2 * HOUR)
    assert marks([once], ALERT, now + jump, KABUL) == ("", None)
    assert marks([once], ALERT, now + HOUR, KABUL) == ("", now + 2 * HOUR)


def test_a_daily_window_is_still_that_of_its_hours_in_2036() -> None:
    made = window(moment("2026-11-02 22:00"), moment("2026-11-03 02:00"), "daily")
    assert open_span(made, moment("2036-02-29 23:00"), KABUL) is not None
    assert open_span(made, moment("2036-02-29 12:00"), KABUL) is None


# Whose


def test_what_stands_beside_an_alert_is_of_its_device_part_and_rule() -> None:
    now = moment("2026-11-28 10:00")
    end = now + HOUR
    of_all = window(now, end)
    of_rule = window(now, end, rule="tube_hot", number=13)
    of_part = window(now, end, component="tube", number=14)
    assert marks([of_all], ALERT, now, KABUL) == ("window 12", None)
    assert marks([of_rule], ALERT, now, KABUL) == ("window 13", None)
    assert marks([of_rule], ("ct-2", "", "other"), now, KABUL) == ("", None)
    assert marks([of_part], ALERT, now, KABUL) == ("", None)
    assert marks([of_part], ("ct-2", "tube", "any"), now, KABUL) == ("window 14", None)
    assert marks([of_all], ("mr-1", "", "tube_hot"), now, KABUL) == ("", None)


def test_of_several_the_one_that_ends_last_counts_and_a_silence_is_no_maintenance() -> None:
    now = moment("2026-11-28 10:00")
    short = window(now, now + HOUR, number=1)
    long = window(now, now + 2 * HOUR, number=2)
    silence = window(now, now + 3 * HOUR, kind="silence", number=3)
    every = [long, short, silence]
    assert marks(every, ALERT, now, KABUL) == ("window 2", now + 3 * HOUR)
    work = maintenance_of(every, "ct-2", now, KABUL)
    assert work is not None
    assert (work.window.id, work.end) == (2, now + 2 * HOUR)
    quiet = silence_of(every, ALERT, now, KABUL)
    assert quiet is not None
    assert quiet.window.id == 3


def test_a_window_of_one_rule_is_no_maintenance_of_the_device() -> None:
    made = window(0, 1000, rule="tube_hot")
    assert maintenance_of([made], "ct-2", 500, KABUL) is None

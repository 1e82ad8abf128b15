"""A time that is read by its hour is what it would be, read by itself."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.logfile import hours
from collectors.logfile.hours import TimeReader
from collectors.logfile.timestamps import own_time
from tests.support.examples import examples

FORMS = (
    *("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%H:%M:%S\t%Y-%m-%d", "%b %d %H:%M:%S"),
    *("%H:%M:%S", "%A, %B %d, %Y, %I:%M:%S %p", "%d.%m.%Y %H:%M:%S,%f", "%Y-%m-%dT%H:%M:%S%z"),
    *("%a %b %d %H:%M:%S %Z %Y", "%H:%M:%S:%f %Y-%m-%d"),
)
ZONES = ("Asia/Kabul", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns")
HOURS = (
    datetime(2026, 10, 25, 0, tzinfo=UTC),  # Berlin has this hour twice
    datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
    datetime(2026, 4, 4, 14, 30, tzinfo=UTC),  # Lord Howe moves by half an hour
    datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
    datetime(2026, 6, 1, 12, tzinfo=UTC),
)
FRACTIONS = ("", ".5", ",123", ".123456", ":77", ".1234567")


@examples(300)
@given(
    st.lists(st.sampled_from(FORMS), min_size=1, max_size=3),
    st.sampled_from(ZONES),
    st.sampled_from(HOURS),
    st.sampled_from((0, 60, -3600, 86_400, -400 * 86_400)),
    st.lists(st.tuples(st.floats(-7200, 7200), st.sampled_from(FRACTIONS)), max_size=8),
)
def test_times_of_any_form_and_hour_are_read_as_before(
    forms: list[str], zone: str, hour: datetime, away_s: int, moments: list[tuple[float, str]]
) -> None:
    here, arrived = ZoneInfo(zone), int(hour.timestamp() + away_s) * 1000
    reader, after = TimeReader(forms, here), None
    for seconds, fraction in moments:
        moment = (hour + timedelta(seconds=seconds)).astimezone(here)
        clock = f"{moment:%H:%M:%S}"
        text = moment.strftime(forms[0]).replace(clock, clock + fraction)
        expected = own_time(text, forms, here, arrived, after)
        assert reader.own_time(text, arrived, after) == expected
        after = expected


@pytest.mark.parametrize("text", [None, "", " ", "12:60:00", "2026-06-01 24:00:00", "yesterday"])
def test_what_is_no_time_is_none(text: str | None) -> None:
    reader = TimeReader(["%Y-%m-%d %H:%M:%S"], ZoneInfo("UTC"))

    assert [reader.own_time(text, 0) for _ in range(2)] == [None, None]


def test_an_hour_is_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []

    def counted(text: str | None, *given: object) -> int | None:
        asked.append(text)
        return own_time(text, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(hours, "own_time", counted)
    reader = TimeReader(["%Y-%m-%d %H:%M:%S"], ZoneInfo("Asia/Kabul"))

    times = [reader.own_time(f"2026-06-01 12:00:{n:02}.250", 1_790_000_000_000) for n in range(60)]

    assert [later - first for first, later in itertools.pairwise(times)] == [1000] * 59  # type: ignore[operator]
    assert len(asked) == 9

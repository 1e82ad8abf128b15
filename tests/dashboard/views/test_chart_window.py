"""What an address asks of charts, and what is said when it cannot be meant."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.time.clock import DAY, HOUR, MINUTE, from_ms
from dashboard.components.device.chart_range import _labels
from dashboard.views.chart_window import in_address, offsets, typed_moment, window_of
from dashboard.views.curves import RANGES

NOW = 1_794_000_000_000  # 6 November 2026
KABUL = ZoneInfo("Asia/Kabul")
BERLIN = ZoneInfo("Europe/Berlin")


def asked(**query: str) -> tuple[str, int, list[str]]:
    """Name and length of the window, and the words for what was not understood."""
    names = {"since": "from"}
    typed = {names.get(name, name): text for name, text in query.items()}
    window, mistakes = window_of(typed, _labels(), NOW, KABUL)
    return window.name, window.end - window.start, [mistake.key for mistake in mistakes]


@pytest.mark.parametrize("name", list(RANGES))
def test_an_address_names_a_range(name: str) -> None:
    assert asked(span=name) == (name, RANGES[name].length, [])


@pytest.mark.parametrize(
    ("typed", "name"),
    [("90 d", "90d"), ("24 h", "24h"), ("۹۰ روز", "90d"), ("90D", "90d"), ("", "24h")],
)
def test_labels_of_old_addresses_still_open(typed: str, name: str) -> None:
    is_known = bool(typed)
    assert asked(**({"span": typed} if is_known else {})) == (name, RANGES[name].length, [])


@pytest.mark.parametrize("typed", ["12 parsecs", "90", "-1d", "d90", "٩٠"])
def test_an_unknown_range_is_said_and_a_day_is_shown(typed: str) -> None:
    assert asked(span=typed) == ("24h", DAY, ["range.unknown"])


def test_own_times_are_the_sites_or_have_their_zone() -> None:
    assert asked(since="2026-11-03T10:00", to="2026-11-03T12:30") == ("", 150 * MINUTE, [])
    assert typed_moment("2026-11-03T10:00", KABUL) == typed_moment("2026-11-03T05:30Z", KABUL)
    assert typed_moment("2026-11-03T10:00+04:30", BERLIN) == typed_moment(
        "2026-11-03T05:30Z", KABUL
    )
    assert typed_moment("2026-11-03T10:00 04:30", BERLIN) == typed_moment(
        "2026-11-03T05:30Z", KABUL
    )
    assert typed_moment("1793686200000", KABUL) == 1_793_686_200_000


def test_one_end_alone_has_its_range() -> None:
    assert asked(to="2026-11-03T10:00", span="7d") == ("", 7 * DAY, [])
    name, length, mistakes = asked(since="2026-11-03T10:00")
    assert (name, mistakes) == ("", [])
    assert length > 2 * DAY


@pytest.mark.parametrize(
    ("since", "to", "key"),
    [
        ("yesterday", "", "range.no_time"),
        ("2026-13-45T99:99", "2026-11-03T10:00", "range.no_time"),
        ("2026", "", "range.no_time"),
        ("99999999999999999999", "", "range.no_time"),
        ("2026-11-03T10:00", "2026-11-02T10:00", "range.no_span"),  # the wrong way round
        ("2026-11-03T10:00", "2026-11-03T10:00", "range.no_span"),
        ("1970-01-02T00:00", "", "range.no_span"),
        ("2036-01-01T00:00", "2036-02-01T00:00", "range.no_span"),
    ],
)
def test_what_cannot_be_meant_is_said_and_a_day_is_shown(since: str, to: str, key: str) -> None:
    name, length, mistakes = asked(since=since, to=to)
    assert (name, length) == ("24h", DAY)
    assert key in mistakes


@given(some.text(max_size=30), some.text(max_size=30), some.text(max_size=12))
def test_whatever_stands_in_an_address_a_window_is_shown(since: str, to: str, span: str) -> None:
    window, _ = window_of({"from": since, "to": to, "span": span}, _labels(), NOW, KABUL)
    assert window.start < window.end


@given(some.integers(NOW - 20 * 365 * DAY, NOW).map(lambda at: at // 1000 * 1000))
def test_a_time_in_an_address_is_read_as_it_was_written(at: int) -> None:
    assert typed_moment(in_address(at), KABUL) == at


@given(some.integers(0, 400), some.integers(1, 24 * 400))
def test_the_browser_has_the_sites_clock_at_each_moment(day: int, hours: int) -> None:
    """Berlin changes its clocks twice a year; Kabul never does."""
    start = NOW + day * DAY
    changes = offsets(start, start + hours * HOUR, BERLIN)
    for at in range(start, start + hours * HOUR, max(hours // 20, 1) * HOUR):
        shown = [minutes for since, minutes in changes if since <= at][-1]
        offset = from_ms(at, BERLIN).utcoffset()
        assert offset is not None
        assert shown == offset.total_seconds() / 60
    assert offsets(start, start + hours * HOUR, KABUL) == [(start, 270)]

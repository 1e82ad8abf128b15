"""Where a curve has gaps, and which times open pages ask for."""

from hypothesis import given
from hypothesis import strategies as some

from core.time.clock import MINUTE
from dashboard.views import curves
from storage.series import Curve, Point

START = 1_793_000_000_000


def curve(*minutes: int, value: float = 20.0) -> Curve:
    points = [Point(START + minute * MINUTE, value, value, value, 1) for minute in minutes]
    return Curve(points, "raw", 0)


def sizes(found: Curve) -> list[int]:
    return [len(run) for run in curves.runs_of(found)]


def test_a_gap_is_not_joined() -> None:
    assert sizes(curve(0, 1, 2, 30, 31)) == [3, 2]


def test_a_source_that_changes_its_pace_is_no_gap() -> None:
    assert sizes(curve(*range(0, 100, 10), *range(100, 200))) == [110]


def test_one_late_reading_is_no_gap() -> None:
    assert sizes(curve(0, 1, 2, 4, 5)) == [5]


@given(some.lists(some.integers(0, 10_000), unique=True).map(sorted))
def test_no_point_is_lost_by_cutting(minutes: list[int]) -> None:
    assert sum(sizes(curve(*minutes))) == len(minutes)


def test_open_pages_ask_for_the_same_span() -> None:
    asked = curves.RANGES["24h"]
    minute = START // MINUTE * MINUTE
    assert curves.range_until(minute + 1, asked) == curves.range_until(minute + 59_999, asked)

"""From stored points to what a chart draws."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.schema.metric import Metric
from core.schema.rules.limit import LimitRule
from core.time.clock import HOUR, MINUTE
from dashboard.views import curves
from storage.series import Curve, Point
from tests.dashboard.centre import Centre

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


def limit(above: float) -> LimitRule:
    return LimitRule(
        id="hot", title="Hot", metric="x", above=above, severity="warning", basis="engineering"
    )


@pytest.mark.parametrize(("above", "drawn"), [(22, 1), (500, 0)])
def test_only_a_limit_near_the_curve_is_drawn(centre: Centre, above: float, drawn: int) -> None:
    metric = Metric(title="x")
    rows = curves.curve_rows({"": curve(0, 1)}, metric, centre.site)
    assert len(curves.limit_rows([limit(above)], metric, rows)) == drawn


def test_a_flat_curve_gets_room(centre: Centre) -> None:
    rows = curves.curve_rows({"": curve(0, 1)}, Metric(title="x"), centre.site)
    assert [row.mean for row in curves.room_rows(rows)] == [19.0, 21.0]


def test_the_time_axis_is_a_clock_on_the_centres_wall(centre: Centre) -> None:
    assert curves.wall(START, centre.site) == START + 4 * HOUR + 30 * MINUTE


def test_a_mean_of_states_is_drawn_as_the_nearest(centre: Centre) -> None:
    door = Metric(title="Door", kind="state", states={0: "closed", 1: "open"})
    points = Curve([Point(START, 0.7, 0, 1, 10)], "minutes", MINUTE)
    (row,) = curves.curve_rows({"": points}, door, centre.site)
    assert (row.mean, row.text, row.span) == (1.0, "open", "closed … open")


def test_open_pages_ask_for_the_same_span() -> None:
    asked = curves.RANGES["24h"]
    minute = START // MINUTE * MINUTE
    assert curves.range_until(minute + 1, asked) == curves.range_until(minute + 59_999, asked)

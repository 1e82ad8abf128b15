"""Whoever reads from a site's store gets the same answers from SQLite and from InfluxDB."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from core.readings import Batch, Event, Reading
from core.time.clock import DAY, HOUR, MINUTE, SECOND
from storage.series import SeriesReader, SeriesWriter
from storage.series.store import SeriesStore
from tests.storage.influx.cast import SITE, T0, Way, helium

# Stores readings and events, and gives the store to be asked.
Stock = Callable[..., SeriesStore]


@pytest.fixture(params=["sqlite", pytest.param("influxdb", marks=pytest.mark.servers)])
def stock(request: pytest.FixtureRequest, tmp_path: Path) -> Stock:
    """Each test runs on both."""

    def in_sqlite(readings: Iterable[Reading], events: Iterable[Event] = ()) -> SeriesStore:
        writer = SeriesWriter(tmp_path / "series.db")
        writer.append([Batch(list(readings), list(events))])
        writer.close()
        return SeriesReader(tmp_path / "series.db")

    def in_influxdb(readings: Iterable[Reading], events: Iterable[Event] = ()) -> SeriesStore:
        way: Way = request.getfixturevalue("way")
        way.store(readings, events)
        way.drain()
        return way.reader(SITE)

    if request.param == "sqlite":
        return in_sqlite
    request.getfixturevalue("influx_server")  # skips here, not in the middle of a test
    return in_influxdb


def test_latest_is_the_newest_of_every_series_in_order(stock: Stock) -> None:
    room = Reading("ct-1", "room_temp_c", 22.5, T0, "room", "clock")
    last = helium(81.4, T0 + SECOND)
    store = stock([helium(81.5, T0), last, helium(9, T0 + HOUR, "b"), room])
    assert store.latest() == [room, last, helium(9, T0 + HOUR, "b")]
    assert store.latest("mri-2") == [last, helium(9, T0 + HOUR, "b")]
    assert store.latest("dxa-1") == []


def test_latest_is_by_the_time_measured_not_the_time_stored(stock: Stock) -> None:
    store = stock([helium(80, T0 + HOUR), helium(70, T0)])
    assert store.latest() == [helium(80, T0 + HOUR)]


def test_a_reading_from_the_future_hides_none_from_who_says_when_now_is(stock: Stock) -> None:
    ahead = helium(9, T0 + 3653 * DAY)
    store = stock([helium(80, T0 - DAY), helium(70, T0), ahead, helium(5, T0 + DAY, "b")])
    assert store.latest(until=T0 + HOUR) == [helium(70, T0)]
    assert store.latest("mri-2", T0 - HOUR) == [helium(80, T0 - DAY)]
    assert store.latest() == [ahead, helium(5, T0 + DAY, "b")]


def test_an_unknown_series_is_an_empty_curve(stock: Stock) -> None:
    store = stock([helium(80, T0)])
    for device, metric, component in (
        ("nobody", "helium_level_pct", ""),
        ("mri-2", "nothing_c", ""),
        ("mri-2", "helium_level_pct", "b"),
    ):
        curve = store.range(device, metric, component, T0, T0 + DAY, 100)
        assert curve == ([], "raw", 0)
        assert store.readings(device, "nothing_c", 0) == []
    assert store.range("mri-2", "helium_level_pct", "", T0 + 1, T0 + DAY, 100).points == []


def test_few_readings_are_drawn_as_they_are_from_start_to_before_the_end(stock: Stock) -> None:
    store = stock([helium(80 + n, T0 + n * MINUTE) for n in range(10)])
    curve = store.range("mri-2", "helium_level_pct", "", T0 + 2 * MINUTE, T0 + 5 * MINUTE, 100)
    assert (curve.level, curve.width) == ("raw", 0)
    assert curve.points == [(T0 + n * MINUTE, 80 + n, 80 + n, 80 + n, 1) for n in (2, 3, 4)]


def test_one_component_is_not_drawn_into_another(stock: Stock) -> None:
    store = stock([helium(80, T0), helium(1, T0 + 1, "b"), helium(2, T0 + 2, "c")])
    points = store.range("mri-2", "helium_level_pct", "", T0, T0 + HOUR, 10).points
    assert [(point.at, point.mean) for point in points] == [(T0, 80)]


def test_many_readings_are_drawn_within_the_budget_and_keep_a_spike(stock: Stock) -> None:
    moments = range(T0, T0 + 30 * DAY, 20 * MINUTE)
    spike = helium(12.0, T0 + 17 * DAY + SECOND)
    store = stock([*(helium(80.0, at) for at in moments), spike])
    curve = store.range("mri-2", "helium_level_pct", "", T0, T0 + 30 * DAY, 100)
    assert curve.level != "raw"
    assert len(curve.points) <= 101
    assert sum(point.readings for point in curve.points) == len(moments) + 1
    low = min(curve.points, key=lambda point: point.low)
    assert (low.low, low.high) == (12.0, 80.0)
    assert low.at <= spike.at < low.at + curve.width
    expected = (80.0 * (low.readings - 1) + 12.0) / low.readings
    assert low.mean == pytest.approx(expected)
    assert [point.at % curve.width for point in curve.points] == [0] * len(curve.points)
    assert curve.points == sorted(curve.points)


def test_an_empty_stretch_has_no_points(stock: Stock) -> None:
    first = [helium(80, T0 + n * SECOND) for n in range(300)]
    second = [helium(70, T0 + 20 * HOUR + n * SECOND) for n in range(300)]
    curve = stock(first + second).range("mri-2", "helium_level_pct", "", T0, T0 + DAY, 100)
    assert curve.width == 15 * MINUTE
    assert [(point.at - T0, point.mean, point.readings) for point in curve.points] == [
        (0, 80, 300),
        (20 * HOUR, 70, 300),
    ]


def test_readings_are_oldest_first_of_every_component_up_to_the_limit(stock: Stock) -> None:
    late = helium(3, T0 + 3, "b")
    store = stock([late, helium(1, T0 + 1), helium(2, T0 + 2, "c"), helium(0, T0)])
    wanted = [helium(1, T0 + 1), helium(2, T0 + 2, "c"), late]
    assert store.readings("mri-2", "helium_level_pct", T0 + 1) == wanted
    assert store.readings("mri-2", "helium_level_pct", T0 + 1, 2) == wanted[:2]


def test_more_readings_than_one_chunk_of_an_answer_come_whole(stock: Stock) -> None:
    stored = [helium(n, T0 + n) for n in range(25_000)]
    assert stock(stored).readings("mri-2", "helium_level_pct", 0, 30_000) == stored


def test_a_reading_keeps_its_quality_and_its_every_digit(stock: Stock) -> None:
    stored = [
        Reading("ct-1", "tube_kv", 0.1 + 0.2, T0, "a", "clock"),
        Reading("ct-1", "tube_kv", -1.7e-308, T0 + 1, "a"),
        Reading("ct-1", "tube_kv", 1.7e308, T0 + 2, "a", "bad"),
    ]
    store = stock(stored)
    assert store.readings("ct-1", "tube_kv", 0) == stored
    assert store.latest() == stored[-1:]


@pytest.mark.parametrize(
    "component",
    [
        "C:\\",
        "C:\\ Label:System, no=1",
        "اتاق ۱",
        'it\'s "here"',
        "a%5Cb 95%",
        "tab\tand\nline",
        "#",
    ],
)
def test_a_component_may_be_any_text(stock: Stock, component: str) -> None:
    stored = [helium(1, T0, component), helium(2, T0 + 1, component + "2")]
    store = stock(stored)
    assert store.readings("mri-2", "helium_level_pct", 0) == stored
    assert store.latest() == stored
    points = store.range("mri-2", "helium_level_pct", component, T0, T0 + HOUR, 10).points
    assert [point.at for point in points] == [T0]


def test_events_are_newest_first_within_the_span_and_the_limit(stock: Stock) -> None:
    said = [
        Event("ct-2", "tube_arc", 'arc, "hard" at C:\\', T0 + n, "warning", "tube", f"E{n}")
        for n in range(4)
    ]
    other = Event("ct-1", "tube_arc", "another's", T0)
    store = stock([], [*said, other])
    assert store.events("ct-2", T0 + 1, T0 + 3) == [said[2], said[1]]
    assert store.events("ct-2", T0, T0 + 9, 1) == [said[3]]
    assert store.events("ct-1", T0, T0 + 1) == [other]
    assert store.events("nobody", 0, T0 + DAY) == []


def test_events_of_the_same_moment_are_all_there(stock: Stock) -> None:
    said = [Event("ct-2", "log", f"line {n}", T0, "error", "", "", "bad") for n in range(50)]
    store = stock([], said)
    assert sorted(store.events("ct-2", T0, T0 + 1)) == sorted(said)


def test_what_was_corrected_is_right_and_what_was_withdrawn_is_gone(stock: Stock) -> None:
    corrected = helium(81, T0 + HOUR)._replace(quality="corrected")
    store = stock(
        [
            helium(80, T0),
            helium(8.1, T0 + HOUR),
            helium(7, T0 + 2 * HOUR),
            helium(7, T0 + 2 * HOUR)._replace(quality="withdrawn"),
            corrected,
        ]
    )
    assert store.latest() == [corrected]
    assert store.latest(until=T0 + HOUR + MINUTE) == [corrected]
    assert store.readings("mri-2", "helium_level_pct", T0) == [helium(80, T0), corrected]
    curve = store.range("mri-2", "helium_level_pct", "", T0, T0 + DAY, 100)
    assert [point.mean for point in curve.points] == [80, 81]


def test_a_series_of_which_all_is_withdrawn_has_no_newest_reading(stock: Stock) -> None:
    store = stock([helium(7, T0), helium(7, T0)._replace(quality="withdrawn")])
    assert store.latest() == []

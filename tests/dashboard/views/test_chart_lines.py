"""From stored points to the bytes that a browser draws: nothing is lost, moved or joined across a gap."""

import json
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.schema.metric import Metric
from core.time.clock import DAY, HOUR, MINUTE, SECOND
from dashboard.views.chart_lines import ChartLine, chart_line, packed
from storage.series import Curve, Point

START = 1_793_000_000_000
FIVE_YEARS = 1827 * DAY
TEMPERATURE = Metric(title="Temperature", unit="°C")
DOOR = Metric(title="Door", kind="state", states={0: "closed", 1: "open"})

values = some.floats(-1e12, 1e12)
times = some.lists(some.integers(0, FIVE_YEARS), unique=True, max_size=60).map(sorted)


def unpacked(block: bytes) -> tuple[dict[str, Any], list[ChartLine]]:
    """As the script in the browser reads it."""
    size = struct.unpack_from("<I", block)[0]
    header = json.loads(block[4 : 4 + size])
    place, lines = 4 + size, []
    assert place % 8 == 0
    for line in header["lines"]:
        columns = []
        for _ in range(4 if line["banded"] else 2):
            columns.append(np.frombuffer(block, "<f8", line["count"], place))
            place += 8 * line["count"]
        mean, *bands, steps = columns
        low, high = bands or (mean, mean)
        at = line["start"] + np.cumsum(steps).astype(np.int64)
        lines.append(ChartLine(line["name"], at, mean, low, high))
    assert place == len(block)
    return header, lines


def raw(points: list[tuple[int, float]]) -> Curve:
    return Curve([Point(START + at, value, value, value, 1) for at, value in points], "raw", 0)


@given(times, some.data())
def test_what_the_browser_gets_is_what_the_store_has(at: list[int], data: some.DataObject) -> None:
    points = [(moment, data.draw(values)) for moment in at]
    # As many points as milliseconds: nothing is dense.
    line = chart_line("", raw(points), TEMPERATURE, START, START + FIVE_YEARS, FIVE_YEARS)
    _, [got] = unpacked(packed({}, [line]))
    is_value = ~np.isnan(got.mean)
    assert got.at[is_value].tolist() == [START + moment for moment, _ in points]
    assert got.mean[is_value].tolist() == [value for _, value in points]
    assert np.all(np.diff(got.at) > 0)


@given(times, some.data(), some.integers(2, 40))
def test_dense_readings_become_a_band_that_holds_all_of_them(
    at: list[int], data: some.DataObject, count: int
) -> None:
    points = [(moment, data.draw(values)) for moment in at]
    line = chart_line("", raw(points), TEMPERATURE, START, START + FIVE_YEARS, count)
    is_value = ~np.isnan(line.mean)
    assert np.all(line.low[is_value] <= line.mean[is_value])
    assert np.all(line.mean[is_value] <= line.high[is_value])
    if points:
        assert np.nanmin(line.low) == min(value for _, value in points)
        assert np.nanmax(line.high) == max(value for _, value in points)
    assert is_value.sum() <= len(points)
    assert set(line.at[is_value].tolist()) <= {START + moment for moment, _ in points}


@pytest.mark.parametrize("length", [HOUR, 50 * DAY, FIVE_YEARS])
def test_a_gap_is_a_row_without_a_value_however_long(length: int) -> None:
    points = [(minute * MINUTE, 1.0) for minute in range(5)]
    points += [(length + at, value) for at, value in points]
    line = chart_line("", raw(points), TEMPERATURE, START, START + 2 * FIVE_YEARS, 10**9)
    _, [got] = unpacked(packed({}, [line]))
    [gap] = np.flatnonzero(np.isnan(got.mean))
    assert got.at[gap - 1] == START + 4 * MINUTE
    assert got.at[gap + 1] == START + length


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_and_one_reading_are_drawn_as_they_are(count: int) -> None:
    line = chart_line("a", raw([(0, 7.5)][:count]), TEMPERATURE, START, START + HOUR, 360)
    header, [got] = unpacked(packed({"start": START}, [line]))
    assert (header["start"], got.mean.tolist()) == (START, [7.5][:count])


def test_where_a_fast_present_meets_a_slow_past_there_is_no_comb() -> None:
    """A month of one reading in six hours, then two hours of one in ten seconds."""
    slow = [(hour * HOUR, 20.0) for hour in range(0, 720, 6)]
    fast = [(720 * HOUR + number * 10 * SECOND, 19.0 + number % 3) for number in range(720)]
    line = chart_line("", raw(slow + fast), TEMPERATURE, START, START + 30 * DAY + 2 * HOUR, 360)
    assert np.sum(line.at >= START + 720 * HOUR) <= 3
    assert np.sum(line.at < START + 720 * HOUR) == 120
    assert (np.nanmin(line.low), np.nanmax(line.high)) == (19.0, 21.0)
    assert not np.isnan(line.mean).any()


def test_a_roll_up_keeps_its_extremes_and_its_level() -> None:
    points = [Point(START + day * DAY, 20, 18, 23, 1440) for day in range(9)]
    line = chart_line("", Curve(points, "days", DAY), TEMPERATURE, START, START + 9 * DAY, 360)
    header, [got] = unpacked(packed({}, [line]))
    assert header["lines"][0]["level"] == "days"
    assert (got.low[0], got.mean[0], got.high[0]) == (18, 20, 23)


def test_a_mean_of_states_is_drawn_as_the_nearest() -> None:
    points = Curve([Point(START, 0.7, 0, 1, 10)], "minutes", MINUTE)
    line = chart_line("", points, DOOR, START, START + HOUR, 360)
    assert (line.mean[0], line.low[0], line.high[0]) == (1, 0, 1)

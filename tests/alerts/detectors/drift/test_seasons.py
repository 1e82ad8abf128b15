"""A year of weather that no column tells: no alarm for the season, and a fault in it is still found."""

from functools import cache

import numpy as np
import pytest

from alerts.detectors.base import DetectorVerdict, Floats, Frame
from alerts.detectors.common.daily_statistics import DailyStatistics
from alerts.detectors.replay import replay
from alerts.detectors.statistics.change_point import DailySeries, Noise
from alerts.detectors.statistics.season import expected_on
from core.schema.detector import Detector
from core.vocabulary.evidence import Evidence
from tests.alerts.detectors.sample_devices import (
    DAY,
    PER_DAY,
    START,
    follow,
    housing,
    ramp,
    slow,
    surroundings,
    times,
)

HOT, COLD = 45.0, -10.0  # °C outside, at the height of summer and the depth of winter
JULY, JANUARY = 200, 15  # the hottest day of the year: in Kabul, and in the southern hemisphere
EVERY_HOUR = slice(None, None, 6)  # of the cells: a year takes a third of the time
NO_WEATHER = Evidence("no_weather")
TUBE = Detector(
    id="tube_cooling", kind="drift", metric="tube_housing_temp_c", context={"scan_load": "scan_load"},
    worth=0.3, sided="up",
)  # fmt: skip
ROOM = Detector(
    id="room_cooling", kind="drift", metric="room_temp_c", context={"scan_load": "scan_load"},
    worth=0.7, sided="up",
)  # fmt: skip
OIL = Detector(id="oil", kind="drift", metric="oil_c", context={"load": "load"})


def outside(rng: np.random.Generator, days: int, hottest: int) -> Floats:
    """Season, day and night, and fronts of some days."""
    day = np.arange(days * PER_DAY) / PER_DAY
    season = (HOT + COLD) / 2 + (HOT - COLD) / 2 * np.cos(2 * np.pi * (day - hottest) / 365)
    fronts = slow(rng, days * PER_DAY, 2.0)
    return np.asarray(season + 6 * np.cos(2 * np.pi * (day - 0.6)) + fronts)


def tube(days: int, seed: int, hottest: int = JULY, onset: float | None = None) -> Frame:
    """It cools worse by 10 % in six weeks, in a room that follows the weather a little."""
    rng = np.random.default_rng(seed)
    load, room = surroundings(rng, days)
    room = room + 0.15 * (outside(rng, days, hottest) - 20)
    y = housing(load, room, 1 + 0.1 * ramp(days, onset, 42))
    y = y + slow(rng, len(y), 0.15) + rng.normal(0, 0.1, len(y))
    return Frame(times(days), {"tube_housing_temp_c": y, "scan_load": load})


def room(days: int, seed: int, hottest: int = JULY, onset: float | None = None) -> Frame:
    """Its cooler loses 4 K in a month."""
    rng = np.random.default_rng(seed)
    load, y = surroundings(rng, days)
    y = y + 0.15 * (outside(rng, days, hottest) - 20) + 0.8 * load + 4 * ramp(days, onset, 30)
    return Frame(times(days), {"room_temp_c": y + rng.normal(0, 0.05, len(y)), "scan_load": load})


def transformer(days: int, seed: int) -> Frame:
    """Hourly oil temperature: the ambient, and losses with the square of the load."""
    rng = np.random.default_rng(seed)
    hour = np.arange(days * PER_DAY) / 6.0
    day = hour / 24
    ambient = 15 + 15 * np.cos(2 * np.pi * (day - JULY) / 365) + 5 * np.cos(2 * np.pi * (day - 0.6))
    load = 0.55 + 0.2 * np.sin(2 * np.pi * (hour - 9) / 24) - 0.1 * (day.astype(int) % 7 == 1)
    load = load + 0.1 * np.cos(2 * np.pi * (day - 20) / 365) + slow(rng, len(day), 0.08)
    oil = follow(ambient + slow(rng, len(day), 3.0) + 35 * load**2, np.full(len(day), 18.0))
    values = {"oil_c": oil + rng.normal(0, 0.2, len(day)), "load": load}
    return Frame(times(days), values).rows(EVERY_HOUR)


def alarms(verdicts: list[DetectorVerdict]) -> list[float]:
    """Days from the start."""
    return [(verdict.at - START) / DAY for verdict in verdicts if verdict.alarm]


YEARS = {
    "southern tube": lambda: (TUBE, tube(400, 6, JANUARY).rows(EVERY_HOUR)),
    "room": lambda: (ROOM, room(430, 3).rows(EVERY_HOUR)),
    "transformer": lambda: (OIL, transformer(400, 1)),
    "transformer without load": lambda: (
        OIL.model_copy(update={"context": {}}),
        transformer(400, 2),
    ),
}


@cache
def verdicts_of(name: str) -> list[DetectorVerdict]:
    """Of a year; asked for once."""
    return list(replay(*YEARS[name]()))


@pytest.mark.parametrize("name", list(YEARS))
def test_a_year_without_weather_passes_in_silence(name: str) -> None:
    verdicts = verdicts_of(name)
    assert alarms(verdicts) == []
    daily = [v for v in verdicts if v.kind == "normal"]
    assert len(daily) > 360
    assert all(v.evidence == (NO_WEATHER,) for v in daily)


@pytest.mark.parametrize("onset", [60, 150])
def test_a_tube_that_cools_worse_is_found_while_half_a_year_is_known(onset: int) -> None:
    first = alarms(list(replay(TUBE, tube(onset + 30, 1, onset=onset))))[:1]
    assert first
    assert onset < first[0] <= onset + 25


def test_a_room_that_grows_warmer_while_autumn_cools_it_is_found() -> None:
    first = alarms(list(replay(ROOM, room(250, 1, onset=200))))[:1]
    assert first
    assert 200 < first[0] <= 245


def test_the_band_is_wide_until_the_year_was_seen() -> None:
    verdicts = [v for v in verdicts_of("room") if v.kind == "normal"]
    width = np.array([(v.high or 0.0) - (v.low or 0.0) for v in verdicts])
    assert width[30:60].mean() > 1.3 * width[-30:].mean()
    inside = [v.low < v.value < v.high for v in verdicts if v.value and v.low and v.high]
    assert np.mean(inside) > 0.95


def test_a_known_weather_needs_no_word() -> None:
    frame = room(60, 1)
    rng = np.random.default_rng(1)
    surroundings(rng, 60)
    frame = frame._replace(columns={**frame.columns, "outdoor_temp_c": outside(rng, 60, JULY)})
    context = {**ROOM.context, "outdoor_temp_c": "outdoor_temp_c"}
    verdicts = list(replay(ROOM.model_copy(update={"context": context}), frame))
    assert [v for v in verdicts if v.evidence] == []


def test_a_day_is_expected_as_the_year_before_had_it() -> None:
    def expectation(days: int) -> tuple[float, float]:
        day = np.arange(float(days))
        value = 3 + 5 * np.cos(2 * np.pi * day / 365.2425)
        zeros = np.zeros((days, 0))
        series = DailySeries(
            day, value, np.ones(days), np.zeros(days), zeros, np.zeros(0), season=50.0
        )
        return expected_on(series, Noise(0.2, 0.2, 0.6), days - 1.0, days - 15.0)

    level, unsure = expectation(400)
    assert level == pytest.approx(3 + 5 * np.cos(2 * np.pi * 399 / 365.2425), abs=0.1)
    assert expectation(60)[1] > 3 * unsure


def test_what_a_new_model_says_of_the_days_before_it_is_levelled() -> None:
    older, newer = DailyStatistics(("mean", "gain")), DailyStatistics(("mean", "gain"), most=70)
    for day in range(60):
        older.add(day * DAY, {"mean": 1.0 + day, "gain": 1.0})
    for day in range(20, 80):
        newer.add(day * DAY, {"mean": 4.0 + day, "gain": 2.0})
    newer.continues(older, ("mean",))
    assert newer.end.tolist() == [day * DAY for day in range(10, 80)]
    np.testing.assert_allclose(newer["mean"], 4.0 + np.arange(10, 80))
    assert np.isnan(newer["gain"][:10]).all()
    assert np.isfinite(newer["gain"][10:]).all()

"""The power over time, whatever a plug's way of reporting."""

import numpy as np
import pytest

from collectors.plug_use.power_curve import (
    Floats,
    PowerCurve,
    Times,
    by_minute,
    daily_paces,
    is_same_pace,
    power_curve,
)
from core.time.clock import DAY, HOUR, MINUTE, SECOND

T0 = 20_000 * DAY


def series(*pairs: tuple[float, float]) -> tuple[Times, Floats]:
    """Seconds after T0, and watts."""
    return (
        np.array([T0 + int(seconds * SECOND) for seconds, _ in pairs]),
        np.array([watts for _, watts in pairs], float),
    )


def energy_kj(curve: PowerCurve) -> float:
    return float(((curve.end - curve.begin) / SECOND * curve.watts).sum() / 1000)


def known(curve: PowerCurve, begin_s: float, end_s: float) -> float:
    times = [np.array([T0 + int(seconds * SECOND)]) for seconds in (begin_s, end_s)]
    return round(float(curve.covered(*times)[0]), 4)


def test_phases_that_come_at_their_own_times_are_summed() -> None:
    line1 = series(*((10.0 * n, 100.0) for n in range(61)))
    line2 = series(*((10.0 * n + 3, 50.0) for n in range(61)))
    curve = power_curve([line1, line2])
    assert set(curve.watts.tolist()) == {150.0}
    assert known(curve, 3, 600) == 1.0
    assert curve.pace == 10 * SECOND


def test_what_one_phase_does_not_say_nobody_knows() -> None:
    line1 = series(*((10.0 * n, 100.0) for n in range(61)))
    line2 = series(*((10.0 * n, 50.0) for n in range(61) if not 20 <= n < 40))
    curve = power_curve([line1, line2])
    assert known(curve, 210, 390) == 0.0
    assert known(curve, 0, 200) == 1.0


def test_a_plug_that_reports_changes_holds_its_value_until_the_next() -> None:
    """Tasmota's PowerDelta: each five minutes, and at once when the power steps."""
    idle = [(300.0 * n, 100.0) for n in range(13)]
    curve = power_curve([series(*sorted([*idle, (1000, 3000), (1004, 100)]))])
    assert energy_kj(curve) == pytest.approx((3600 + 300) * 0.1 + 4 * 2.9, rel=0.02)


def test_a_silence_is_a_gap_and_no_power() -> None:
    curve = power_curve([series(*((10.0 * n, 100.0) for n in range(400) if not 60 <= n < 240))])
    assert known(curve, 610, 2400) == 0.0
    assert known(curve, 0, 600) == 1.0
    assert known(curve, 0, 3600) == pytest.approx(0.5, abs=0.01)


def test_nothing_is_known_of_a_plug_that_has_spoken_once_or_never() -> None:
    for components in ([], [series()], [series((0, 100))]):
        curve = power_curve(components)
        assert (len(curve.watts), curve.pace, known(curve, 0, 60)) == (0, 0, 0.0)


def test_the_lowest_of_each_minute_also_where_one_reading_holds_for_several() -> None:
    curve = power_curve([series((0, 5), (20, 3), (60, 9), (300, 7), (320, 8), (340, 8), (640, 1))])
    first, lowest = by_minute(curve)
    assert first == T0 // MINUTE
    assert lowest.tolist()[:6] == [3, 9, 9, 9, 9, 7]


def test_the_pace_of_each_day_is_its_own() -> None:
    fast = [(10.0 * n, 1.0) for n in range(8640)]
    slow = [(86_400 + 60.0 * n, 1.0) for n in range(1440)]
    paces = daily_paces(power_curve([series(*fast, *slow)]))
    assert paces == {T0 // DAY: 10 * SECOND, T0 // DAY + 1: MINUTE}
    assert not is_same_pace(10 * SECOND, MINUTE)
    assert is_same_pace(10 * SECOND, 15 * SECOND)
    assert not is_same_pace(0, HOUR)

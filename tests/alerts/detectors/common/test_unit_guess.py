"""An impossible value that would be right in another unit is named."""

import numpy as np
import pytest

from alerts.detectors.common.unit_guess import looks_like
from alerts.detectors.replay import replay
from tests.alerts.detectors.sample_devices import MAGNET, PER_DAY, START, magnet

RANGED = MAGNET.within({"magnet_temp_c": (0.0, 60.0)})


@pytest.mark.parametrize(
    ("name", "shown", "usual", "words"),
    [
        ("magnet_temp_c", 89.6, 32.0, "looks like Fahrenheit"),
        ("magnet_temp_c", 305.2, 32.0, "looks like kelvin"),
        ("magnet_temp_c", 320.0, 32.0, "looks like a factor of 10"),
        ("coldhead_temp_k", -269.0, 4.2, "looks like Celsius"),
        ("helium_pressure_psi", 103.0, 15.0, "looks like kPa"),
        ("water_pressure_kpa", 43.5, 300.0, "looks like psi"),
        ("helium_level_pct", 899.0, 90.0, "looks like a factor of 10"),
        ("magnet_temp_c", 85.0, 32.0, ""),
        ("magnet_temp_c", -127.0, 32.0, ""),
        ("magnet_temp_c", np.inf, 32.0, ""),
    ],
)
def test_the_nearest_unit_is_named_or_none(
    name: str, shown: float, usual: float, words: str
) -> None:
    assert looks_like(name, shown, usual) == words


def test_fahrenheit_is_named_each_day_while_it_lasts_and_then_it_is_normal_again() -> None:
    frame = magnet(60)
    temp = frame.columns["magnet_temp_c"]
    fault = slice(40 * PER_DAY, 50 * PER_DAY)
    temp[fault] = temp[fault] * 1.8 + 32.0
    day = 86_400_000
    verdicts = list(replay(RANGED, frame))
    kinds = {(v.kind, v.reason) for v in verdicts if START + 41 * day <= v.at <= START + 50 * day}
    assert kinds == {("impossible", "looks like Fahrenheit")}
    assert (verdicts[-1].kind, verdicts[-1].reason) == ("normal", "")


@pytest.mark.servers  # as long as one
def test_a_stuck_sensor_stays_stuck_in_every_verdict_until_it_moves() -> None:
    frame = magnet(60)
    frame.columns["magnet_temp_c"][40 * PER_DAY : 45 * PER_DAY] = 32.0
    kinds = [v.kind for v in replay(RANGED, frame)]
    first = kinds.index("stuck")
    assert kinds[first : first + 5] == ["stuck"] * 5
    assert kinds[-1] == "normal"

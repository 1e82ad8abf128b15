"""Peaks above an idle that moves."""

import numpy as np
import pytest

from collectors.plug_use.idle import above_idle
from collectors.plug_use.power_curve import Floats, PowerCurve, power_curve
from collectors.plug_use.pulses import Pulses, find_pulses
from core.time.clock import DAY, SECOND

T0 = 20_000 * DAY
STEP_S = 10


def curve_of(watts: Floats, *, silent: slice | None = None) -> PowerCurve:
    at = T0 + np.arange(len(watts)) * STEP_S * SECOND
    if silent is not None:
        at, watts = np.delete(at, silent), np.delete(watts, silent)
    return power_curve([(at, watts)])


def hours(*levels: tuple[float, float]) -> Floats:
    """So many hours at so many watts."""
    return np.concatenate([np.full(int(span * 360), watts) for span, watts in levels])


def pulses_of(watts: Floats, threshold: float = 100, *, silent: slice | None = None) -> Pulses:
    curve = curve_of(watts, silent=silent)
    above, _ = above_idle(curve)
    return find_pulses(curve, above, threshold)


def starts_s(pulses: Pulses) -> list[int]:
    return [(begin - T0) // SECOND for begin in pulses.begin.tolist()]


def test_standby_ready_and_off_are_levels_and_no_scans() -> None:
    watts = hours((7, 900), (9, 2600), (2, 900), (3, 0), (3, 900))
    assert starts_s(pulses_of(watts)) == []


@pytest.mark.parametrize("step_w", [0.1, 1, 10])
def test_a_drifting_idle_with_noise_hides_no_scan_and_makes_none(step_w: float) -> None:
    rng = np.random.default_rng(5)
    watts = 2000 + 150 * np.sin(np.arange(8640) / 1400) + rng.normal(0, 6, 8640)
    scans = [1000, 1040, 3333, 8000]
    watts[scans] += 400
    pulses = pulses_of(np.round(watts / step_w) * step_w)
    assert starts_s(pulses) == [scan * STEP_S for scan in scans]


def test_a_sequence_of_forty_minutes_with_short_pauses_is_scanning() -> None:
    watts = hours((3, 1000), (0.6, 6000), (3, 1000))
    watts[1080 + 30 :: 40] = 1000  # a dip of ten seconds each few minutes
    pulses = pulses_of(watts)
    assert starts_s(pulses)[0] == 3 * 3600
    assert pulses.begin[-1] < T0 + int(3.6 * 3600) * SECOND


def test_a_peak_must_reach_the_threshold_and_ends_below_half_of_it() -> None:
    watts = hours((2, 500))
    watts[100:106] += [60, 120, 60, 120, 60, 20]
    watts[300:306] += [60, 90, 60, 90, 60, 20]
    pulses = pulses_of(watts)
    assert starts_s(pulses) == [1000]
    assert int(pulses.end[0] - T0) // SECOND == 1050


def test_starting_up_after_a_mains_cut_is_no_scan() -> None:
    watts = hours((4, 500))
    watts[700:712] += 4000  # the machine starts
    watts[900] += 4000  # a patient
    assert starts_s(pulses_of(watts, silent=slice(400, 700))) == [9000]


def test_a_level_between_two_mains_cuts_is_not_taken_for_a_scan() -> None:
    watts = hours((4, 500))
    watts[300:306] = watts[420:426] = 0  # the plug goes on reading, on a battery
    assert starts_s(pulses_of(watts)) == []


def test_the_energy_above_idle_is_that_of_the_peaks() -> None:
    watts = hours((4, 500))
    watts[[500, 501, 700]] += [3000, 1000, 2000]
    curve = curve_of(watts)
    above, _ = above_idle(curve)
    inside = find_pulses(curve, above, 100).is_inside
    assert above[inside].sum() * STEP_S == pytest.approx(60_000)


def test_a_plug_that_only_ever_shows_one_number_shows_no_scan() -> None:
    for watts in (hours((5, 0)), hours((5, 1200)), hours((0.01, 7))):
        assert starts_s(pulses_of(watts)) == []

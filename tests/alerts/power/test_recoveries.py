"""How a temperature came back after earlier cuts, and what of it goes into the order of starting again."""

import math

import pytest

from core.readings import Reading
from tests.alerts.power.centre import PowerCentre, at, every_half

DAY_MIN = 24 * 60


def cooled(power: PowerCentre, begin: int, *, off_min: int, constant: float, until: int) -> None:
    """A magnet that loses 0.25 K an hour, and comes back with so many minutes."""
    depth = 0.25 * off_min / 60

    def off(minute: int) -> float:
        since = minute - begin
        if since < 0:
            return 0.0
        return (
            depth * since / off_min
            if since < off_min
            else depth * math.exp((off_min - since) / constant)
        )

    power.batch(
        Reading("mri-1", "magnet_temp_c", round(32 - off(minute), 3), at(minute))
        for minute in range(begin - DAY_MIN, until, 5)
    )  # fmt: skip


def magnet_after_an_hour(power: PowerCentre) -> tuple[float, float]:
    """Minutes until it is usable, and within how many; it was off for an hour, and the mains is back."""
    cooled(power, 0, off_min=60, constant=120, until=60)
    power.ups(every_half(0, 59), battery=True)
    power.ups(every_half(59.5, 60), battery=False)
    mri = next(each for each in power.plan(60).restarts if each.device == "mri-1")
    assert mri.settling_min is not None
    return mri.settling_min, mri.within_min


@pytest.mark.parametrize("constant", [90.0, 180.0])
def test_a_magnet_is_foretold_by_its_own_earlier_recovery(
    power: PowerCentre, constant: float
) -> None:
    cooled(power, -5 * DAY_MIN, off_min=120, constant=constant, until=-4 * DAY_MIN)
    settling, within = magnet_after_an_hour(power)
    change = 0.29 / (constant / 60)
    assert settling == pytest.approx(10 + constant * math.log(change / 0.01) + 240, abs=15)
    assert within < 30


def test_without_one_the_time_is_as_stated_and_wide(power: PowerCentre) -> None:
    settling, within = magnet_after_an_hour(power)
    assert settling == pytest.approx(10 + 120 * math.log(0.145 / 0.01) + 240, abs=15)
    assert within > 30


def test_a_new_set_point_is_no_recovery(power: PowerCentre) -> None:
    power.batch(
        Reading("mri-1", "magnet_temp_c", 32.5 if minute < -4 * DAY_MIN else 32.0, at(minute))
        for minute in range(-6 * DAY_MIN, -DAY_MIN, 5)
    )
    assert magnet_after_an_hour(power)[1] > 30


def test_cooling_water_is_cold_after_as_long_as_it_took_before(power: PowerCentre) -> None:
    begin = -3 * DAY_MIN

    def water(minute: int) -> float:
        since = minute - begin
        if since < 0:
            return 14.0
        return 14 + min(since, 60) / 6 if since < 90 else 14 + 10 * math.exp((90 - since) / 20)

    power.batch(
        Reading("chiller-1", "supply_temp_c", round(water(minute), 1), at(minute))
        for minute in range(begin - DAY_MIN, begin + DAY_MIN, 5)
    )
    power.ups(every_half(0, 5), battery=True)
    chiller = power.plan(5).restarts[0]
    assert chiller.device == "chiller-1"
    assert chiller.usable_min is not None
    # A tenth is left after 20 min * ln 10; it stood at its warmest for half an hour before.
    assert chiller.usable_min == pytest.approx(46, abs=6)

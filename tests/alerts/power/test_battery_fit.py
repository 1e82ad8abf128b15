"""What discharges show of a battery: this one, and those of earlier cuts."""

import math
from dataclasses import replace

import pytest

from alerts.power.battery_fit import fitted
from alerts.power.runtime import runtime
from alerts.power.situation import Discharge, Measured, Sample, UpsState
from core.time.clock import DAY, MINUTE
from tests.alerts.power.centre import PowerCentre, every_half

NOW = 1_790_000_000_000
TABLE = ((25.0, 80.0), (50.0, 34.0), (100.0, 12.0))


def discharge(end: int, minutes: float, fall: float, load: float = 50.0) -> Discharge:
    """Counted, from a full charge, so many percent a minute."""
    times = [end - step * MINUTE // 2 for step in range(round(2 * minutes), -1, -1)]
    return Discharge(
        tuple(Sample(at, float(round(100 - fall * (at - times[0]) / MINUTE))) for at in times),
        tuple(Sample(at, load) for at in times),
    )


def voltage(end: int, minutes: float, lasts: float, rc_min: float) -> Discharge:
    """At one load: a line, and a drop of a quarter that comes with `rc_min`; empty after `lasts` minutes."""
    times = [end - step * MINUTE // 2 for step in range(round(2 * minutes), -1, -1)]

    def charge(minute: float) -> float:
        return 100 - 75 * minute / lasts - 25 * (1 - math.exp(-minute / rc_min))

    return Discharge(
        tuple(Sample(at, float(round(charge((at - times[0]) / MINUTE)))) for at in times),
        tuple(Sample(at, 50.0) for at in times),
    )


def state(
    shown: Discharge | None, earlier: tuple[Discharge, ...] = (), load: float = 50
) -> UpsState:
    charges = shown.charges if shown else ()
    charge = charges[-1].value if charges else 100.0
    return UpsState(
        "ups-1", is_on_battery=shown is not None, since=charges[0].at if charges else None, read_at=NOW,
        charges=charges, began=(charges[0].at,) if charges else (), earlier=earlier, table=TABLE,
        charge_pct=Measured(charge, NOW), load_pct=Measured(load, NOW), age_share=0.0,
        load_history=shown.loads if shown else (),
    )  # fmt: skip


def test_an_earlier_cut_has_shown_the_battery_before_this_one_has() -> None:
    """A new one would last 34 minutes at this load; this one lost its charge in 20."""
    left = runtime(state(None, (discharge(NOW - 9 * DAY, 12, 5.0),)), NOW)
    assert left.used == "learned"
    assert left.minutes == pytest.approx(20, rel=0.1)
    assert runtime(state(None), NOW).minutes == 34


def test_at_another_load_it_follows_the_makers_table() -> None:
    left = fitted(state(None, (discharge(NOW - 9 * DAY, 12, 5.0),), load=25.0), 1.0)
    assert left is not None
    assert left.minutes == pytest.approx(80 * 20 / 34, rel=0.15)


def test_a_battery_that_failed_since_is_not_judged_by_what_it_was() -> None:
    earlier = tuple(discharge(NOW - days * DAY, 20, 3.0) for days in (30, 20, 10))
    left = runtime(state(discharge(NOW, 6, 10.0), earlier), NOW)
    assert left.used == "observed"
    assert left.minutes == pytest.approx(4, rel=0.25)


@pytest.mark.parametrize("rc_min", [8.0, 15.0])
def test_a_charge_that_is_a_voltage_falls_quicker_at_first(rc_min: float) -> None:
    """Its first eight minutes on a line would give a third less."""
    earlier = (voltage(NOW - 9 * DAY, 25, 40, rc_min),)
    left = runtime(state(voltage(NOW, 8, 40, rc_min), earlier), NOW)
    assert left.minutes == pytest.approx(32, rel=0.12)
    assert left.low is not None
    assert left.high is not None
    assert left.low < 32 < left.high


def test_a_load_that_fell_needs_no_new_fall_of_the_charge() -> None:
    heavy = discharge(NOW - 2 * MINUTE, 10, 4.0, load=50.0)
    light = tuple(Sample(NOW - step * MINUTE // 2, 59.0) for step in (3, 2, 1, 0))
    both = Discharge(
        heavy.charges + light, heavy.loads + tuple(replace(each, value=25.0) for each in light)
    )
    left = runtime(state(both, load=25.0), NOW)
    assert left.minutes == pytest.approx(0.59 * 25 * 80 / 34, rel=0.15)


def test_nothing_seen_is_nothing_fitted() -> None:
    assert fitted(state(None), 1.0) is None
    assert fitted(state(discharge(NOW, 1, 2.0)), 1.0) is None
    no_load = replace(state(discharge(NOW, 8, 5.0)), load_pct=Measured())
    assert fitted(no_load, 1.0) is None


def test_a_site_that_had_a_cut_last_week_says_so_at_the_first_minute(power: PowerCentre) -> None:
    week = 7 * 24 * 60
    power.ups(every_half(-week, 20 - week), battery=True, fall=2.8)
    power.ups(every_half(20.5 - week, 30 - week), battery=False)
    power.ups(every_half(-5, -0.5), battery=False)
    power.ups(every_half(0, 1), battery=True)
    left = power.plan(1).ups[0].left
    assert left.used == "learned"
    assert left.minutes == pytest.approx(100 / 2.8, rel=0.1), "by the table and its age 44"


def test_what_the_old_battery_showed_is_not_of_the_new_one(power: PowerCentre) -> None:
    long_ago = 400 * 24 * 60  # installed a year before
    power.ups(every_half(-long_ago, 12 - long_ago), battery=True, fall=4)
    power.ups(every_half(0, 1), battery=True)
    assert power.plan(1).ups[0].left.used == "stated"

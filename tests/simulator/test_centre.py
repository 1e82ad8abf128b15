"""The same seed gives the same centre, however it is asked; and it behaves like a centre."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from core.schema.site import Site
from core.time.clock import DAY, HOUR, MINUTE, to_ms
from simulator.centre import Centre
from simulator.faults import Fault

KABUL_MONDAY = to_ms(datetime.fromisoformat("2026-11-02T00:00:00+04:30"))
FRIDAY = KABUL_MONDAY + 4 * DAY


def everything(centre: Centre) -> dict[str, Mapping[tuple[str, str], float]]:
    return {device: dict(centre.values(device)) for device in centre.site.devices}


def series(
    centre: Centre, device: str, metric: str, end: int, step: int = 10 * MINUTE
) -> list[float]:
    """One value each step until `end`."""
    values = []
    while centre.at < end:
        centre.advance(centre.at + step)
        values.append(centre.values(device)[metric, ""])
    return values


def a_centre(site: Site, *faults: Fault, start: int = KABUL_MONDAY, seed: int = 7) -> Centre:
    return Centre(site, seed=seed, start=start, faults=faults, step_ms=10 * MINUTE)


def only(site: Site, *devices: str) -> Site:
    """A site of some of the devices: months of the whole centre take long."""
    return replace(site, devices={name: site.devices[name] for name in devices})


def test_the_same_seed_gives_the_same_centre(demo: Site) -> None:
    first, second = a_centre(demo), a_centre(demo)
    first.advance(KABUL_MONDAY + 12 * HOUR)
    second.advance(KABUL_MONDAY + 12 * HOUR)
    assert everything(first) == everything(second)


def test_another_seed_gives_another_centre(demo: Site) -> None:
    first, second = a_centre(demo), a_centre(demo, seed=8)
    first.advance(KABUL_MONDAY + 12 * HOUR)
    second.advance(KABUL_MONDAY + 12 * HOUR)
    assert everything(first) != everything(second)


def test_how_often_it_is_advanced_changes_nothing(demo: Site) -> None:
    often, once = a_centre(demo), a_centre(demo)
    end = KABUL_MONDAY + DAY
    for at in range(KABUL_MONDAY, end, 7 * MINUTE + 331):
        often.advance(at)
        everything(often)
    often.advance(end)
    once.advance(end)
    assert everything(often) == everything(once)
    assert often.log_records("ct-2") == once.log_records("ct-2")


def test_going_back_in_time_is_ignored(demo: Site) -> None:
    centre = a_centre(demo)
    centre.advance(KABUL_MONDAY + HOUR)
    before = everything(centre)
    centre.advance(KABUL_MONDAY)
    assert everything(centre) == before


def test_a_fault_of_one_device_leaves_the_others_as_they_were(demo: Site) -> None:
    healthy = a_centre(demo)
    leaking = a_centre(demo, Fault("helium_leak", KABUL_MONDAY, device="mri-2", amount=5.0))
    healthy.advance(KABUL_MONDAY + DAY)
    leaking.advance(KABUL_MONDAY + DAY)
    with_leak, without = everything(leaking), everything(healthy)
    assert with_leak.pop("mri-2") != without.pop("mri-2")
    assert with_leak == without


def test_tubes_are_warmer_on_working_days_than_on_friday(demo: Site) -> None:
    monday = series(a_centre(demo), "ct-1", "tube_housing_temp_c", KABUL_MONDAY + DAY)
    friday = series(a_centre(demo, start=FRIDAY), "ct-1", "tube_housing_temp_c", FRIDAY + DAY)
    assert max(monday) > max(friday) + 3


def test_scan_seconds_rise_by_day_and_rest_at_night(demo: Site) -> None:
    seconds = series(a_centre(demo), "ct-2", "tube_scan_s", KABUL_MONDAY + DAY)
    night, whole_day = seconds[35] - seconds[0], seconds[-1] - seconds[0]
    assert night == 0
    assert 50 < whole_day < 2000
    assert seconds == sorted(seconds)


def test_summer_is_warmer_than_winter_and_noon_than_dawn(demo: Site) -> None:
    def day(text: str) -> list[float]:
        start = to_ms(datetime.fromisoformat(text))
        return series(a_centre(demo, start=start), "outdoor", "outdoor_temp_c", start + DAY)

    january, july = day("2026-01-15T00:00:00+04:30"), day("2026-07-15T00:00:00+04:30")
    assert min(july) > max(january)
    assert july[15 * 6] > july[5 * 6] + 5


@pytest.mark.servers  # as long as one
def test_helium_boils_off_slowly_and_a_truck_comes_at_last(demo: Site) -> None:
    centre = Centre(demo, seed=7, start=KABUL_MONDAY, step_ms=6 * HOUR)
    levels = series(centre, "mri-2", "helium_level_pct", KABUL_MONDAY + 300 * DAY, 6 * HOUR)
    a_month = levels[0] - levels[4 * 30]
    assert 0.6 < a_month < 2.5
    assert max(levels) > 85
    assert min(levels) < 60


def test_the_permanent_magnet_has_no_helium(demo: Site) -> None:
    metrics = {metric for metric, _ in a_centre(demo).values("mri-1")}
    assert "magnet_temp_c" in metrics
    assert not {"helium_level_pct", "helium_pressure_psi", "coldhead_temp_k"} & metrics


def test_the_permanent_magnet_keeps_its_set_point_and_its_frequency_follows(demo: Site) -> None:
    centre = a_centre(demo, Fault("magnet_drift", KABUL_MONDAY + DAY, device="mri-1"))
    calm = series(centre, "mri-1", "magnet_temp_c", KABUL_MONDAY + DAY)
    hertz = centre.values("mri-1")["imaging_frequency_hz", ""]
    series(centre, "mri-1", "magnet_temp_c", KABUL_MONDAY + 3 * DAY)
    shift = centre.values("mri-1")["imaging_frequency_hz", ""] - hertz
    assert max(abs(temp - 32.0) for temp in calm) < 0.05
    assert shift == pytest.approx(-0.5 * 15_000, abs=1000)


@pytest.mark.parametrize("device", ["ups-1", "pacs", "switch-1"])
def test_counters_and_uptime_never_fall(demo: Site, device: str) -> None:
    centre = a_centre(demo)
    counters = [
        key
        for key in centre.values(device)
        if demo.devices[device].profile.metrics[key[0]].kind == "counter" or key[0] == "uptime_s"
    ]
    before = dict(centre.values(device))
    centre.advance(KABUL_MONDAY + DAY)
    after = centre.values(device)
    assert counters
    assert all(after[key] >= before[key] for key in counters)


def test_every_value_is_plausible_by_its_profile(demo: Site) -> None:
    centre = a_centre(demo)
    centre.advance(KABUL_MONDAY + 11 * HOUR)
    for device in demo.devices.values():
        for (metric, _), value in centre.values(device.id).items():
            plausible = device.profile.metrics[metric].plausible
            assert plausible is None or plausible[0] <= value <= plausible[1], (device.id, metric)

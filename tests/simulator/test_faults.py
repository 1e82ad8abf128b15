"""Each fault does what its name says, and can be written on a command line."""

from zoneinfo import ZoneInfo

import pytest

from core.schema.site import Site
from core.time.clock import DAY, HOUR, MINUTE
from simulator.faults import KINDS, NEEDS_DEVICE, Fault, parse_fault
from simulator.wire.mqtt import ON_MAINS
from tests.simulator.test_centre import FRIDAY, KABUL_MONDAY, a_centre, only, series

HERAT = ZoneInfo("Asia/Kabul")
NOW = KABUL_MONDAY


def test_a_fault_is_written_as_its_name_alone() -> None:
    assert parse_fault("helium_leak", NOW, HERAT) == Fault("helium_leak", NOW)


def test_a_fault_is_written_with_device_start_duration_and_amount() -> None:
    fault = parse_fault("disk_filling:his@2h+30m=5.5", NOW, HERAT)
    start = NOW + 2 * HOUR
    assert fault == Fault("disk_filling", start, start + 30 * MINUTE, "his", 5.5)


@pytest.mark.parametrize(
    "when", ["2026-11-02T09:00", "2026-11-02T09:00:00+04:30", "2026-11-02T04:30Z"]
)
def test_a_start_is_in_the_zone_of_the_site_unless_it_says_another(when: str) -> None:
    fault = parse_fault(f"mains_failure@{when}", NOW, HERAT)
    assert fault.start == KABUL_MONDAY + 9 * HOUR


def test_a_mains_failure_ends_by_itself() -> None:
    assert parse_fault("mains_failure", NOW, HERAT).end == NOW + 20 * MINUTE


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("helium_leek", "did you mean 'helium_leak'"),
        ("", "is not NAME"),
        ("mains_failure@yesterday", "neither a time"),
        ("dead", "needs a device"),
        ("room_overheat", "needs a device"),
    ],
)
def test_a_fault_that_cannot_be_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_fault(text, NOW, HERAT)


def test_a_fault_of_an_unknown_device_is_refused(demo: Site) -> None:
    with pytest.raises(ValueError, match="did you mean 'mri-2'"):
        a_centre(demo, Fault("helium_leak", NOW, device="mr-2"))


def test_a_magnet_without_helium_cannot_leak_it(demo: Site) -> None:
    with pytest.raises(ValueError, match="mri-1 has no helium_level_pct"):
        a_centre(demo, Fault("helium_leak", NOW, device="mri-1"))


def test_a_helium_leak_empties_the_vessel_faster(demo: Site) -> None:
    end = NOW + 10 * DAY
    magnet, fault = only(demo, "mri-2"), Fault("helium_leak", NOW)
    calm = series(a_centre(magnet), "mri-2", "helium_level_pct", end)[-1]
    leak = series(a_centre(magnet, fault), "mri-2", "helium_level_pct", end)[-1]
    assert calm - leak == pytest.approx(1.2, abs=0.5)


def test_a_tube_that_cools_badly_is_hotter_and_stays_warm_longer(demo: Site) -> None:
    fault = Fault("tube_cooling", NOW - 21 * DAY, device="ct-2")
    end = NOW + DAY
    calm = series(a_centre(demo), "ct-2", "tube_housing_temp_c", end)
    sick = series(a_centre(demo, fault), "ct-2", "tube_housing_temp_c", end)
    assert max(sick) > max(calm) + 2
    assert sick[18 * 6] - sick[-1] > calm[18 * 6] - calm[-1]


def test_a_mains_failure_discharges_the_battery_which_recovers(demo: Site) -> None:
    noon = NOW + 12 * HOUR
    centre = a_centre(demo, Fault("mains_failure", noon, noon + 40 * MINUTE))
    centre.advance(noon + 30 * MINUTE)
    during = dict(centre.values("ups-1"))
    centre.advance(noon + 40 * MINUTE)
    empty = centre.values("ups-1")["battery_charge_pct", ""]
    centre.advance(noon + DAY)
    after = centre.values("ups-1")
    assert during["output_source", ""] == 5
    assert during["on_battery_s", ""] >= 30 * 60
    assert during["input_voltage_v", "line1"] == 0
    assert during["output_voltage_v", "line1"] > 200
    assert 30 < empty < 60
    assert after["battery_charge_pct", ""] > 97
    assert after["on_battery_s", ""] == 0
    assert after["input_bad_lines_count", ""] > during["input_bad_lines_count", ""] - 1


def test_an_endless_mains_failure_ends_with_an_empty_battery(demo: Site) -> None:
    centre = a_centre(demo, Fault("mains_failure", NOW))
    centre.advance(NOW + 6 * HOUR)
    values = centre.values("ups-1")
    assert values["battery_charge_pct", ""] == 0
    assert values["battery_status", ""] == 4
    assert values["output_voltage_v", "line1"] == 0


def test_a_chiller_failure_warms_the_water_and_stops_the_cold_head(demo: Site) -> None:
    start = FRIDAY + 10 * HOUR
    centre = a_centre(demo, Fault("chiller_failure", start, start + 3 * HOUR), start=FRIDAY)
    centre.advance(start)
    before = centre.values("chiller-1")["supply_temp_c", ""]
    centre.advance(start + 2 * HOUR + 50 * MINUTE)
    assert centre.values("chiller-1")["compressor_on", ""] == 0
    assert centre.values("chiller-1")["supply_temp_c", ""] > before + 10
    assert centre.values("mri-2")["compressor_on", ""] == 0
    assert centre.values("mri-2")["coldhead_temp_k", ""] > 8
    centre.advance(start + DAY)
    assert centre.values("chiller-1")["supply_temp_c", ""] < before + 1


def test_an_overheated_room_is_hot_and_only_that_room(demo: Site) -> None:
    centre = a_centre(demo, Fault("room_overheat", NOW, device="room-server"))
    centre.advance(NOW + 6 * HOUR)
    assert centre.values("room-server")["room_temp_c", ""] > 30
    assert centre.values("room-ct")["room_temp_c", ""] < 26


def test_a_water_leak_is_seen_by_its_sensor(demo: Site) -> None:
    centre = a_centre(demo, Fault("water_leak", NOW + HOUR, device="room-ct"))
    assert centre.values("room-ct")["water_leak", ""] == 0
    centre.advance(NOW + HOUR)
    assert centre.values("room-ct")["water_leak", ""] == 1
    assert centre.values("room-server")["water_leak", ""] == 0


def test_a_filling_disk_fills(demo: Site) -> None:
    centre = a_centre(demo, Fault("disk_filling", NOW, device="his"))
    before = centre.values("his")["disk_used_pct", "/data"]
    centre.advance(NOW + 2 * DAY)
    assert centre.values("his")["disk_used_pct", "/data"] == pytest.approx(before + 8.2, abs=0.5)


def test_a_dead_device_answers_nothing(demo: Site) -> None:
    centre = a_centre(demo, Fault("dead", NOW, NOW + HOUR, device="pacs"))
    assert not centre.answers(demo.devices["pacs"])
    assert centre.answers(demo.devices["his"])
    centre.advance(NOW + HOUR)
    assert centre.answers(demo.devices["pacs"])


def test_every_fault_is_documented(readme: str) -> None:
    assert [name for name in KINDS if f"`{name}`" not in readme] == []
    assert set(NEEDS_DEVICE) <= set(KINDS)
    assert all(dialect in readme.lower() for dialect in ON_MAINS)


def test_a_scanner_that_stands_still_takes_no_patient_and_no_other_is_changed(demo: Site) -> None:
    start, end = KABUL_MONDAY + 9 * HOUR, KABUL_MONDAY + 12 * HOUR
    day = KABUL_MONDAY, KABUL_MONDAY + DAY
    stopped = a_centre(demo, Fault("standstill", start, end, "ct-1"))
    usual = a_centre(demo)
    left = [
        study
        for study in usual.studies_of("ct-1", *day)
        if study.end <= start or study.start >= end
    ]
    assert stopped.studies_of("ct-1", *day) == left != usual.studies_of("ct-1", *day)
    assert stopped.studies_of("mri-1", *day) == usual.studies_of("mri-1", *day)

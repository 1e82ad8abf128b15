"""How well each metric is measured: noise and the last digit shown. Our guesses, no maker's figures."""

from collections.abc import Mapping
from random import Random
from typing import NamedTuple

from simulator.physics.part import Key


class Meter(NamedTuple):
    """One kind of meter."""

    noise: float  # standard deviation
    digits: int  # after the point
    floor: float = 0.0  # it never shows less


EXACT = Meter(0.0, 0)

METERS = {
    "mains_power_w": Meter(0.8, 1),
    "mains_voltage_v": Meter(0.4, 1),
    "mains_current_a": Meter(0.004, 3),
    "room_temp_c": Meter(0.04, 2),
    "room_humidity_pct": Meter(0.25, 1),
    "outdoor_temp_c": Meter(0.05, 1, -40.0),
    "tube_housing_temp_c": Meter(0.12, 1),
    "gantry_temp_c": Meter(0.08, 1),
    "magnet_temp_c": Meter(0.002, 3),
    "cabinet_inlet_temp_c": Meter(0.1, 1),
    "imaging_frequency_hz": Meter(4.0, 0),
    "helium_level_pct": Meter(0.12, 1),
    "helium_pressure_psi": Meter(0.02, 2),
    "shield_temp_k": Meter(0.15, 1),
    "coldhead_temp_k": Meter(0.03, 2),
    "water_flow_gpm": Meter(0.02, 2),
    "o2_level_pct": Meter(0.03, 1),
    "supply_temp_c": Meter(0.04, 1),
    "return_temp_c": Meter(0.04, 1),
    "flow_lpm": Meter(0.6, 1),
    "pump_speed_pct": Meter(0.2, 1),
    "input_voltage_v": Meter(0.5, 0),
    "input_frequency_hz": Meter(0.03, 1),
    "output_voltage_v": Meter(0.3, 0),
    "output_load_pct": Meter(0.4, 0),
    "battery_charge_pct": Meter(0.0, 0),
    "battery_voltage_v": Meter(0.1, 1),
    "battery_temp_c": Meter(0.2, 0),
    "sensor_battery_pct": Meter(0.0, 0),
    "disk_free_mb": Meter(0.0, 0),
    "disk_used_pct": Meter(0.0, 3),
    "cpu_load_pct": Meter(1.5, 0),
    "processes_count": Meter(1.2, 0),
}


def read_meters(truth: Mapping[Key, float], rng: Random) -> dict[Key, float]:
    """The values with noise, rounded to each meter's digits. A true zero (no mains) stays zero."""
    shown: dict[Key, float] = {}
    for key, value in truth.items():
        noise, digits, floor = METERS.get(key[0], EXACT)
        deviation = rng.gauss(0.0, 1.0)  # one for every meter, or another's noise would change
        number = round(value + deviation * noise if value else value, digits)
        shown[key] = number if number > floor else floor
    return shown

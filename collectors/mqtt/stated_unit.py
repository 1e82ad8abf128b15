"""The unit that a payload states of one of its numbers, wherever firmwares write it. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence

from collectors.base import StatedUnit
from collectors.mqtt.json_path import Step, Trail
from collectors.units import are_comparable, is_known, measures

# Beside the number, and of it alone: Home Assistant, Z-Wave JS, openHAB.
_OWN_KEYS = ("unit", "Unit", "units", "unit_of_measurement", "unit_of_meas", "uom")
# Of every such number of the payload: Tasmota, Zigbee2MQTT, Tuya.
_KEYS_OF_ALL = {
    "temperature": ("TempUnit", "tempUnit", "temp_unit", "temperature_unit", "temperatureUnit"),
    "pressure": ("PressureUnit", "pressureUnit", "pressure_unit"),
}
# Shelly's `tC` and `tF`, and `temp_f` of others.
_BEFORE_LAST_WORD = (re.compile(r"[_\s-]"), re.compile(r"(?<=[a-z])(?=[A-Z])"))
_IN_KEY = re.compile(r"(?:t|temp|temperature)_?([CF])", re.IGNORECASE)


def stated_unit(trail: Trail, way: Sequence[Step], own: str) -> StatedUnit | None:
    """The unit of the number at the end of `way`, or None if the payload says nothing of it."""
    leaf = way[-1] if way else ""
    place = trail.places[-1] if trail.places else None
    if not isinstance(leaf, str) or not isinstance(place, Mapping):
        return None
    return next(_candidates(trail, leaf, place, own), None)


def _candidates(
    trail: Trail, leaf: str, place: Mapping[str, object], own: str
) -> Iterator[StatedUnit]:
    for key in (f"{leaf}_unit", f"{leaf}Unit", f"{leaf}_units", f"{leaf}_unit_of_measurement"):
        yield from _at(place, key)
    for stated in (unit for key in _OWN_KEYS for unit in _at(place, key)):
        if _is_about(stated.unit, place, own):
            yield stated
    for dimension, keys in _KEYS_OF_ALL.items():
        if measures(own, dimension):
            for outer in reversed(trail.places):
                for stated in (unit for key in keys for unit in _at(outer, key)):
                    yield stated._replace(is_of_all=True)
    in_key = _IN_KEY.fullmatch(leaf)
    if in_key and measures(own, "temperature"):
        yield StatedUnit(f"°{in_key[1].upper()}", leaf)
    # `power_kw`, `pressure_psi`, `temperature_fahrenheit`; a letter alone may be a phase or a probe.
    for separator in _BEFORE_LAST_WORD:
        word = separator.split(leaf)[-1]
        if len(word) > 1 and are_comparable(word, own):
            yield StatedUnit(word, leaf)


def _at(place: object, key: str) -> Iterator[StatedUnit]:
    if isinstance(place, Mapping) and isinstance(place.get(key), str) and place[key].strip():
        yield StatedUnit(place[key].strip(), key)


def _is_about(unit: str, place: Mapping[str, object], own: str) -> bool:
    """Where many numbers stand beside a unit, it is of those that can have it."""
    numbers = [value for value in place.values() if isinstance(value, int | float)]
    if len(numbers) <= 1 or not is_known(unit):
        return True
    return are_comparable(unit, own)

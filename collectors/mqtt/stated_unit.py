"""The unit that a payload states of one of its numbers, wherever firmwares write it. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

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


class _Naming(NamedTuple):
    """Where a unit may be named of the number under a key, which is measured in some unit."""

    beside: tuple[str, ...]
    keys: frozenset[str]  # all that may stand in the number's own object
    of_all: tuple[str, ...]
    in_key: StatedUnit | None


def stated_unit(trail: Trail, way: Sequence[Step], own: str) -> StatedUnit | None:
    """The unit of the number at the end of `way`, or None if the payload says nothing of it."""
    leaf = way[-1] if way else ""
    place = trail.places[-1] if trail.places else None
    if not isinstance(leaf, str) or not isinstance(place, Mapping):
        return None
    naming = _naming(leaf, own)
    if naming.keys.isdisjoint(place) and not naming.of_all:
        return naming.in_key  # nearly always, and a message has many numbers
    return next(_candidates(trail, naming, place, own), naming.in_key)


def _candidates(
    trail: Trail, naming: _Naming, place: Mapping[str, object], own: str
) -> Iterator[StatedUnit]:
    for key in naming.beside:
        if key in place:
            yield from _at(place, key)
    for stated in (unit for key in _OWN_KEYS if key in place for unit in _at(place, key)):
        if _is_about(stated.unit, place, own):
            yield stated
    for outer in reversed(trail.places if naming.of_all else ()):
        for stated in (unit for key in naming.of_all for unit in _at(outer, key)):
            yield stated._replace(is_of_all=True)


@lru_cache(maxsize=1024)
def _naming(leaf: str, own: str) -> _Naming:
    suffixes = "_unit", "Unit", "_units", "_unit_of_measurement"
    beside = tuple(leaf + suffix for suffix in suffixes)
    of_all = [keys for dimension, keys in _KEYS_OF_ALL.items() if measures(own, dimension)]
    keys = frozenset((*beside, *_OWN_KEYS))
    return _Naming(beside, keys, tuple(chain.from_iterable(of_all)), _in_key(leaf, own))


def _in_key(leaf: str, own: str) -> StatedUnit | None:
    in_key = _IN_KEY.fullmatch(leaf)
    if in_key and measures(own, "temperature"):
        return StatedUnit(f"°{in_key[1].upper()}", leaf)
    # `power_kw`, `pressure_psi`, `temperature_fahrenheit`; a letter alone may be a phase or a probe.
    words = (separator.split(leaf)[-1] for separator in _BEFORE_LAST_WORD)
    stated = (
        StatedUnit(word, leaf) for word in words if len(word) > 1 and are_comparable(word, own)
    )
    return next(stated, None)


def _at(place: object, key: str) -> Iterator[StatedUnit]:
    if isinstance(place, Mapping) and isinstance(place.get(key), str) and place[key].strip():
        yield StatedUnit(place[key].strip(), key)


def _is_about(unit: str, place: Mapping[str, object], own: str) -> bool:
    """Where many numbers stand beside a unit, it is of those that can have it."""
    numbers = [value for value in place.values() if isinstance(value, int | float)]
    if len(numbers) <= 1 or not is_known(unit):
        return True
    return are_comparable(unit, own)

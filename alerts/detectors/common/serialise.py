"""Models as plain values and arrays, and back: what a model file is made of.

The keys of a file are the names of the fields; one that was renamed has its key in the metadata of the
field (`saved_as`), so that the files of older versions can be read.
"""

from collections.abc import Mapping
from dataclasses import Field, fields, is_dataclass
from typing import Any, cast

import numpy as np

from alerts.detectors.statistics.change_point import Noise
from alerts.detectors.statistics.lag_features import Habit


def serialise(model: Any, without: tuple[str, ...] = ("settings",)) -> dict[str, object]:
    """A dataclass as nested dicts, lists, numbers and arrays."""
    return {
        _key(field): _plain(getattr(model, field.name))
        for field in fields(model)
        if field.name not in without and not _is_left_out(field, getattr(model, field.name))
    }


def field_values(kind: type[Any], state: Mapping[str, Any]) -> dict[str, Any]:
    """What a file has of the fields of a dataclass, by the names that they have now."""
    return {field.name: state[_key(field)] for field in fields(kind) if _key(field) in state}


LATER = {"later": True}  # metadata of a field that older versions did not have


def _is_left_out(field: "Field[Any]", value: object) -> bool:
    """A field of a later version is not written while it is its default: older files stay as they are."""
    return bool(field.metadata.get("later")) and value == field.default


def _key(field: "Field[Any]") -> str:
    return str(field.metadata.get("saved_as", field.name))


def _plain(value: object) -> object:
    if is_dataclass(value):
        return serialise(value, without=())
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, np.generic):
        return value.item()
    return value.copy() if isinstance(value, np.ndarray) else value


def noises_of(state: object) -> dict[str, Noise]:
    """The noises of a saved model."""
    saved = cast(dict[str, dict[str, float]], state)
    return {name: Noise(**noise) for name, noise in saved.items()}


def habits_of(state: object) -> tuple[Habit, ...]:
    """The habits of a saved model."""
    saved = (field_values(Habit, habit) for habit in cast(list[dict[str, object]], state))
    return tuple(
        Habit(**{name: array_of(hours) for name, hours in habit.items()}) for habit in saved
    )


def array_of(state: object) -> np.ndarray[Any, np.dtype[np.float64]]:
    """An array of a saved model."""
    return np.array(state, dtype=float)

"""Models as plain values and arrays, and back: what a saved watch is made of."""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any, cast

import numpy as np

from alerts.detectors.statistics.change_point import Noise


def plain(model: Any, without: tuple[str, ...] = ("settings",)) -> dict[str, object]:
    """A frozen dataclass as nested dicts, lists, numbers and arrays."""
    assert is_dataclass(model)
    whole = asdict(model) if not isinstance(model, type) else {}
    return {key: _listed(value) for key, value in whole.items() if key not in without}


def _listed(value: object) -> object:
    if isinstance(value, tuple):
        return [_listed(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): _listed(one) for key, one in value.items()}
    if isinstance(value, np.generic):
        return value.item()
    return value


def noises(state: object) -> dict[str, Noise]:
    """The noises of a saved model."""
    return {name: Noise(**one) for name, one in cast(dict[str, dict[str, float]], state).items()}


def array(state: object) -> np.ndarray[Any, np.dtype[np.float64]]:
    """An array of a saved model."""
    return np.array(state, dtype=float)

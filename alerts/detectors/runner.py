"""Makes the runner of a detector, or its model, by its settings; the kind says how."""

from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo
from typing import Any

import numpy as np

from alerts.detectors import algorithm_class
from alerts.detectors.base import DetectorAlgorithm, DetectorModel, DetectorRunner, Frame, Limit
from alerts.detectors.common.single_thread import single_thread
from core.schema.detector import Detector


def algorithm_for(settings: Detector) -> DetectorAlgorithm:
    """The algorithm that the settings name, with these settings."""
    return algorithm_class(settings.kind)(settings)


def create_runner(
    settings: Detector,
    *,
    limits: Sequence[Limit] = (),
    zone: tzinfo = UTC,
    bias: float = 0.0,
) -> DetectorRunner:
    """A runner that knows nothing yet."""
    algorithm = algorithm_for(settings)
    return algorithm.runner(algorithm, limits=limits, zone=zone, bias=bias)


def restore_runner(
    settings: Detector,
    state: Mapping[str, Any],
    *,
    limits: Sequence[Limit] = (),
    zone: tzinfo = UTC,
    bias: float = 0.0,
) -> DetectorRunner:
    """The runner as it was. KeyError or ValueError if `state` is of another version."""
    algorithm = algorithm_for(settings)
    return algorithm.runner.restored(algorithm, state, limits=limits, zone=zone, bias=bias)


def train(
    settings: Detector, history: Frame, *, left_out: Sequence[tuple[int, int]] = ()
) -> DetectorModel:
    """A model of the rows of `history` that are outside the spans `left_out` (UTC milliseconds).

    CPU-heavy (seconds) and pure. ValueError says why there can be none.
    """
    algorithm = algorithm_for(settings)
    rows = algorithm.runner.training_rows(algorithm, history)
    good = np.ones(len(rows.at))
    for begin, end in left_out:
        good[(rows.at >= begin) & (rows.at < end)] = 0.0
    with single_thread():
        return algorithm.fit(rows, good)

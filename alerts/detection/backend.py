"""What the service needs of the detectors, so that a test can put a simple one in their place."""

from collections.abc import Callable
from typing import NamedTuple

from alerts.detectors.base import DetectorModel, DetectorRunner
from alerts.detectors.runner import create_runner, restore_runner, train


class DetectorBackend(NamedTuple):
    """The functions of `alerts/detectors/runner.py`, or a test's stubs. They can be pickled."""

    create_runner: Callable[..., DetectorRunner]
    restore_runner: Callable[..., DetectorRunner]
    train: Callable[..., DetectorModel]


BACKEND = DetectorBackend(create_runner, restore_runner, train)

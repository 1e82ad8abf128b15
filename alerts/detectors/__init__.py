"""What learns the normal behaviour of a device and says when it changes."""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from alerts.detectors.base import DetectorAlgorithm
    from core.schema.detector import DetectorKind

# A kind as profiles name it, and its class. A class is imported when it is first wanted: with it comes
# scikit-learn: seconds, and more than 100 MB, that most processes can do without.
KINDS: "dict[DetectorKind, str]" = {
    "counts": "event_rate.training.EventRate",
    "depletion": "depletion.training.Depletion",
    "drift": "drift.training.Drift",
    "frequency": "magnet_frequency.training.MagnetFrequency",
    "multivariate": "multivariate.training.Multivariate",
}


@cache
def algorithm_class(kind: "DetectorKind") -> "type[DetectorAlgorithm]":
    """The class of a kind. KeyError if there is no such kind."""
    module, name = KINDS[kind].rsplit(".", 1)
    return cast("type[DetectorAlgorithm]", getattr(import_module(f"{__name__}.{module}"), name))

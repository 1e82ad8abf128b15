"""What learns the normal behaviour of a device and says when it changes."""

from functools import cache
from typing import TYPE_CHECKING, cast

from core.schema.kinds import class_named

if TYPE_CHECKING:
    from alerts.detectors.base import DetectorAlgorithm
    from core.schema.detector import DetectorKind

# A kind as profiles name it, and its class. A class is imported when it is first wanted: with it comes
# scikit-learn: seconds, and more than 100 MB, that most processes can do without.
KINDS: "dict[DetectorKind, str]" = {
    "counts": "alerts.detectors.event_rate.training:EventRate",
    "depletion": "alerts.detectors.depletion.training:Depletion",
    "drift": "alerts.detectors.drift.training:Drift",
    "frequency": "alerts.detectors.magnet_frequency.training:MagnetFrequency",
    "multivariate": "alerts.detectors.multivariate.training:Multivariate",
}


@cache
def algorithm_class(kind: "DetectorKind") -> "type[DetectorAlgorithm]":
    """The class of a kind. KeyError if there is no such kind."""
    return cast("type[DetectorAlgorithm]", class_named(KINDS[kind]))

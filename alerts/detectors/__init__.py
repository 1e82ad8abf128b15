"""What learns the normal behaviour of a device and says when it changes."""

from typing import Any

from alerts.detectors.depletion.model import Depletion
from alerts.detectors.drift.training import Drift
from alerts.detectors.event_rate.model import Counts
from alerts.detectors.magnet_frequency.model import Frequency
from alerts.detectors.multivariate.model import Multivariate
from core.schema.detector import DetectorKind

# A kind is a class: `Kind(settings).fit(...)` gives a model. Those of ROWWISE judge each row by
# itself (base.Model); the others once a day (slow.SlowModel), and `Kind.restored` brings one back.
KINDS: dict[DetectorKind, Any] = {
    "counts": Counts,
    "depletion": Depletion,
    "drift": Drift,
    "frequency": Frequency,
    "multivariate": Multivariate,
}
ROWWISE: frozenset[DetectorKind] = frozenset({"multivariate"})

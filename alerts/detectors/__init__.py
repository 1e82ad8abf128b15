"""What learns the normal behaviour of a device and says when it changes."""

from typing import Any

from alerts.detectors.counts import Counts
from alerts.detectors.depletion import Depletion
from alerts.detectors.drift_learning import Drift
from alerts.detectors.frequency import Frequency
from alerts.detectors.multivariate import Multivariate
from core.schema.profile import DetectorKind

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

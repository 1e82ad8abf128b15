"""What learns the normal behaviour of a device and says when it changes."""

from typing import Any

from alerts.detectors.depletion import Depletion
from alerts.detectors.drift import Drift
from core.profile import DetectorKind

# A kind is a class: `Kind(settings).fit(...)` gives a model. Those of ROWWISE judge each row by
# itself (base.Model); the others once a day (slow.SlowModel), and `Kind.restored` brings one back.
KINDS: dict[DetectorKind, Any] = {
    "depletion": Depletion,
    "drift": Drift,
}
ROWWISE: frozenset[DetectorKind] = frozenset({"multivariate"})

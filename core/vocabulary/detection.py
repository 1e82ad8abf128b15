"""What a detector can say."""

from typing import Literal

VerdictKind = Literal[
    "learning", "normal", "anomaly", "cannot_judge", "stuck", "absent", "impossible", "unfit"
]

"""What a detector can say."""

from typing import Literal

VerdictKind = Literal["learning", "normal", "anomaly", "stuck", "absent", "impossible", "unfit"]

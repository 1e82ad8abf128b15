"""What a detector can say."""

from typing import Literal

VerdictKind = Literal[
    "learning",
    "normal",
    "anomaly",
    "step",  # its level changed at once and stays; nobody has said why
    "cannot_judge",
    "stuck",
    "absent",
    "impossible",
    "unfit",
]

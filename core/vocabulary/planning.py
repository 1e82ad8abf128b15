"""Why planned work is due, and why it was not done."""

from typing import Literal

DueBy = Literal["calendar", "use", "condition", "hand"]


SkipKind = Literal["", "in_use", "not_located", "missed", "other"]

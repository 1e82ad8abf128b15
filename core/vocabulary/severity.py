"""How bad something is."""

from typing import Literal

Severity = Literal["info", "warning", "error", "critical"]

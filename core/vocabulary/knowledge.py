"""What became of a fault after it was mended."""

from typing import Literal

Outcome = Literal["held", "came_back", "remained", "not_known"]

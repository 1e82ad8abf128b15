"""What is searched."""

from typing import Literal

SearchKind = Literal["order", "ticket"]

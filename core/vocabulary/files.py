"""What a file can belong to."""

from typing import Literal

FileOwner = Literal["asset", "order", "ticket", "message", "downtime", "round"]

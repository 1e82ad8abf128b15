"""How parts come and go."""

from typing import Literal

StockMoveKind = Literal["received", "used", "returned", "counted", "scrapped"]

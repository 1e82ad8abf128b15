"""When the promises about a device end: its warranty and its contract. Pure."""

from datetime import date
from typing import Literal, NamedTuple

from storage.records import Asset, Contract

# So early a new contract can still be asked for, compared and paid. Scanward's default, no source.
SOON_DAYS = 90

Promise = Literal["warranty", "contract"]
Standing = Literal["over", "soon", "later"]


class End(NamedTuple):
    """One promise, and its last day."""

    promise: Promise
    on: date
    left: int  # days; 0 is today, below 0 it is over

    @property
    def standing(self) -> Standing:
        """Whether somebody must act."""
        if self.left < 0:
            return "over"
        return "soon" if self.left <= SOON_DAYS else "later"


def ends_of(asset: Asset, contract: Contract | None, today: date) -> list[End]:
    """What of a device ends, the first at the top."""
    days: list[tuple[Promise, str]] = [("warranty", asset.warranty_until)]
    if contract is not None:
        days.append(("contract", contract.ends_on))
    found = [(promise, date.fromisoformat(day)) for promise, day in days if day]
    ends = [End(promise, on, (on - today).days) for promise, on in found]
    return sorted(ends, key=lambda end: end.on)

"""When the warranty and the contract of a device end. Pure."""

from datetime import date
from typing import Literal, NamedTuple

from storage.records import Asset, Contract

# So early a new contract can still be asked for, compared and paid. Scanward's default, no source.
SOON_DAYS = 90

ExpiryKind = Literal["warranty", "contract"]
ExpiryState = Literal["over", "soon", "later"]


class Expiry(NamedTuple):
    """The last day of a warranty or a contract."""

    kind: ExpiryKind
    last_day: date
    days_left: int  # 0 is today, below 0 it is over

    @property
    def state(self) -> ExpiryState:
        """Whether somebody must act."""
        if self.days_left < 0:
            return "over"
        return "soon" if self.days_left <= SOON_DAYS else "later"


def expiries_of(asset: Asset, contract: Contract | None, today: date) -> list[Expiry]:
    """What of a device ends, the first at the top."""
    days: list[tuple[ExpiryKind, str]] = [("warranty", asset.warranty_until)]
    if contract is not None:
        days.append(("contract", contract.ends_on))
    dated = [(kind, date.fromisoformat(day)) for kind, day in days if day]
    expiries = [Expiry(kind, last_day, (last_day - today).days) for kind, last_day in dated]
    return sorted(expiries, key=lambda expiry: expiry.last_day)

"""Is a number that a person typed believable beside those before and after it?"""

from typing import NamedTuple

from sqlalchemy.orm import Session

from core.schema.site import Device, Site
from core.text.numbers import PLAIN
from core.text.phrase import Phrase
from maintenance.rounds.questions import bounds


class TypedNumber(NamedTuple):
    """What a person read from a panel, in the unit of its metric."""

    device: Device
    metric: str
    component: str
    value: float
    at: int  # UTC ms


def doubt(db: Session, site: Site, typed: TypedNumber, now: int) -> Phrase | None:
    """Why a number can hardly be right. None: it can, or nothing is known to compare it with."""
    device, metric, component, value, at = typed
    for bound in bounds(db, site, device, metric, component, at, now):
        if bound.is_crossed(value, at):
            return bound.words(PLAIN.measured(value))
    return None

"""In whose name the pages write, and one transaction at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.errors import RefusedError
from core.schema.site import Device, Site
from dashboard.queries import alerts as alert_queries
from dashboard.queries import stores

NOBODY = "dashboard"


@dataclass(frozen=True, slots=True)
class Desk:
    """A transaction with what every deed needs: where, who and when."""

    db: Session
    site: Site
    by: str
    now: int

    def device(self, name: str) -> Device:
        """The device. RefusedError if the site file has lost it since."""
        if name not in self.site.devices:
            raise RefusedError("there is no device {device!r} at this site any more", device=name)
        return self.site.devices[name]


def who() -> str:
    """In whose name this session writes. The one place to change when there is a login."""
    return NOBODY


@contextmanager
def writing() -> Iterator[Desk]:
    """One deed: all of it, or on any error none of it. What the fleet's page shows is asked anew."""
    by, now = who(), stores.now()
    with stores.records().writing(by, now) as db:
        yield Desk(db, stores.site(), by, now)
    alert_queries.forget_cached()

"""One change of the records by one person or loop: the only way in which a service function writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.schema.site import Device, Site
from storage.records.database import Records


@dataclass(frozen=True, slots=True)
class Transaction:
    """What a service function needs: where it writes, for which site, in whose name, and when.

    Page, command, form and API each open one and hand it to the same function, so what one of them
    refuses all refuse, in the same words. Who may do what will be checked here.
    """

    db: Session
    site: Site
    by: str
    now: int  # UTC ms

    def device(self, name: str) -> Device:
        """The device. RefusedError if the site file does not have it (any more)."""
        return self.site.device(name)


@contextmanager
def transaction(records: Records, site: Site, by: str, now: int) -> Iterator[Transaction]:
    """All of what happens inside is written, or on any exception none of it."""
    with records.writing(by, now) as db:
        yield Transaction(db, site, by, now)

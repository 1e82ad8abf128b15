"""One change of the records by one person or loop: the only way in which a service function writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from core.errors import RefusedError
from core.schema.site import Device, Site
from core.text.plain import control_in
from storage.records.audit import AuditedSession
from storage.records.database import Records

_AROUND = 20  # characters of a refused text that are shown on each side


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
    """All of what happens inside is written, or on any exception none of it.

    RefusedError if a text of it holds a control character: no workbook could be made of it afterwards.
    """
    with records.writing(by, now) as db:
        db.info["is_typed"] = True
        yield Transaction(db, site, by, now)


@event.listens_for(AuditedSession, "before_flush")
def _refuse_controls(session: Session, _context: object, _instances: object) -> None:
    """Whatever the door, a text that a person enters holds nothing that nobody can see.

    What machines write is cleaned where it comes in.
    """
    if not session.info.get("is_typed"):
        return
    for row in (*session.new, *session.dirty):
        for attribute in inspect(row).attrs:
            for value in attribute.history.added or ():
                for text in value if isinstance(value, list) else (value,):
                    _refuse_control(text)


def _refuse_control(text: object) -> None:
    if isinstance(text, str) and (sign := control_in(text)):
        at = text.index(chr(int(sign[2:], 16)))
        shown = text[max(at - _AROUND, 0) : at + _AROUND]
        raise RefusedError(
            "{cell!r} holds a character that nobody can see: {sign}", cell=shown, sign=sign
        )

"""One change of the records by one person or loop: the only way in which a service function writes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from core.errors import RefusedError
from core.schema.site import Device, Site
from core.text.phrase import Phrase
from core.text.plain import control_in
from core.vocabulary.rights import EVERY_RIGHT, RIGHTS, Right
from storage.records.audit import AuditedSession
from storage.records.database import Records

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_AROUND = 20  # characters of a refused text that are shown on each side


@dataclass(frozen=True, slots=True)
class Transaction:
    """What a service function needs: where it writes, for which site, in whose name, and when.

    Page, command, form and API each open one and hand it to the same function, so what one of them
    refuses all refuse, in the same words. `by` is the full name of a person; a loop's, a form's or
    `cli:NAME` is none that a person may have.
    """

    db: Session
    site: Site
    by: str
    now: int  # UTC ms
    rights: frozenset[Right] = EVERY_RIGHT  # Scanward's own loops and the command line have all

    def device(self, name: str) -> Device:
        """The device. RefusedError if the site file does not have it (any more)."""
        return self.site.device(name)

    def permitted(self, right: Right) -> "Transaction":
        """The same for what this right brings with it. RefusedError if `by` has not got it."""
        if right not in self.rights:
            raise refusal(right)
        return replace(self, rights=EVERY_RIGHT)


def needs(
    right: Right,
) -> Callable[
    [Callable[Concatenate[Transaction, Parameters], Result]],
    Callable[Concatenate[Transaction, Parameters], Result],
]:
    """Bind a service function to a line of the table of rights.

    What it calls in turn needs none: who may complete an order may have the follow-up order opened.
    """

    def bind(
        service: Callable[Concatenate[Transaction, Parameters], Result],
    ) -> Callable[Concatenate[Transaction, Parameters], Result]:
        @wraps(service)
        def permitted(
            tx: Transaction, /, *args: Parameters.args, **kwargs: Parameters.kwargs
        ) -> Result:
            return service(tx.permitted(right), *args, **kwargs)

        vars(permitted)["right"] = right
        return permitted

    return bind


def refusal(right: Right) -> RefusedError:
    """Who may do it, in words."""
    roles: str = RIGHTS[right][0]
    for role in RIGHTS[right][1:]:
        roles = Phrase("{roles}, {role}", roles=roles, role=role)
    return RefusedError("only {roles} may {action}", roles=roles, action=right)


@contextmanager
def transaction(
    records: Records,
    site: Site,
    by: str,
    now: int,
    rights: frozenset[Right] = EVERY_RIGHT,
    address: str = "",
) -> Iterator[Transaction]:
    """All of what happens inside is written, or on any exception none of it.

    RefusedError if a text of it holds a control character: no workbook could be made of it afterwards.
    `address` is the network's, of who writes; the audit keeps it.
    """
    with records.writing(by, now, address) as db:
        db.info["is_typed"] = True
        yield Transaction(db, site, by, now, rights)


def as_at(tx: Transaction, by: str, now: int, rights: frozenset[Right]) -> Transaction:
    """The same transaction in another name, at another moment (UTC ms); so the audit has it from here on."""
    tx.db.flush()
    tx.db.info.update(who=by, now=now)
    return replace(tx, by=by, now=now, rights=rights)


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
                    refuse_control(text)


def refuse_control(text: object) -> None:
    """RefusedError if it is a text that holds a character which nobody can see."""
    if isinstance(text, str) and (sign := control_in(text)):
        at = text.index(chr(int(sign[2:], 16)))
        shown = text[max(at - _AROUND, 0) : at + _AROUND]
        raise RefusedError(
            "{cell!r} holds a character that nobody can see: {sign}", cell=shown, sign=sign
        )

"""Every change of a record becomes a row of `audit`, in the transaction that makes the change.

A new table is audited unless it is named here. What is left out is progress, not a decision, and
changes so often that it would bury the decisions: the engine's cursor and last readings, what a
detector measured each day, the newest value of an alert and whether it is known, and the lease, count and pause of a
delivery or a mail that is tried for days while the line is down; when a session, a token or a passkey was
last seen, passwords that were wrong, and challenges that were answered; and the words for search, which repeat
what orders and tickets hold.
"""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from sqlalchemy import (
    Index,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.orm import (
    InstanceState,
    Mapped,
    Mapper,
    ORMExecuteState,
    Session,
    mapped_column,
)

from core.vocabulary.audit import AuditAction
from storage.records.base import ROW_KEY, Base, Value

TABLES_LEFT_OUT = {
    "audit",
    "cursors",
    "heard",
    "verdicts",
    "mailboxes",
    "login_failures",
    "idempotent_answers",
    "used_challenges",
    "search_texts",
}


COLUMNS_LEFT_OUT = {
    "alerts": {"value", "unknown_since"},
    "deliveries": {"leased_until", "attempts", "next_at"},
    "ticket_messages": {"leased_until", "attempts", "next_at"},
    "login_sessions": {"last_seen_at"},
    "api_tokens": {"last_used_at"},
    "passkeys": {"last_used_at", "sign_count"},
}


# Whole texts that the row itself keeps: its diff is what changed.
COPIES_LEFT_OUT = {"site_changes": {"text"}}


# That they changed is noted, never their value: a hash of a password can be guessed at.
SECRET_COLUMNS = {"password_hash", "secret_hash", "browser_hash"}
HIDDEN = "(secret)"


Values = dict[str, Value]


RowChange = tuple[AuditAction, Values | None, Values | None]  # with values before and after


class AuditedSession(Session):
    """A session that writes; `info` says who writes and when."""


def written_at(session: Session) -> int:
    """The moment at which a session that writes does so, UTC ms: its writer's own clock."""
    return int(session.info["now"])


class Audit(Base):
    """One change of one row: who made it, when, and what it changed. Never changed afterwards."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("audit_by_row", "what", "row_id"),
        Index("audit_by_time", "at"),
    )

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    at: Mapped[int]
    who: Mapped[str]
    what: Mapped[str]  # the table
    row_id: Mapped[str]
    action: Mapped[AuditAction]
    before: Mapped[dict[str, Value] | None]  # changed columns only; all of a row that is gone
    after: Mapped[dict[str, Value] | None]
    address: Mapped[str] = mapped_column(default="")  # from where; empty: by this machine itself


@event.listens_for(AuditedSession, "after_flush")
def _write_audit_rows(session: Session, _context: object) -> None:
    rows = [
        {
            "at": session.info["now"],
            "who": session.info["who"],
            "what": _table(state),
            "row_id": _row_id(state),
            "action": action,
            "before": before,
            "after": after,
            "address": session.info.get("address", ""),
        }
        for state, (action, before, after) in _changes(session)
    ]
    if rows:
        session.connection().execute(insert(Audit), rows)


@event.listens_for(AuditedSession, "do_orm_execute")
def _refuse_bulk_writes(executed: ORMExecuteState) -> None:
    """A bulk statement changes rows unseen by the session, so it must declare that it is unaudited."""
    writes = executed.is_insert or executed.is_update or executed.is_delete
    if writes and not executed.execution_options.get("unaudited"):
        raise TypeError("change rows through the session, or say execution_options(unaudited=True)")


def _changes(session: Session) -> Iterator[tuple[InstanceState[Any], RowChange]]:
    for row in session.new:
        if (state := _audited_state(row)) is not None:
            yield state, ("insert", None, _values(state))
    for row in session.dirty:
        if (state := _audited_state(row)) is not None:
            before, after = _changed(state)
            if after:
                yield state, ("update", before, after)
    for row in session.deleted:
        if (state := _audited_state(row)) is not None:
            yield state, ("delete", _values(state), None)


def _audited_state(row: object) -> InstanceState[Any] | None:
    state: InstanceState[Any] = inspect(row)
    return None if _table(state) in TABLES_LEFT_OUT else state


def _table(state: InstanceState[Any]) -> str:
    return str(_mapper(state).local_table)


def _row_id(state: InstanceState[Any]) -> str:
    return ",".join(str(part) for part in _mapper(state).primary_key_from_instance(state.object))


def _values(state: InstanceState[Any]) -> Values:
    """The row's values by column, without empty ones."""
    copies = COPIES_LEFT_OUT.get(_table(state), set())
    values = {name: _shown(name, state.dict.get(key)) for key, name in _columns(state)}
    return {
        name: value for name, value in values.items() if value is not None and name not in copies
    }


def _changed(state: InstanceState[Any]) -> tuple[Values, Values]:
    left_out = COLUMNS_LEFT_OUT.get(_table(state), set())
    before: Values = {}
    after: Values = {}
    for key, name in _columns(state):
        history = state.attrs[key].history
        if history.has_changes() and name not in left_out:
            before[name] = _shown(name, history.deleted[0] if history.deleted else None)
            after[name] = _shown(name, history.added[0] if history.added else None)
    return before, after


def _shown(column: str, value: Value) -> Value:
    return HIDDEN if column in SECRET_COLUMNS and value else value


def _columns(state: InstanceState[Any]) -> list[tuple[str, str]]:
    """Attribute and column name; they differ where the column's would be an SQL word."""
    return [(attr.key, attr.columns[0].name) for attr in _mapper(state).column_attrs]


def _mapper(state: InstanceState[Any]) -> Mapper[Any]:
    return state.mapper


def changes(db: Session, what: str, row_ids: Collection[str], count: int) -> list[Audit]:
    """The last changes of these rows of a table, newest first."""
    query = select(Audit).where(Audit.what == what, Audit.row_id.in_(row_ids))
    return list(db.scalars(query.order_by(Audit.id.desc()).limit(count)))


class AuditFilter(NamedTuple):
    """Which changes are looked for; what is empty is not asked."""

    who: str = ""
    what: str = ""  # the table
    row_id: str = ""
    since: int = 0  # UTC ms


def filtered_changes(db: Session, chosen: AuditFilter, count: int) -> list[Audit]:
    """The last changes of these, newest first."""
    query = select(Audit).where(Audit.at >= chosen.since)
    if chosen.who:
        query = query.where(Audit.who == chosen.who)
    if chosen.what:
        query = query.where(Audit.what == chosen.what)
    if chosen.row_id:
        query = query.where(Audit.row_id == chosen.row_id)
    return list(db.scalars(query.order_by(Audit.id.desc()).limit(count)))


def authors(db: Session) -> list[str]:
    """Everybody who changed anything."""
    return list(db.scalars(select(Audit.who).distinct().order_by(Audit.who)))


def changed_tables(db: Session) -> list[str]:
    """Every table that was changed."""
    return list(db.scalars(select(Audit.what).distinct().order_by(Audit.what)))


def has_changes_before(db: Session, at: int) -> bool:
    """Is there a change that is older?"""
    return db.scalar(select(Audit.id).where(Audit.at < at).limit(1)) is not None


def delete_changes_before(db: Session, at: int) -> int:
    """Take out what is older; how many it were. Whoever does it writes down that they did."""
    old = select(func.count()).select_from(Audit).where(Audit.at < at)
    count = db.scalar(old) or 0
    db.execute(delete(Audit).where(Audit.at < at).execution_options(unaudited=True))
    return count

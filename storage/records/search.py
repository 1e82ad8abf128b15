"""Full-text search over work orders and tickets: one row each with its words, and one question.

The words are in the form that is compared (core/text/search_words.py), with a space between them; the
database only splits at the spaces. Both databases have an index on the same table: SQLite an FTS5 table that
triggers fill, PostgreSQL a GIN index of an expression. `search_index.py` writes the rows.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, UniqueConstraint, event, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, selectinload

from core.text.search_words import Term, compared_text
from core.vocabulary.search import SearchKind
from storage.records.base import ROW_KEY, Base
from storage.records.tickets import Ticket
from storage.records.work_orders import WorkOrder

# Of what holds the words so many are ranked, those that were written last: a word that stands in
# every order must not cost a second. Measured in benchmarks/search.
MOST_RANKED = 2_000

_VECTOR = "to_tsvector('simple', title || ' ' || body)"


class _Index(NamedTuple):
    """The statements that make an index of `search_texts`, and those that take it away."""

    making: tuple[str, ...]
    without: tuple[str, ...]


_INDEXES = {
    # `ascii` splits at spaces only here: every other sign of the text is a letter or a digit to it.
    "sqlite": _Index(
        (
            "create virtual table search_index using fts5(title, body, content='search_texts',"
            " content_rowid='id', tokenize='ascii', prefix='1 2 3 4')",
            "create trigger search_texts_insert after insert on search_texts begin"
            " insert into search_index (rowid, title, body) values (new.id, new.title, new.body);"
            " end",
            "create trigger search_texts_delete after delete on search_texts begin"
            " insert into search_index (search_index, rowid, title, body)"
            " values ('delete', old.id, old.title, old.body); end",
            "create trigger search_texts_update after update on search_texts begin"
            " insert into search_index (search_index, rowid, title, body)"
            " values ('delete', old.id, old.title, old.body);"
            " insert into search_index (rowid, title, body) values (new.id, new.title, new.body);"
            " end",
        ),
        (
            "drop trigger if exists search_texts_insert",
            "drop trigger if exists search_texts_delete",
            "drop trigger if exists search_texts_update",
            "drop table if exists search_index",
        ),
    ),
    "postgresql": _Index(
        (f"create index search_texts_words on search_texts using gin ({_VECTOR})",),
        ("drop index if exists search_texts_words",),
    ),
}


class SearchText(Base):
    """The words of one order or ticket, as they are compared."""

    __tablename__ = "search_texts"
    __table_args__ = (UniqueConstraint("kind", "row_id"),)

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    kind: Mapped[SearchKind]
    row_id: Mapped[int]
    device: Mapped[str]
    at: Mapped[int]  # when it was opened
    title: Mapped[str]
    body: Mapped[str]


@event.listens_for(SearchText.__table__, "after_create")
def _index_new_table(_table: object, connection: Connection, **_how: object) -> None:
    """For tables that no migration makes: records in memory."""
    make_index(connection)


class SearchHit(NamedTuple):
    """An order or ticket that holds all words of a question."""

    kind: SearchKind
    row_id: int
    device: str
    at: int  # UTC ms, when it was opened
    in_title: bool  # all of them stand in its title


def search(
    db: Session, terms: Sequence[Term], *, device: str | None = None, count: int = 50
) -> list[SearchHit]:
    """What holds all terms: those with all of them in the title first, then the newest first.

    Without a term nothing. Where more than MOST_RANKED hold them, those that were written last.
    """
    if not terms:
        return []
    is_sqlite = db.get_bind().dialect.name == "sqlite"
    values: dict[str, Any] = {"device": device, "count": count, "ranked": MOST_RANKED}
    if is_sqlite:
        everywhere = _fts5(terms)
        in_device = f" AND body : {_fts5_term(_device_term(device))}" if device else ""
        values |= {"words": everywhere + in_device, "in_title": f"{{title}} : ({everywhere})"}
        rows = db.execute(text(_SQLITE_QUERY), values)
    else:
        values |= {"words": _tsquery(terms)}
        rows = db.execute(text(_POSTGRESQL_QUERY), values)
    return [SearchHit(kind, row_id, name, at, bool(best)) for kind, row_id, name, at, best in rows]


def is_empty(db: Session) -> bool:
    """Is there nothing to search yet?"""
    return db.scalars(select(SearchText.id).limit(1)).first() is None


def orders_of(db: Session, hits: Iterable[SearchHit]) -> dict[int, WorkOrder]:
    """The orders among them by number, with everything that was written in them."""
    numbers = [hit.row_id for hit in hits if hit.kind == "order"]
    tables = (WorkOrder.steps, WorkOrder.items, WorkOrder.costs)
    query = select(WorkOrder).where(WorkOrder.id.in_(numbers))
    rows = db.scalars(query.options(*(selectinload(table) for table in tables)))
    return {order.id: order for order in rows}


def tickets_of(db: Session, hits: Iterable[SearchHit]) -> dict[int, Ticket]:
    """The tickets among them by number, with everything that was written in them."""
    numbers = [hit.row_id for hit in hits if hit.kind == "ticket"]
    tables = (Ticket.steps, Ticket.messages, Ticket.sessions)
    query = select(Ticket).where(Ticket.id.in_(numbers))
    rows = db.scalars(query.options(*(selectinload(table) for table in tables)))
    return {ticket.id: ticket for ticket in rows}


_SQLITE_QUERY = """
select kind, row_id, device, at, id in (
  select rowid from search_index where search_index match :in_title order by rowid desc limit :ranked
) as best
from search_texts
where id in (
  select rowid from search_index where search_index match :words order by rowid desc limit :ranked
) and (:device is null or device = :device)
order by best desc, at desc, id desc limit :count
"""

_POSTGRESQL_QUERY = f"""
select kind, row_id, device, at, to_tsvector('simple', title) @@ to_tsquery('simple', :words) as best
from (
  select id, kind, row_id, device, at, title from search_texts
  where {_VECTOR} @@ to_tsquery('simple', :words)
  and (cast(:device as text) is null or device = :device)
  order by id desc limit :ranked
) as ranked
order by best desc, at desc, id desc limit :count
"""


def drop_index(connection: Connection) -> None:
    """Take the index away, damaged or not; the rows stay."""
    for statement in _INDEXES[connection.dialect.name].without:
        connection.exec_driver_sql(statement)


def make_index(connection: Connection) -> None:
    """Make the index of the rows that are there."""
    for statement in _INDEXES[connection.dialect.name].making:
        connection.exec_driver_sql(statement)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("insert into search_index (search_index) values ('rebuild')")


def _device_term(device: str) -> Term:
    """The words of its id, which every row's body begins with."""
    return Term(tuple(compared_text(device).split()), is_prefix=False)


def _fts5(terms: Iterable[Term]) -> str:
    return "(" + " AND ".join(_fts5_term(term) for term in terms) + ")"


def _fts5_term(term: Term) -> str:
    """A word has letters and digits only, so quotes are enough."""
    return f'"{" ".join(term.words)}"' + (" *" if term.is_prefix else "")


def _tsquery(terms: Iterable[Term]) -> str:
    return " & ".join(_tsquery_term(term) for term in terms)


def _tsquery_term(term: Term) -> str:
    words = [f"'{word}'" for word in term.words]
    if term.is_prefix:
        words[-1] += ":*"
    return f"({' <-> '.join(words)})"

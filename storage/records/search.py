"""Full-text search over work orders and tickets: one row each with its words, and one question.

The words are in the form that is compared (core/text/search_words.py), with a space between them; the
database only splits at the spaces. Both databases have an index on the same table: SQLite an FTS5 table that
triggers fill, PostgreSQL a GIN index of an expression. `search_index.py` writes the rows.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, UniqueConstraint, event, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.text.search_words import Term, compared_text
from core.vocabulary.search import SearchKind
from storage.records.base import ROW_KEY, Base

# Of what holds the words so many are ranked, those whose rows are newest: a word that stands in
# every order must not cost a second. Measured in benchmarks/search.
MOST_RANKED = 1_000

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

    Without a term nothing. Where more than MOST_RANKED hold them, those that were opened last.
    """
    if not terms:
        return []
    values: dict[str, Any] = {"device": device, "count": count, "ranked": MOST_RANKED}
    values |= {f"term{number}": _in_text(term) for number, term in enumerate(terms)}
    if db.get_bind().dialect.name == "sqlite":
        query, position = _SQLITE_QUERY, "instr"
        in_device = f" AND body : {_fts5_term(_device_term(device))}" if device else ""
        values["words"] = " AND ".join(map(_fts5_term, terms)) + in_device
    else:
        query, position = _POSTGRESQL_QUERY, "strpos"
        values["words"] = " & ".join(map(_tsquery_term, terms))
    in_title = " and ".join(
        f"{position}(' ' || title || ' ', :term{number}) > 0" for number in range(len(terms))
    )
    rows = db.execute(text(query.format(in_title=in_title)), values)
    return [SearchHit(kind, row_id, name, at, bool(best)) for kind, row_id, name, at, best in rows]


def is_empty(db: Session) -> bool:
    """Is there nothing to search yet?"""
    return db.scalars(select(SearchText.id).limit(1)).first() is None


_SQLITE_QUERY = """
select kind, row_id, device, at, {in_title} as best from search_texts
where id in (
  select rowid from search_index where search_index match :words order by rowid desc limit :ranked
) and (:device is null or device = :device)
order by best desc, at desc, id desc limit :count
"""

_POSTGRESQL_QUERY = f"""
select kind, row_id, device, at, {{in_title}} as best
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


def _in_text(term: Term) -> str:
    """As it stands in words with a space before and after each."""
    return f" {' '.join(term.words)}" + ("" if term.is_prefix else " ")


def _fts5_term(term: Term) -> str:
    """A word has letters and digits only, so quotes are enough."""
    return f'"{" ".join(term.words)}"' + (" *" if term.is_prefix else "")


def _tsquery_term(term: Term) -> str:
    words = [f"'{word}'" for word in term.words]
    if term.is_prefix:
        words[-1] += ":*"
    return f"({' <-> '.join(words)})"

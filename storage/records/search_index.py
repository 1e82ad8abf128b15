"""The words of orders and tickets are written in the transaction that changes them, so they are never stale.

Whatever service function makes the change: as with the audit, the session itself sees to it. A bulk statement
on these tables would go unseen, and `audit.py` refuses it.
"""

from collections.abc import Collection

from sqlalchemy import Connection, event, text

from core.text.search_words import compared_text
from core.vocabulary.search import SearchKind
from storage.records.audit import AuditedSession
from storage.records.database import Records
from storage.records.search import drop_index, make_index
from storage.records.search_source import SearchSource, all_numbers, owner_of, search_sources

ROWS_AT_ONCE = 500
# PostgreSQL takes no more than a megabyte of words. Of a longer case the oldest messages are left out.
LONGEST_BODY = 200_000
CHANGED = "changed for search"  # in the `info` of a session
KINDS: tuple[SearchKind, ...] = ("order", "ticket")

_WRITE = text(
    "insert into search_texts (kind, row_id, device, at, title, body)"
    " values (:kind, :row_id, :device, :at, :title, :body)"
    " on conflict (kind, row_id) do update set device = excluded.device, at = excluded.at,"
    " title = excluded.title, body = excluded.body"
)
_DELETE = text("delete from search_texts where kind = :kind and row_id = :row_id")


@event.listens_for(AuditedSession, "after_flush")
def _note_changed(session: AuditedSession, _context: object) -> None:
    owners = map(owner_of, (*session.new, *session.dirty, *session.deleted))
    session.info.setdefault(CHANGED, set()).update(owner for owner in owners if owner)


@event.listens_for(AuditedSession, "before_commit")
def _write_changed(session: AuditedSession) -> None:
    session.flush()
    changed: set[tuple[SearchKind, int]] = session.info.pop(CHANGED, set())
    if changed:
        _write(session.connection(), changed)


def rebuild_search(records: Records) -> int:
    """Write the words of everything anew, and the index with them; how many orders and tickets it were.

    For an index that is damaged: nothing else is lost with it.
    """
    with records.changing() as connection:
        drop_index(connection)
        connection.execute(text("delete from search_texts"))
        numbers = sorted(all_numbers(connection))
        for start in range(0, len(numbers), ROWS_AT_ONCE):
            portion = [(kind, number) for _, kind, number in numbers[start : start + ROWS_AT_ONCE]]
            _write(connection, portion)
        make_index(connection)
    return len(numbers)


def _write(connection: Connection, numbers: Collection[tuple[SearchKind, int]]) -> None:
    sources = [
        source
        for kind in KINDS
        for source in search_sources(connection, kind, [row for name, row in numbers if name == kind])
    ]  # fmt: skip
    sources.sort(key=lambda source: (source.opened_at, source.number))
    deleted = set(numbers) - {(source.kind, source.number) for source in sources}
    if sources:
        connection.execute(
            _WRITE,
            [
                {
                    "kind": source.kind,
                    "row_id": source.number,
                    "device": source.device,
                    "at": source.opened_at,
                    "title": compared_text(f"{source.number} {source.title}"),
                    "body": _body(source),
                }
                for source in sources
            ],
        )
    if deleted:
        connection.execute(_DELETE, [{"kind": kind, "row_id": row} for kind, row in deleted])


def _body(source: SearchSource) -> str:
    """The words of its device first, which `search` asks for."""
    words = compared_text("\n".join((source.device, *source.texts))[:LONGEST_BODY])
    return words if len(words) <= LONGEST_BODY else words[:LONGEST_BODY].rpartition(" ")[0]

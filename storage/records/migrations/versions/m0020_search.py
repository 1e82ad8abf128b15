"""Full-text search over orders and tickets: a table of their words, and an index of it"""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from core.text.search_words import compared_text

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LONGEST_BODY = 200_000
ROWS_AT_ONCE = 500

# Kind, and a table with the column that names the order or ticket and its texts; the first has the title too.
SOURCES = (
    ("order", "work_orders", "id", "text, result, return_check, fault"),
    ("order", "order_steps", "order_id", "note"),
    ("order", "order_items", "order_id", "note"),
    ("order", "order_costs", "order_id", "text"),
    ("order", "stock_moves", "order_id", "part_id, note"),
    ("ticket", "tickets", "id", "text, vendor_case"),
    ("ticket", "ticket_steps", "ticket_id", "note"),
    ("ticket", "remote_sessions", "ticket_id", "person, way, done"),
    ("ticket", "ticket_messages", "ticket_id", "who, text"),
)
HEADS = {
    "order": "select id, device, opened_at, title from work_orders",
    "ticket": "select id, device, opened_at, subject from tickets",
}
SQLITE = (
    # Without its table a load of a dump would meet the index of what was there before.
    "drop table if exists search_index",
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
    "insert into search_index (search_index) values ('rebuild')",
)
POSTGRESQL = (
    "create index search_texts_words on search_texts"
    " using gin (to_tsvector('simple', title || ' ' || body))",
)


def upgrade() -> None:
    op.create_table(
        "search_texts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "row_id"),
    )
    _write_what_is_there()
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.get_bind().exec_driver_sql(statement)


def _write_what_is_there() -> None:
    heads = sorted(
        (at, kind, number, device, title)
        for kind, query in HEADS.items()
        for number, device, at, title in op.get_bind().exec_driver_sql(query)
    )
    for start in range(0, len(heads), ROWS_AT_ONCE):
        _write(heads[start : start + ROWS_AT_ONCE])


def _write(heads: list[tuple[int, str, int, str, str]]) -> None:
    texts = defaultdict[tuple[str, int], list[str]](list)
    for kind, table, owner, columns in SOURCES:
        numbers = [number for _, other, number, *_ in heads if other == kind]
        query = sa.text(
            f"select {owner}, {columns} from {table} where {owner} in :numbers order by id desc"
        ).bindparams(sa.bindparam("numbers", expanding=True))
        for number, *cells in op.get_bind().execute(query, {"numbers": numbers}):
            texts[kind, number] += filter(None, cells)
    insert = sa.text(
        "insert into search_texts (kind, row_id, device, at, title, body)"
        " values (:kind, :row_id, :device, :at, :title, :body)"
    )
    rows = [
        {
            "kind": kind,
            "row_id": number,
            "device": device,
            "at": at,
            "title": compared_text(f"{number} {title}"),
            "body": _body(device, texts[kind, number]),
        }
        for at, kind, number, device, title in heads
    ]
    op.get_bind().execute(insert, rows)


def _body(device: str, texts: list[str]) -> str:
    words = compared_text("\n".join((device, *texts))[:LONGEST_BODY])
    return words if len(words) <= LONGEST_BODY else words[:LONGEST_BODY].rpartition(" ")[0]

"""A ticket that a person must send is not called sent, people are notified of a reported fault, and links
for answers can be taken back.

Such a ticket is told by its messages: none has left, none was refused, and none was ever tried. What mail
had not yet got to is among them, and is sent as before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_BY_HAND = """
    state = 'sent'
    and exists (select 1 from ticket_messages m where m.ticket_id = {ticket} and m.direction = 'out')
    and not exists (
        select 1 from ticket_messages m where m.ticket_id = {ticket} and m.direction = 'out'
        and (m.sent_at is not null or m.failed_at is not null or m.attempts > 0)
    )
"""


KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _rename_unsent()
    op.add_column(
        "tickets",
        sa.Column("answer_links_revoked", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.create_table(
        "fault_notices",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("fault_notices_by_time", "fault_notices", ["at"])
    _refer("fault_reports", "notice_id", "fault_notices")
    _refer("deliveries", "fault_notice_id", "fault_notices")


def _refer(table: str, column: str, to: str) -> None:
    """A column that points to another table, in SQL that both databases take as it stands; see m0011."""
    key = "integer" if op.get_bind().dialect.name == "sqlite" else "bigint"
    op.execute(sa.text(f"alter table {table} add column {column} {key} references {to} (id)"))
    op.create_index(f"ix_{table}_{column}", table, [column])


def _rename_unsent() -> None:
    op.execute(
        "update ticket_steps set state = 'to_send' where id in (select max(s.id) from ticket_steps s"
        " join tickets t on t.id = s.ticket_id where t."
        + _BY_HAND.format(ticket="t.id").strip()
        + " group by s.ticket_id) and state = 'sent'"
    )
    op.execute("update tickets set state = 'to_send' where " + _BY_HAND.format(ticket="tickets.id"))

"""Incidents with their notices, silences and maintenance windows, and what stands beside an alert"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _create_incidents()
    _create_windows()
    op.add_column("alerts", sa.Column("fired_value", sa.Double(), nullable=True))
    op.add_column("alerts", sa.Column("cleared_at", sa.BigInteger(), nullable=True))
    _add_text("alerts", "end_reason")
    _add_text("alerts", "suppressed_by")
    op.add_column("alerts", sa.Column("silenced_until", sa.BigInteger(), nullable=True))
    op.add_column("alerts", sa.Column("unknown_since", sa.BigInteger(), nullable=True))
    _refer("alerts", "incident_id", "incidents")
    op.create_index("alerts_by_end", "alerts", ["ended_at"])
    _add_text("deliveries", "person")
    op.add_column("deliveries", sa.Column("digest_id", sa.BigInteger(), nullable=True))
    _refer("deliveries", "notice_id", "notices")


def _add_text(table: str, column: str) -> None:
    op.add_column(table, sa.Column(column, sa.Text(), nullable=False, server_default=""))


def _refer(table: str, column: str, to: str) -> None:
    """A column that points to another table: said in SQL that both databases take as it stands.

    SQLite cannot add a constraint later, and a table that others point to must not be copied.
    """
    key = "integer" if op.get_bind().dialect.name == "sqlite" else "bigint"
    op.execute(sa.text(f"alter table {table} add column {column} {key} references {to} (id)"))
    op.create_index(f"ix_{table}_{column}", table, [column])


def _create_incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", KEY, nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("merged_into_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["merged_into_id"], ["incidents.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "incidents_open",
        "incidents",
        ["began_at"],
        sqlite_where=sa.text("ended_at is null"),
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "notices",
        sa.Column("id", KEY, nullable=False),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_notices_incident_id", "notices", ["incident_id"])


def _create_windows() -> None:
    op.create_table(
        "windows",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("repeats", sa.Text(), nullable=False),
        sa.Column("repeats_until", sa.BigInteger(), nullable=True),
        sa.Column("order_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["work_orders.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("windows_by_time", "windows", ["ends_at"])
    op.create_index("ix_windows_order_id", "windows", ["order_id"])

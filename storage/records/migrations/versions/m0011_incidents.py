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
    with op.batch_alter_table("alerts") as alerts:
        alerts.add_column(sa.Column("fired_value", sa.Double(), nullable=True))
        alerts.add_column(sa.Column("cleared_at", sa.BigInteger(), nullable=True))
        alerts.add_column(sa.Column("end_reason", sa.Text(), nullable=False, server_default=""))
        alerts.add_column(sa.Column("incident_id", KEY, nullable=True))
        alerts.add_column(sa.Column("suppressed_by", sa.Text(), nullable=False, server_default=""))
        alerts.add_column(sa.Column("silenced_until", sa.BigInteger(), nullable=True))
        alerts.add_column(sa.Column("unknown_since", sa.BigInteger(), nullable=True))
        alerts.create_foreign_key("alerts_incident", "incidents", ["incident_id"], ["id"])
        alerts.create_index("ix_alerts_incident_id", ["incident_id"], unique=False)
        alerts.create_index("alerts_by_end", ["ended_at"], unique=False)
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.add_column(sa.Column("notice_id", KEY, nullable=True))
        deliveries.add_column(sa.Column("person", sa.Text(), nullable=False, server_default=""))
        deliveries.add_column(sa.Column("digest_id", sa.BigInteger(), nullable=True))
        deliveries.create_foreign_key("deliveries_notice", "notices", ["notice_id"], ["id"])
        deliveries.create_index("ix_deliveries_notice_id", ["notice_id"], unique=False)


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

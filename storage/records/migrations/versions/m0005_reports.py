"""Reports that a schedule made; a delivery is about an alert's transition or about a report"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITING = sa.text("delivered_at is null and failed_at is null")


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "reports_once", "reports", ["kind", "calendar", "month", "language"], unique=True
    )
    # SQLite cannot change a column: the table is copied, and its partial index made anew.
    op.drop_index("deliveries_waiting", "deliveries")
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.add_column(sa.Column("report_id", _KEY, nullable=True))
        deliveries.alter_column("transition_id", existing_type=_KEY, nullable=True)
        deliveries.create_foreign_key("deliveries_report", "reports", ["report_id"], ["id"])
        deliveries.create_index("ix_deliveries_report_id", ["report_id"])
    op.create_index(
        "deliveries_waiting",
        "deliveries",
        ["next_at"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )

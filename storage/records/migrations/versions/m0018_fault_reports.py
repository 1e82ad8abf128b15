"""What is reported at a machine beside its order, and who asked for remote help, until when, to what"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "fault_reports",
        sa.Column("id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("usual_faults", sa.JSON(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("tried", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("photo_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["work_orders.id"]),
        sa.ForeignKeyConstraint(["photo_id"], ["files.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index("ix_fault_reports_order_id", "fault_reports", ["order_id"])
    op.create_index("fault_reports_by_time", "fault_reports", ["at"])
    for column in ("requested_by", "opened", "ended_by"):
        added = sa.Column(column, sa.Text(), nullable=False, server_default="")
        op.add_column("remote_sessions", added)
    op.add_column("remote_sessions", sa.Column("planned_end", sa.BigInteger(), nullable=True))

"""What came in from rounds, each once by the key that its phone gave it"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "round_entries",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("reading_id", KEY, nullable=True),
        sa.Column("file_id", KEY, nullable=True),
        sa.Column("skipped", sa.Text(), nullable=True),
        sa.Column("stated_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["reading_id"], ["manual_readings.id"]),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"]),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("round_entries_by_device", "round_entries", ["device", "at"])
    op.create_index("ix_round_entries_reading_id", "round_entries", ["reading_id"])

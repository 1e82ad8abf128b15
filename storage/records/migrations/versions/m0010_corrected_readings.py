"""Readings entered by hand: who was sure of one, and what corrects it"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLE = "manual_readings"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("confirmed_by", sa.Text(), nullable=False, server_default=""))
    op.add_column(TABLE, sa.Column("corrects_id", sa.BigInteger(), nullable=True))
    op.add_column(TABLE, sa.Column("old_value", sa.Double(), nullable=True))
    op.add_column(TABLE, sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        TABLE, sa.Column("is_withdrawn", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index("ix_manual_readings_corrects_id", TABLE, ["corrects_id"], unique=False)

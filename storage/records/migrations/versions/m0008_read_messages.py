"""Which messages of tickets are a machine's, and which somebody has read"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "ticket_messages",
        sa.Column("is_automatic", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("ticket_messages", sa.Column("read_at", sa.BigInteger(), nullable=True))
    # What came before anybody could say so counts as read.
    op.execute(sa.text("update ticket_messages set read_at = at where direction = 'in'"))

"""Windows of work by a plan"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "windows", sa.Column("is_planned", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(
        "UPDATE windows SET is_planned = (1 = 1) WHERE order_id IN"
        " (SELECT id FROM work_orders WHERE kind = 'preventive')"
    )

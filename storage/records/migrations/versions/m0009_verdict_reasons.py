"""Why a detector cannot judge, or what a sensor's fault looks like"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("verdicts", sa.Column("reason", sa.Text(), nullable=False, server_default=""))

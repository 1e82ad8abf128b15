"""A ticket that a person must send is not called sent.

Such a one is told by its messages: none has left, none was refused, and none was ever tried. What mail
had not yet got to is among them, and is sent as before.
"""

from alembic import op

revision = "0027"
down_revision = "0024"
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


def upgrade() -> None:
    op.execute(
        "update ticket_steps set state = 'to_send' where id in (select max(s.id) from ticket_steps s"
        " join tickets t on t.id = s.ticket_id where t."
        + _BY_HAND.format(ticket="t.id").strip()
        + " group by s.ticket_id) and state = 'sent'"
    )
    op.execute("update tickets set state = 'to_send' where " + _BY_HAND.format(ticket="tickets.id"))

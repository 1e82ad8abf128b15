"""Tickets by e-mail: messages go out by SMTP, replies come in by IMAP. See docs/mail.md."""

from maintenance.tickets.mail.outbox import send_due
from maintenance.tickets.mail.replies import take_in

__all__ = ["send_due", "take_in"]

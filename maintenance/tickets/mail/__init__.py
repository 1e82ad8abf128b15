"""Tickets by e-mail: messages go out by SMTP, replies come in by IMAP. See docs/mail.md."""

from maintenance.tickets.mail.outbox import send_due
from maintenance.tickets.mail.replies import fetch_replies

__all__ = ["fetch_replies", "send_due"]

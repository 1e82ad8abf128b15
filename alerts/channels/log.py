"""Writes alerts to Scanward's own log: it works with no line at all."""

import logging

from alerts.channels.base import Message

log = logging.getLogger("scanward.alerts")

_LEVELS = {
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
}


class LogSender:
    """The log channel."""

    def send(self, message: Message) -> None:
        """Write one line."""
        level = logging.INFO if message.resolved else _LEVELS[message.severity]
        lines = [*message.body.split("\n"), *map(str, message.files)]
        log.log(level, "%s (%s)", message.title, "; ".join(lines))

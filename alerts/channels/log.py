"""Writes alerts to Scanward's own log: it works with no line at all."""

import logging

from alerts.channels.base import Notification

log = logging.getLogger("scanward.alerts")

_LEVELS = {
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
}


class LogSender:
    """The log channel."""

    def send(self, notification: Notification) -> None:
        """Write one line."""
        level = logging.INFO if notification.resolved else _LEVELS[notification.severity]
        lines = [*notification.body.split("\n"), *map(str, notification.files)]
        log.log(level, "%s (%s)", notification.title, "; ".join(lines))

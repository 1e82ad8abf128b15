"""Writes alerts to Scanward's own log: it works with no line at all."""

import logging
from typing import Self

from alerts.channels.base import ChannelSender, Notification
from core.schema.channel_kinds.base import ChannelEntry
from core.schema.site import Site

log = logging.getLogger("scanward.alerts")

_LEVELS = {
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
}


class LogSender(ChannelSender):
    """The log channel."""

    @classmethod
    def of(cls, channel: ChannelEntry, site: Site) -> Self:
        """It needs nothing."""
        return cls()

    def check(self) -> str:
        """It is always there."""
        return "writes to the log"

    def send(self, notification: Notification) -> None:
        """Write one line."""
        level = logging.INFO if notification.resolved else _LEVELS[notification.severity]
        lines = [*notification.body.split("\n"), *map(str, notification.files)]
        log.log(level, "%s (%s)", notification.title, "; ".join(lines))

"""Sends alerts by any of the services that apprise knows: e-mail, SMS, Telegram, webhooks."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import apprise
from apprise.attachment.file import AttachFile

from alerts.channels.apprise_reach import reach
from alerts.channels.base import LONGEST_TEXT, ChannelSender, Notification
from core.errors import DeliveryError
from core.schema.channel_kinds.apprise import AppriseChannel
from core.schema.channel_kinds.base import ChannelEntry
from core.schema.site import Site

_TYPES = {
    "info": apprise.NotifyType.INFO,
    "warning": apprise.NotifyType.WARNING,
    "error": apprise.NotifyType.FAILURE,
    "critical": apprise.NotifyType.FAILURE,
}


class AppriseSender(ChannelSender):
    """One apprise URL. The URL holds secrets and is never logged."""

    @classmethod
    def of(cls, channel: ChannelEntry, site: Site) -> Self:
        """The sender of its URL."""
        assert isinstance(channel, AppriseChannel)
        return cls(channel.url.reveal())

    def __init__(self, url: str) -> None:
        self._url = url
        self._service = apprise.Apprise()
        self._understood = self._service.add(url)
        # Bodies count against the title where a service has no titles of its own.
        bounds = [service.body_maxlen for service in self._service]
        self.longest = min([LONGEST_TEXT, *bounds])

    def check(self) -> str:
        """Whether its server accepts a connection."""
        return reach(self._url)

    def send(self, notification: Notification) -> None:
        """Return when the service has accepted it."""
        if not self._understood:
            raise DeliveryError("apprise does not understand this channel's url", permanent=True)
        severity = notification.severity
        kind = apprise.NotifyType.SUCCESS if notification.resolved else _TYPES[severity]
        with _own_warnings() as lines:
            is_sent = self._service.notify(
                title=notification.title,
                body=notification.body,
                notify_type=kind,
                # What a service shows as HTML or Markdown: our words hold what devices and people wrote.
                body_format=apprise.NotifyFormat.TEXT,
                attach=[_attachment(path) for path in notification.files] or None,
            )
        if not is_sent:
            raise DeliveryError(lines[-1] if lines else "the service did not take the message")


class _OwnWarnings(logging.Handler):
    """Keeps what the thread that made it logs: other channels send at the same time."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.lines += record.getMessage().strip().splitlines()


@contextmanager
def _own_warnings() -> Iterator[list[str]]:
    """What apprise warns of meanwhile, in this thread."""
    handler = _OwnWarnings()
    apprise.logger.addHandler(handler)
    try:
        yield handler.lines
    finally:
        apprise.logger.removeHandler(handler)


def _attachment(path: Path) -> AttachFile:
    return AttachFile(str(path))  # type: ignore[no-untyped-call]

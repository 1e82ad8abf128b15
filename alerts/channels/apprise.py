"""Sends alerts by any of the services that apprise knows: e-mail, SMS, Telegram, webhooks."""

import logging
from pathlib import Path

import apprise
from apprise.attachment.file import AttachFile

from alerts.channels.base import Message
from core.errors import DeliveryError

_TYPES = {
    "info": apprise.NotifyType.INFO,
    "warning": apprise.NotifyType.WARNING,
    "error": apprise.NotifyType.FAILURE,
    "critical": apprise.NotifyType.FAILURE,
}


class AppriseSender:
    """One apprise URL. The URL holds secrets and is never logged."""

    def __init__(self, url: str) -> None:
        self._service = apprise.Apprise()
        self._understood = self._service.add(url)

    def send(self, message: Message) -> None:
        """Return when the service has taken the message."""
        if not self._understood:
            raise DeliveryError("apprise does not understand this channel's url", permanent=True)
        kind = apprise.NotifyType.SUCCESS if message.resolved else _TYPES[message.severity]
        with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as said:  # type: ignore[no-untyped-call]
            left = self._service.notify(
                title=message.title,
                body=message.body,
                notify_type=kind,
                attach=[_attached(path) for path in message.files] or None,
            )
            reason = said.getvalue().strip().splitlines()
        if not left:
            raise DeliveryError(reason[-1] if reason else "the service did not take the message")


def _attached(path: Path) -> AttachFile:
    return AttachFile(str(path))  # type: ignore[no-untyped-call]

"""Ways to notify people. A channel sends one notification or raises DeliveryError."""

from alerts.channels.base import Notification, Sender, longest_text
from alerts.channels.log import LogSender
from core.schema.channels import AppriseChannel, Channel, TelegramChannel
from core.schema.site import Site

__all__ = ["Notification", "Sender", "longest_text", "senders"]


def senders(site: Site) -> dict[str, Sender]:
    """The site's channels, ready to send. ConfigError if a secret is absent."""
    return {channel.id: _sender(channel) for channel in site.file.channels}


def _sender(channel: Channel) -> Sender:
    # Imported where they are used: apprise knows a hundred services.
    if isinstance(channel, AppriseChannel):
        from alerts.channels.apprise import AppriseSender

        return AppriseSender(channel.url.reveal())
    if isinstance(channel, TelegramChannel):
        from alerts.channels.telegram import TelegramSender

        return TelegramSender(channel)
    return LogSender()

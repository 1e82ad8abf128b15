"""Ways to notify people. A channel sends one notification or raises DeliveryError."""

from alerts.channels.base import Notification, Sender, longest_text
from alerts.channels.log import LogSender
from core.schema.channels import AppriseChannel, Channel
from core.schema.site import Site

__all__ = ["Notification", "Sender", "longest_text", "senders"]


def senders(site: Site) -> dict[str, Sender]:
    """The site's channels, ready to send. ConfigError if a secret is absent."""
    return {channel.id: _sender(channel) for channel in site.file.channels}


def _sender(channel: Channel) -> Sender:
    if not isinstance(channel, AppriseChannel):
        return LogSender()
    from alerts.channels.apprise import AppriseSender  # it knows a hundred services

    return AppriseSender(channel.url.reveal())

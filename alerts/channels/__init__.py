"""Ways to notify people. A channel sends one notification or raises DeliveryError."""

from alerts.channels.apprise import AppriseSender
from alerts.channels.base import Notification, Sender
from alerts.channels.log import LogSender
from core.schema.channels import AppriseChannel
from core.schema.site import Site

__all__ = ["Notification", "Sender", "senders"]


def senders(site: Site) -> dict[str, Sender]:
    """The site's channels, ready to send. ConfigError if a secret is absent."""
    return {
        channel.id: AppriseSender(channel.url.reveal())
        if isinstance(channel, AppriseChannel)
        else LogSender()
        for channel in site.file.channels
    }

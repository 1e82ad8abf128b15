"""Ways to tell people. A channel sends one message or raises DeliveryError."""

from alerts.channels.apprise import AppriseSender
from alerts.channels.base import Message, Sender
from alerts.channels.log import LogSender
from core.schema.channels import AppriseChannel
from core.schema.site import Site

__all__ = ["Message", "Sender", "senders"]


def senders(site: Site) -> dict[str, Sender]:
    """The site's channels, ready to send. ConfigError if a secret is absent."""
    return {
        channel.id: AppriseSender(channel.url.reveal())
        if isinstance(channel, AppriseChannel)
        else LogSender()
        for channel in site.file.channels
    }

"""Ways to tell people. A channel sends one message or raises DeliveryError."""

from alerts.channels.base import Message, Sender
from alerts.channels.log import LogSender
from core.schema.channels import AppriseChannel, Channel
from core.schema.site import Site

__all__ = ["Message", "Sender", "senders"]


def senders(site: Site) -> dict[str, Sender]:
    """The site's channels, ready to send. ConfigError if a secret is absent."""
    return {channel.id: _sender(channel) for channel in site.file.channels}


def _sender(channel: Channel) -> Sender:
    if not isinstance(channel, AppriseChannel):
        return LogSender()
    from alerts.channels.apprise import AppriseSender  # it knows a hundred services

    return AppriseSender(channel.url.reveal())

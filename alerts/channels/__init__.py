"""Ways to notify people. A channel sends one notification or raises DeliveryError."""

from alerts.channels.base import ChannelSender, Notification, Sender, longest_text
from core.schema.channel_kinds.base import ChannelEntry
from core.schema.channels import KINDS
from core.schema.kinds import class_named
from core.schema.site import Site

__all__ = ["ChannelSender", "Notification", "Sender", "longest_text", "sender", "senders"]


def senders(site: Site) -> dict[str, ChannelSender]:
    """The site's channels, ready to send. ConfigError if a secret is absent."""
    return {channel.id: sender(site, channel) for channel in site.file.channels}


def sender(site: Site, channel: ChannelEntry) -> ChannelSender:
    """One channel, ready to send. ConfigError if a secret is absent, or it cannot be used here."""
    kind = class_named(KINDS[channel.kind].sender)
    assert issubclass(kind, ChannelSender)
    return kind.of(channel, site)

"""Any service that apprise knows, as a channel."""

from typing import Literal

from core.schema.channel_kinds.base import ChannelEntry
from core.schema.secret import NamedSecret


class AppriseChannel(ChannelEntry):
    """Sends alerts by any service that apprise knows: e-mail, SMS gateways, Telegram, webhooks."""

    kind: Literal["apprise"]
    url: NamedSecret

    @property
    def address(self) -> str:
        """Where its URL is kept: the URL itself is a secret."""
        return self.url.where

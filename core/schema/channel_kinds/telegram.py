"""A Telegram chat, as a channel."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from core.schema.channel_kinds.base import ChannelEntry
from core.schema.network import ServerUrl
from core.schema.secret import NamedSecret


class TelegramChannel(ChannelEntry):
    """Sends alerts to a Telegram chat, with a button to acknowledge; asks for answers, opens no port."""

    kind: Literal["telegram"]
    token: NamedSecret  # of the bot
    chat: Annotated[
        str, StringConstraints(pattern=r"^-?[0-9]+$")
    ]  # its number; the bot must be in it
    server: ServerUrl = "https://api.telegram.org"

    @property
    def address(self) -> str:
        """The chat's number."""
        return f"chat {self.chat}"

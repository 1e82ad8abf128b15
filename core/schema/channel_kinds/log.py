"""The log as a channel."""

from typing import ClassVar, Literal

from core.schema.channel_kinds.base import ChannelEntry


class LogChannel(ChannelEntry):
    """Writes alerts to Scanward's own log."""

    reaches_people: ClassVar[bool] = False

    kind: Literal["log"]

    @property
    def address(self) -> str:
        """No further than this machine."""
        return "Scanward's own log"

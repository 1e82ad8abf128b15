"""What every kind of channel answers about itself, so that nobody outside asks which kind it is.

A kind is two files: its model here, read from the site file, and its sender in `alerts/channels/`.
"""

from typing import ClassVar

from core.schema.strict_model import Strict


class ChannelEntry(Strict):
    """One channel, as the site file writes it."""

    reaches_people: ClassVar[bool] = True  # at night too, when nobody looks at a screen

    kind: str
    id: str

    @property
    def address(self) -> str:
        """Where it leads, for a list; never a secret."""
        return ""

    @property
    def has_modem(self) -> bool:
        """It needs a serial port of this computer, which the walls around a service shut out."""
        return False

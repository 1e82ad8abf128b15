"""A GSM modem on a serial port, as a channel."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from core.number_input import latin
from core.schema.channel_kinds.base import ChannelEntry
from core.schema.secret import NamedSecret

_NUMBER = re.compile(r"\+?[0-9]{3,15}")  # ITU-T E.164 allows 15; three is a short code of a network
_BETWEEN = re.compile(r"[\s()./-]")


def _phone_number(text: object) -> str:
    # YAML reads +93700000000 without quotes as a number, and the + is lost.
    if not isinstance(text, str):
        raise ValueError('write a telephone number in quotes, as "+93700000000"')
    number = _BETWEEN.sub("", latin(text))
    number = re.sub(r"^00", "+", number)
    if not _NUMBER.fullmatch(number):
        raise ValueError(f'{text!r} is not a telephone number; write "+93700000000"')
    return number


PhoneNumber = Annotated[str, BeforeValidator(_phone_number)]


class GsmChannel(ChannelEntry):
    """Sends alerts as text messages by a modem with a SIM of its own: no internet is needed."""

    kind: Literal["gsm"]
    modem: Path  # its serial port
    number: PhoneNumber  # who gets the messages
    pin: NamedSecret | None = None  # None: the SIM asks for none
    baud: Literal[9600, 19200, 38400, 57600, 115200, 230400, 460800] = 115200
    parts: int = Field(default=3, ge=1, le=10)  # how many messages one alert may take

    @property
    def address(self) -> str:
        """Whose telephone, by which modem."""
        return f"{self.number} by {self.modem}"

    @property
    def has_modem(self) -> bool:
        """Its own."""
        return True

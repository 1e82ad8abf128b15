"""What a modem's error numbers mean for a person, and whether trying again can help.

The numbers are those of 3GPP TS 27.005 (+CMS) and TS 27.007 (+CME). What somebody mends at the modem
or the SIM is not permanent: messages wait until it is mended. Permanent is what is wrong with one
message or its number.
"""

import re

from core.errors import DeliveryError

_CMS = {
    1: "the number does not exist",
    8: "the network bars this SIM from sending",
    10: "the network bars calls of this SIM",
    21: "the network refused the message: is there credit on the SIM?",
    27: "the telephone of that number is out of order",
    28: "the network does not know the number",
    29: "the network refuses this SIM",
    30: "the network does not know this SIM",
    38: "the network is out of order",
    41: "the network failed for the moment",
    42: "the network is congested",
    47: "the network has no resources left",
    50: "this SIM may not send messages: is there credit on it?",
    69: "the network does not offer messages",
    96: "the network misses something in the message",
    111: "the network does not understand the message",
    300: "the modem itself failed",
    301: "the message service of the modem is taken by another program",
    302: "the modem does not allow it",
    303: "the modem cannot do it",
    304: "the modem got the message incompletely",
    305: "the modem did not understand a setting",
    310: "there is no SIM in the modem",
    311: "the SIM asks for its PIN",
    312: "the SIM belongs to another telephone",
    313: "the SIM failed",
    314: "the SIM is busy",
    315: "the SIM is wrong",
    316: "the SIM is locked and asks for its PUK: put it into a telephone",
    322: "the memory of the SIM is full",
    330: "the SIM does not know its message centre: set it in a telephone",
    331: "there is no network",
    332: "the network did not answer in time",
    340: "the modem did not expect that",
    500: "the modem or the network failed without saying why: is there credit on the SIM?",
}
_CME = {
    3: "the modem does not allow it",
    4: "the modem cannot do it",
    5: "the modem is locked to another SIM",
    10: "there is no SIM in the modem",
    11: "the SIM asks for its PIN",
    12: "the SIM is locked and asks for its PUK: put it into a telephone",
    13: "the SIM failed",
    14: "the SIM is busy",
    15: "the SIM is wrong",
    16: "the PIN is wrong",
    17: "the SIM asks for its second PIN",
    18: "the SIM is locked and asks for its second PUK",
    30: "there is no network",
    31: "the network did not answer in time",
    32: "the network allows emergency calls only",
    100: "the modem failed without saying why",
}
_PERMANENT = {("CMS", 1), ("CMS", 28), ("CMS", 96), ("CMS", 111)}
_ERROR = re.compile(r"\+(CMS|CME) ERROR:\s*(.*)")
_PLAIN_ERRORS = ("ERROR", "COMMAND NOT SUPPORT", "TOO MANY PARAMETERS")
NO_SIM, SIM_BUSY, WRONG_PIN = 10, 14, 16  # of +CME
# Some modems give words in spite of AT+CMEE=1.
_NUMBERS = {"sim not inserted": NO_SIM, "sim busy": SIM_BUSY, "incorrect password": WRONG_PIN}


class ModemError(DeliveryError):
    """The modem answered that it cannot do it; `number` is its own, None if it gave none."""

    def __init__(self, text: str, number: int | None = None, *, permanent: bool = False) -> None:
        self.number = number
        super().__init__(text, permanent=permanent)


def error_of(line: str) -> ModemError | None:
    """The error that a line of the modem is; None if it is none."""
    if line in _PLAIN_ERRORS:
        return ModemError("the modem answered ERROR")
    match = _ERROR.fullmatch(line)
    if match is None:
        return None
    kind, reason = match.group(1), match.group(2).strip()
    if not reason.isdecimal():
        return ModemError(f"the modem answered {reason!r}", _NUMBERS.get(reason.lower()))
    number = int(reason)
    words = (_CMS if kind == "CMS" else _CME).get(number, "the modem or the network refused")
    is_permanent = (kind, number) in _PERMANENT
    return ModemError(f"{words} (+{kind} ERROR {number})", number, permanent=is_permanent)

"""A text message as the octets that a modem sends in PDU mode (3GPP TS 23.040, SMS-SUBMIT)."""

from dataclasses import dataclass

from alerts.channels.gsm.alphabet import packed, septets, ucs2
from alerts.channels.gsm.parts import TextMessage

_OWN_CENTRE = "00"  # the message centre that the SIM names
_SUBMIT, _RELATIVE_VALIDITY, _HAS_HEADER = 0x01, 0x10, 0x40
_INTERNATIONAL, _NATIONAL = 0x91, 0x81
_SEVEN_BIT, _UCS2 = 0x00, 0x08
# How long the network keeps it for a telephone that is off: 0xAA is four days, a long week-end.
# Ours, no source.
VALIDITY = 0xAA
_HEADER_SEPTETS = 7  # six octets and a bit of filling


@dataclass(frozen=True, slots=True)
class Pdu:
    """One message for `AT+CMGS`."""

    octets: str  # in hexadecimal digits, with the message centre
    length: int  # what AT+CMGS must be given: octets without the message centre


def pdus(number: str, message: TextMessage) -> list[Pdu]:
    """A PDU a part."""
    count = len(message.texts)
    return [_pdu(number, message, index, count) for index in range(count)]


def _pdu(number: str, message: TextMessage, index: int, count: int) -> Pdu:
    header = bytes([5, 0, 3, message.reference, count, index + 1]) if count > 1 else b""
    length, data = _user_data(message.texts[index], header, is_ucs2=message.is_ucs2)
    first = _SUBMIT | _RELATIVE_VALIDITY | (_HAS_HEADER if header else 0)
    octets = (
        bytes([first, 0])  # the modem counts its own references
        + _address(number)
        + bytes([0, _UCS2 if message.is_ucs2 else _SEVEN_BIT, VALIDITY, length])
        + data
    )
    return Pdu(_OWN_CENTRE + octets.hex().upper(), len(octets))


def _user_data(text: str, header: bytes, *, is_ucs2: bool) -> tuple[int, bytes]:
    """Its length in septets or octets, and the octets."""
    if is_ucs2:
        data = header + ucs2(text)
        return len(data), data
    codes = septets(text)
    if not header:
        return len(codes), packed(codes)
    return len(codes) + _HEADER_SEPTETS, header + packed(codes, fill_bits=1)


def _address(number: str) -> bytes:
    digits = number.removeprefix("+")
    kind = _INTERNATIONAL if number.startswith("+") else _NATIONAL
    padded = digits + "F" * (len(digits) % 2)
    swapped = "".join(padded[at + 1] + padded[at] for at in range(0, len(padded), 2))
    return bytes([len(digits), kind]) + bytes.fromhex(swapped)

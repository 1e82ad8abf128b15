"""SNMP v1 and v2c messages. Writes strictly, reads leniently: a bad value costs that value alone.

Agents cut a reply off where their buffer ends, and send unsigned numbers without the leading zero
that BER wants. What stands whole before the cut is sound, and an unsigned number has no sign.
"""

from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from collectors.snmp.value import END, opaque

Oid = tuple[int, ...]
Kind = Literal["get", "next", "bulk"]

VERSIONS: Final = {"1": 0, "2c": 1}
_KINDS: Final = {"get": 0xA0, "next": 0xA1, "bulk": 0xA5}
_INTEGER, _OCTETS, _NULL, _OID, _SEQUENCE, _RESPONSE = 0x02, 0x04, 0x05, 0x06, 0x30, 0xA2
_ADDRESS, _OPAQUE, _END_OF_MIB = 0x40, 0x44, 0x82
_ABSENT: Final = (_NULL, 0x80, 0x81)  # Null, noSuchObject, noSuchInstance
_UNSIGNED_32: Final = (0x41, 0x42, 0x43, 0x47)  # Counter32, Gauge32, TimeTicks, UInteger32
_UNSIGNED_64: Final = 0x46
_LONGEST_INTEGER = 9  # octets: 64 bits and a leading zero


class UndecodableError(ValueError):
    """A datagram that is no SNMP v1 or v2c message."""


class Message(NamedTuple):
    """A response. `pairs` are those that came whole."""

    version: int
    community: bytes
    request_id: int
    status: int
    error_index: int
    pairs: list[tuple[Oid, object]]


class _Element(NamedTuple):
    """One tag and its content; `is_cut` if the datagram ends before it does."""

    tag: int
    content: bytes
    is_cut: bool


def request_datagram(
    version: int, community: bytes, kind: Kind, request_id: int, oids: Sequence[Oid], repeat: int
) -> bytes:
    """A whole request; `repeat` is max-repetitions and counts only for GETBULK."""
    varbinds = b"".join(_encoded(_SEQUENCE, _encoded_oid(oid) + b"\x05\x00") for oid in oids)
    third = repeat if kind == "bulk" else 0
    head = _encoded_int(request_id) + _encoded_int(0) + _encoded_int(third)
    pdu = _encoded(_KINDS[kind], head + _encoded(_SEQUENCE, varbinds))
    message = _encoded_int(version) + _encoded(_OCTETS, community) + pdu
    return _encoded(_SEQUENCE, message)


def read_response(datagram: bytes) -> Message:
    """The message in a datagram, its values plain. UndecodableError if it is not a response."""
    whole = next(_elements(datagram), None)
    if whole is None or whole.tag != _SEQUENCE:
        raise UndecodableError("no message")
    version, community, pdu = _first(3, whole.content)
    if (version.tag, community.tag, pdu.tag) != (_INTEGER, _OCTETS, _RESPONSE):
        raise UndecodableError("no response")
    request_id, status, error_index, varbinds = _first(4, pdu.content)
    numbers = [_signed(element.content) for element in (version, request_id, status, error_index)]
    if varbinds.tag != _SEQUENCE or None in numbers:
        raise UndecodableError("no list of values")
    number, id_number, status_number, index_number = (number or 0 for number in numbers)
    pairs = list(_pairs(varbinds.content))
    return Message(number, community.content, id_number, status_number, index_number, pairs)


def _first(count: int, content: bytes) -> list[_Element]:
    """The first elements, of which only the last may be cut."""
    elements = [element for element, _ in zip(_elements(content), range(count), strict=False)]
    if len(elements) < count or any(element.is_cut for element in elements[:-1]):
        raise UndecodableError("it ends too early")
    return elements


def _elements(content: bytes) -> Iterator[_Element]:
    at = 0
    while at + 2 <= len(content):
        tag, size, at = content[at], content[at + 1], at + 2
        if size & 0x80:
            more = size & 0x7F
            size, at = int.from_bytes(content[at : at + more], "big"), at + more
        yield _Element(tag, content[at : at + size], at + size > len(content))
        at += size


def _pairs(content: bytes) -> Iterator[tuple[Oid, object]]:
    """Each OID and its value, up to the first that is cut off or has no OID."""
    for varbind in _elements(content):
        oid, value = (*_elements(varbind.content), None, None)[:2]
        arcs = _arcs(oid.content) if oid is not None and oid.tag == _OID else None
        if varbind.is_cut or arcs is None:
            return
        yield arcs, _plain(value)


def _plain(element: _Element | None) -> object:
    """int, float, bytes or str; None where there is no value; END after the last one."""
    if element is None or element.is_cut:
        return "unreadable"
    tag, content, _ = element
    if tag in _ABSENT:
        return None
    if tag == _END_OF_MIB:
        return END
    plain: object = None
    if tag == _INTEGER:
        plain = _signed(content)
    elif tag in _UNSIGNED_32 or tag == _UNSIGNED_64:
        plain = unsigned(content, 64 if tag == _UNSIGNED_64 else 32)
    elif tag == _OCTETS:
        plain = content
    elif tag == _OPAQUE:
        plain = opaque(content)
    elif tag == _ADDRESS and len(content) == 4:
        plain = ".".join(map(str, content))
    elif tag == _OID and (arcs := _arcs(content)):
        plain = ".".join(map(str, arcs))
    return f"unreadable {tag:02x} {content[:16].hex()}" if plain is None else plain


def _signed(content: bytes) -> int | None:
    if not 0 < len(content) <= _LONGEST_INTEGER:
        return None
    return int.from_bytes(content, "big", signed=True)


def unsigned(content: bytes, bits: int) -> int | None:
    """A number of at most so many bits; None if it does not fit. A number whose sign was stretched over more octets has it cut off."""
    if not 0 < len(content) <= _LONGEST_INTEGER:
        return None
    number = int.from_bytes(content, "big")
    if number >> bits and -(2**bits) <= int.from_bytes(content, "big", signed=True) < 0:
        number %= 2**bits
    return None if number >> bits else number


def _arcs(content: bytes) -> Oid | None:
    """An OID; None if it is empty or ends within a number."""
    if not content or content[-1] & 0x80:
        return None
    arcs: list[int] = []
    arc = 0
    for octet in content:
        arc = arc << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return (first, arcs[0] - 40 * first, *arcs[1:])


def _encoded(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _encoded_int(number: int) -> bytes:
    return _encoded(_INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def _encoded_oid(oid: Oid) -> bytes:
    octets = bytearray()
    for arc in (oid[0] * 40 + oid[1], *oid[2:]):
        sevens = [arc & 0x7F]
        while arc := arc >> 7:
            sevens.append(arc & 0x7F | 0x80)
        octets += bytes(reversed(sevens))
    return _encoded(_OID, bytes(octets))

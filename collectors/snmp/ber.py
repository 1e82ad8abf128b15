"""SNMP messages. Writes strictly, reads leniently: a bad value costs that value alone.

Agents cut a reply off where their buffer ends, and send unsigned numbers without the leading zero
that BER wants. What stands whole before the cut is sound, and an unsigned number has no sign.

Every poll passes here for each of its values, so elements are read in place, by where they begin and
end, and what is the same in each poll is worked out once.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from collectors.snmp.value import END, opaque

Oid = tuple[int, ...]
Kind = Literal["get", "next", "bulk"]

VERSIONS: Final = {"1": 0, "2c": 1, "3": 3}
INTEGER, OCTETS, OBJECT_ID, SEQUENCE, RESPONSE, REPORT = 0x02, 0x04, 0x06, 0x30, 0xA2, 0xA8
FIRST_ID: Final = 2**24  # of requests: from here to the last a number takes four octets
LAST_ID: Final = 2**31 - 1
_KINDS: Final = {"get": 0xA0, "next": 0xA1, "bulk": 0xA5}
_NULL, _ADDRESS, _OPAQUE, _END_OF_MIB = 0x05, 0x40, 0x44, 0x82
_ABSENT: Final = (_NULL, 0x80, 0x81)  # Null, noSuchObject, noSuchInstance
_UNSIGNED_32: Final = (0x41, 0x42, 0x43, 0x47)  # Counter32, Gauge32, TimeTicks, UInteger32
_UNSIGNED_64: Final = 0x46
_LONGEST_INTEGER = 9  # octets: 64 bits and a leading zero
_MOST_REQUESTS = 4096  # as they were encoded; the questions of some hundred profiles
_MOST_OIDS = 65_536  # as they were read


class UndecodableError(ValueError):
    """A datagram that is no SNMP message, or none that is wanted here."""


class Message(NamedTuple):
    """A response. `pairs` are those that came whole."""

    version: int
    community: bytes
    request_id: int
    status: int
    error_index: int
    pairs: list[tuple[Oid, object]]


class AgentPdu(NamedTuple):
    """What an agent says, in whatever message it came."""

    tag: int
    request_id: int
    status: int
    error_index: int
    pairs: list[tuple[Oid, object]]


class Element(NamedTuple):
    """One element in place: where its content begins and ends."""

    tag: int
    begin: int
    end: int


@lru_cache(_MOST_REQUESTS)
def request_pdu(kind: Kind, oids: tuple[Oid, ...], repeat: int) -> tuple[bytes, bytes]:
    """A question before and behind the four octets of its request id; `repeat` counts only for GETBULK."""
    varbinds = b"".join(encoded(SEQUENCE, _encoded_oid(oid) + b"\x05\x00") for oid in oids)
    third = encoded_int(repeat if kind == "bulk" else 0)
    behind = encoded_int(0) + third + encoded(SEQUENCE, varbinds)
    whole = encoded(_KINDS[kind], b"\x02\x04" + bytes(4) + behind)
    return whole[: -len(behind) - 4], behind


@lru_cache(_MOST_REQUESTS)
def request_message(
    version: int, community: bytes, kind: Kind, oids: tuple[Oid, ...], repeat: int
) -> tuple[bytes, bytes]:
    """A whole request of v1 or v2c before and behind its request id."""
    before, behind = request_pdu(kind, oids, repeat)
    head = encoded_int(version) + encoded(OCTETS, community) + before
    whole = encoded(SEQUENCE, head + bytes(4) + behind)
    return whole[: -len(behind) - 4], behind


def read_response(datagram: bytes) -> Message:
    """The message of v1 or v2c in a datagram, its values plain. UndecodableError if it is not a response."""
    whole = element(datagram, 0, len(datagram))
    if whole.tag != SEQUENCE:
        raise UndecodableError("no message")
    version, community, pdu = elements(datagram, whole, 3)
    if (version.tag, community.tag, pdu.tag) != (INTEGER, OCTETS, RESPONSE):
        raise UndecodableError("no response")
    name = datagram[community.begin : community.end]
    return Message(number(datagram, version), name, *read_pdu(datagram, pdu)[1:])


def read_pdu(octets: bytes, pdu: Element) -> AgentPdu:
    """The response or report that stands there. UndecodableError if it is cut off before its values begin."""
    request_id, status, error_index, varbinds = elements(octets, pdu, 4)
    if varbinds.tag != SEQUENCE:
        raise UndecodableError("no list of values")
    return AgentPdu(
        pdu.tag,
        number(octets, request_id),
        number(octets, status),
        number(octets, error_index),
        _pairs(octets, varbinds.begin, varbinds.end),
    )


def message_id(datagram: bytes) -> int | None:
    """The number by which an answer names its question: request-id, in v3 msgID. None if there is none."""
    try:
        whole = element(datagram, 0, len(datagram))
        version = element(datagram, whole.begin, len(datagram))
        second = element(datagram, version.end, len(datagram))
        if number(datagram, version) == VERSIONS["3"]:
            return number(datagram, element(datagram, second.begin, len(datagram)))
        pdu = element(datagram, second.end, len(datagram))
        return number(datagram, element(datagram, pdu.begin, len(datagram)))
    except UndecodableError:
        return None


def element(octets: bytes, at: int, end: int) -> Element:
    """What begins here. UndecodableError if nothing can."""
    if at + 2 > end:
        raise UndecodableError("it ends too early")
    tag, size, at = octets[at], octets[at + 1], at + 2
    if size & 0x80:
        size, at = _long_size(octets, at, size & 0x7F, end)
    return Element(tag, at, at + size)


def elements(octets: bytes, outer: Element, count: int) -> list[Element]:
    """The first elements within another. UndecodableError if there are fewer; the last ends where the other does at the latest."""
    at, end = outer.begin, min(outer.end, len(octets))
    inner = []
    for _ in range(count):
        inner.append(element(octets, at, end))
        at = inner[-1].end
    if at > end:
        inner[-1] = inner[-1]._replace(end=end)
    return inner


def number(octets: bytes, integer: Element) -> int:
    """The signed number in an element. UndecodableError if it is none."""
    content = octets[integer.begin : integer.end]
    if not 0 < len(content) <= _LONGEST_INTEGER:
        raise UndecodableError("no number")
    return int.from_bytes(content, "big", signed=True)


def _long_size(octets: bytes, at: int, more: int, end: int) -> tuple[int, int]:
    """A size that is written in so many octets, and where the content begins."""
    return int.from_bytes(octets[at : min(at + more, end)], "big"), at + more


def _pairs(octets: bytes, at: int, end: int) -> list[tuple[Oid, object]]:
    """Each OID and its value, up to the first that is cut off or has no OID."""
    pairs = list[tuple[Oid, object]]()
    while at + 2 <= end:
        size, at = octets[at + 1], at + 2
        if size & 0x80:
            size, at = _long_size(octets, at, size & 0x7F, end)
        stop = at + size
        if stop > end or size < 2 or octets[at] != OBJECT_ID:
            break
        size, at = octets[at + 1], at + 2
        if size & 0x80:
            size, at = _long_size(octets, at, size & 0x7F, stop)
        value_at = at + size
        arcs = _arcs(octets[at:value_at] if value_at <= stop else octets[at:stop])
        if arcs is None:
            break
        is_small = (  # an unsigned number, as most values are: read without a call
            value_at + 3 <= stop <= value_at + 6
            and 0x41 <= octets[value_at] <= 0x43
            and octets[value_at + 1] == stop - value_at - 2
        )
        value = (
            int.from_bytes(octets[value_at + 2 : stop], "big")
            if is_small
            else _plain(octets, value_at, stop)
        )
        pairs.append((arcs, value))
        at = stop
    return pairs


def _plain(octets: bytes, at: int, end: int) -> object:
    """int, float, bytes or str; None where there is no value; END after the last one."""
    if at + 2 > end:
        return "unreadable"
    tag, size, at = octets[at], octets[at + 1], at + 2
    if size & 0x80:
        size, at = _long_size(octets, at, size & 0x7F, end)
    if at + size > end:
        return "unreadable"
    content = octets[at : at + size]
    if tag in _ABSENT:
        return None
    if tag == _END_OF_MIB:
        return END
    reader = _READERS.get(tag)
    plain = reader(content) if reader else None
    return f"unreadable {tag:02x} {content[:16].hex()}" if plain is None else plain


def _signed(content: bytes) -> int | None:
    if not 0 < len(content) <= _LONGEST_INTEGER:
        return None
    return int.from_bytes(content, "big", signed=True)


def _unsigned_32(content: bytes) -> int | None:
    return unsigned(content, 32)


def _unsigned_64(content: bytes) -> int | None:
    return unsigned(content, 64)


def unsigned(content: bytes, bits: int) -> int | None:
    """A number of at most so many bits; None if it does not fit. A number whose sign was stretched over more octets has it cut off."""
    if not 0 < len(content) <= _LONGEST_INTEGER:
        return None
    whole = int.from_bytes(content, "big")
    if not whole >> bits:
        return whole
    if -(2**bits) <= int.from_bytes(content, "big", signed=True) < 0:
        whole %= 2**bits
    return None if whole >> bits else whole


def _same(content: bytes) -> bytes:
    return content


def _address(content: bytes) -> str | None:
    return ".".join(map(str, content)) if len(content) == 4 else None


def _object_id(content: bytes) -> str | None:
    arcs = _arcs(content)
    return ".".join(map(str, arcs)) if arcs else None


_READERS: Final[dict[int, Callable[[bytes], object]]] = {
    INTEGER: _signed,
    **dict.fromkeys(_UNSIGNED_32, _unsigned_32),
    _UNSIGNED_64: _unsigned_64,
    OCTETS: _same,
    _OPAQUE: opaque,
    _ADDRESS: _address,
    OBJECT_ID: _object_id,
}


@lru_cache(_MOST_OIDS)
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


def encoded(tag: int, content: bytes) -> bytes:
    """An element of this content."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def encoded_int(value: int) -> bytes:
    """A signed number as an element."""
    return encoded(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def _encoded_oid(oid: Oid) -> bytes:
    octets = bytearray()
    for arc in (oid[0] * 40 + oid[1], *oid[2:]):
        sevens = [arc & 0x7F]
        while arc := arc >> 7:
            sevens.append(arc & 0x7F | 0x80)
        octets += bytes(reversed(sevens))
    return encoded(OBJECT_ID, bytes(octets))

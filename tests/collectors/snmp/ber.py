"""Just enough BER to answer SNMP v1 and v2c, rightly or wrongly, byte by byte."""

from collections.abc import Sequence
from typing import NamedTuple

GET, NEXT, RESPONSE, BULK, REPORT = 0xA0, 0xA1, 0xA2, 0xA5, 0xA8
NO_SUCH_OBJECT, END_OF_MIB = b"\x80\x00", b"\x82\x00"

Oid = tuple[int, ...]
Pair = tuple[Oid, bytes]


class Request(NamedTuple):
    """A request as it came. `repeat` is max-repetitions of a GETBULK."""

    version: int
    community: bytes
    kind: int
    id: int
    repeat: int
    oids: list[Oid]


def tlv(tag: int, body: bytes) -> bytes:
    size = len(body)
    if size < 0x80:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def integer(value: int, tag: int = 0x02) -> bytes:
    return tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def octets(value: bytes) -> bytes:
    return tlv(0x04, value)


def oid(arcs: Oid) -> bytes:
    body = b"".join(_arc(arc) for arc in (arcs[0] * 40 + arcs[1], *arcs[2:]))
    return tlv(0x06, body)


def _arc(arc: int) -> bytes:
    out = [arc & 0x7F]
    while arc := arc >> 7:
        out.append(arc & 0x7F | 0x80)
    return bytes(reversed(out))


def response(
    request: Request, pairs: Sequence[Pair], *, status: int = 0, index: int = 0, shift: int = 0
) -> bytes:
    """A whole reply datagram; `shift` is added to the request id."""
    varbinds = b"".join(tlv(0x30, oid(arcs) + value) for arcs, value in pairs)
    head = integer(request.id + shift) + integer(status) + integer(index)
    pdu = tlv(RESPONSE, head + tlv(0x30, varbinds))
    return tlv(0x30, integer(request.version) + octets(request.community) + pdu)


def read_request(datagram: bytes) -> Request:
    (_, whole), *_ = _parts(datagram)
    (_, version), (_, community), (kind, pdu) = _parts(whole)
    (_, request_id), _, (_, third), (_, varbinds) = _parts(pdu)
    oids = [_read_oid(_parts(varbind)[0][1]) for _, varbind in _parts(varbinds)]
    return Request(
        int.from_bytes(version, "big"),
        community,
        kind,
        int.from_bytes(request_id, "big"),
        int.from_bytes(third, "big"),
        oids,
    )


def _parts(body: bytes) -> list[tuple[int, bytes]]:
    parts, at = [], 0
    while at < len(body):
        tag, size, at = body[at], body[at + 1], at + 2
        if size & 0x80:
            more = size & 0x7F
            size, at = int.from_bytes(body[at : at + more], "big"), at + more
        parts.append((tag, body[at : at + size]))
        at += size
    return parts


def _read_oid(body: bytes) -> Oid:
    arcs, arc = [body[0] // 40, body[0] % 40], 0
    for octet in body[1:]:
        arc = arc << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    return tuple(arcs)

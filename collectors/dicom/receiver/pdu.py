"""Protocol data units of the DICOM upper layer (PS3.8 chapter 9), as bytes. Pure."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

ASSOCIATE_RQ, ASSOCIATE_AC, ASSOCIATE_RJ, DATA, RELEASE_RQ, RELEASE_RP, ABORT = range(1, 8)
HEADER_BYTES = 6
MOST_BYTES = 131_072  # of a PDU that we take; the peer is told so
_LONGEST_REQUEST = 1 << 18  # bytes of an A-ASSOCIATE-RQ; one with 128 contexts has some 60 kB

_APPLICATION_CONTEXT = "1.2.840.10008.3.1.1.1"
_IMPLEMENTATION_UID = "2.25.217543215478325"
_CONTEXT_RQ, _CONTEXT_AC, _ABSTRACT, _TRANSFER = 0x20, 0x21, 0x30, 0x40
_APPLICATION, _USER, _MOST_LENGTH, _IMPLEMENTATION = 0x10, 0x50, 0x51, 0x52

ACCEPTED, NO_ABSTRACT_SYNTAX, NO_TRANSFER_SYNTAX = 0, 3, 4


class PduError(Exception):
    """Bytes that are no PDU; the text names none of them."""


class Rejection(NamedTuple):
    """Result, source and reason of an A-ASSOCIATE-RJ (PS3.8 table 9-21)."""

    result: int
    source: int
    reason: int


UNKNOWN_CALLED = Rejection(1, 1, 7)
UNKNOWN_CALLING = Rejection(1, 1, 3)
TOO_MANY = Rejection(2, 3, 2)  # for now


class OfferedContext(NamedTuple):
    """A presentation context as a peer offers it."""

    id: int
    abstract_syntax: str
    transfer_syntaxes: tuple[str, ...]


class AssociateRequest(NamedTuple):
    """What a peer asks for."""

    called: str
    calling: str
    contexts: tuple[OfferedContext, ...]
    most_bytes: int  # of a PDU that it takes; 0: any


class ContextResult(NamedTuple):
    """What a context was answered with."""

    id: int
    result: int
    transfer_syntax: str


class Fragment(NamedTuple):
    """A presentation data value: a part of a command or of a dataset."""

    context: int
    is_command: bool
    is_last: bool
    data: memoryview


def read_header(header: bytes) -> tuple[int, int]:
    """Type and length of a PDU. PduError if it is none, or longer than we take."""
    kind, _, length = struct.unpack(">BBI", header)
    if not ASSOCIATE_RQ <= kind <= ABORT:
        raise PduError("not DICOM")
    if length > (_LONGEST_REQUEST if kind == ASSOCIATE_RQ else MOST_BYTES):
        raise PduError("a PDU longer than agreed")
    return kind, length


def read_request(body: bytes) -> AssociateRequest:
    """An A-ASSOCIATE-RQ without its header."""
    if len(body) < 68:
        raise PduError("an association request that is too short")
    contexts: list[OfferedContext] = []
    most_bytes = 0
    for kind, content in _parts(body[68:]):
        if kind == _CONTEXT_RQ:
            contexts.append(_offered(content))
        elif kind == _USER:
            for part, value in _parts(content):
                if part == _MOST_LENGTH and len(value) == 4:
                    (most_bytes,) = struct.unpack(">I", value)
    return AssociateRequest(_title(body[4:20]), _title(body[20:36]), tuple(contexts), most_bytes)


def _offered(content: bytes) -> OfferedContext:
    if len(content) < 4:
        raise PduError("a presentation context that is too short")
    parts = list(_parts(content[4:]))
    abstract = next((_uid(value) for kind, value in parts if kind == _ABSTRACT), "")
    transfers = tuple(_uid(value) for kind, value in parts if kind == _TRANSFER)
    return OfferedContext(content[0], abstract, transfers)


def _parts(content: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + 4 <= len(content):
        kind, _, length = struct.unpack_from(">BBH", content, position)
        position += 4
        if position + length > len(content):
            raise PduError("an item ends behind its PDU")
        yield kind, content[position : position + length]
        position += length


def _title(raw: bytes) -> str:
    return raw.decode("ascii", "replace").strip(" \0")


def _uid(raw: bytes) -> str:
    return raw.decode("ascii", "replace").strip(" \0")


def associate_accept(request: AssociateRequest, results: list[ContextResult]) -> bytes:
    """An A-ASSOCIATE-AC."""
    contexts = [
        _part(
            _CONTEXT_AC,
            bytes((result.id, 0, result.result, 0))
            + _part(_TRANSFER, result.transfer_syntax.encode()),
        )
        for result in results
    ]
    user = _part(_MOST_LENGTH, struct.pack(">I", MOST_BYTES)) + _part(
        _IMPLEMENTATION, _IMPLEMENTATION_UID.encode()
    )
    titles = request.called.encode("ascii", "replace").ljust(16)[:16]
    titles += request.calling.encode("ascii", "replace").ljust(16)[:16]
    items = [_part(_APPLICATION, _APPLICATION_CONTEXT.encode()), *contexts, _part(_USER, user)]
    return _pdu(ASSOCIATE_AC, struct.pack(">HH", 1, 0) + titles + bytes(32) + b"".join(items))


def associate_reject(rejection: Rejection) -> bytes:
    """An A-ASSOCIATE-RJ."""
    return _pdu(ASSOCIATE_RJ, bytes((0, *rejection)))


def release_response() -> bytes:
    """An A-RELEASE-RP."""
    return _pdu(RELEASE_RP, bytes(4))


def abort() -> bytes:
    """An A-ABORT of the service provider, without a reason: it may not be understood anyway."""
    return _pdu(ABORT, bytes((0, 0, 2, 0)))


def read_fragments(body: bytes) -> Iterator[Fragment]:
    """The presentation data values of a P-DATA-TF."""
    view = memoryview(body)
    position = 0
    while position < len(view):
        if position + 6 > len(view):
            raise PduError("a P-DATA that is too short")
        length, context, control = struct.unpack_from(">IBB", view, position)
        end = position + 4 + length
        if length < 2 or end > len(view):
            raise PduError("a value ends behind its P-DATA")
        yield Fragment(context, bool(control & 1), bool(control & 2), view[position + 6 : end])
        position = end


def data(context: int, command: bytes) -> bytes:
    """A P-DATA-TF with a whole command; those of ours are shorter than any peer's limit."""
    return _pdu(DATA, struct.pack(">IBB", len(command) + 2, context, 3) + command)


def _pdu(kind: int, body: bytes) -> bytes:
    return struct.pack(">BBI", kind, 0, len(body)) + body


def _part(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBH", kind, 0, len(content)) + content

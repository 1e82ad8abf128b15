"""DIMSE commands: what a peer wants done with a dataset, and what it is answered (PS3.7 annex E). Pure."""

import struct
from typing import NamedTuple

C_STORE, C_ECHO, N_SET, N_CREATE, C_CANCEL = 0x0001, 0x0030, 0x0120, 0x0140, 0x0FFF
_RESPONSE = 0x8000
_NO_DATASET = 0x0101
UNRECOGNISED = 0x0211

_CLASS, _REQUESTED_CLASS, _FIELD, _MESSAGE_ID, _RESPONDED_ID = (
    0x0002,
    0x0003,
    0x0100,
    0x0110,
    0x0120,
)
_DATASET_TYPE, _STATUS, _COMMENT, _INSTANCE, _REQUESTED_INSTANCE = (
    0x0800,
    0x0900,
    0x0902,
    0x1000,
    0x1001,
)
_LONGEST_COMMENT = 64  # characters, as LO has


class CommandError(Exception):
    """Bytes that are no command."""


class Command(NamedTuple):
    """A request of a peer."""

    field: int
    message_id: int
    sop_class: str
    instance: str
    has_dataset: bool


class Outcome(NamedTuple):
    """What a request is answered with: a status, and a word on it for whoever looks at the peer's log."""

    status: int
    comment: str = ""
    instance: str = ""  # the UID that was given to what was created without one


def read_command(raw: bytes | bytearray) -> Command:
    """A command set: Implicit VR Little Endian, all of it of group 0000."""
    values: dict[int, bytes] = {}
    position = 0
    while position + 8 <= len(raw):
        group, element, length = struct.unpack_from("<HHI", raw, position)
        position += 8
        if group != 0 or position + length > len(raw):
            raise CommandError
        values[element] = bytes(raw[position : position + length])
        position += length
    return Command(
        _short(values, _FIELD),
        _short(values, _MESSAGE_ID),
        _text(values, _CLASS) or _text(values, _REQUESTED_CLASS),
        _text(values, _INSTANCE) or _text(values, _REQUESTED_INSTANCE),
        _short(values, _DATASET_TYPE) != _NO_DATASET,
    )


def _short(values: dict[int, bytes], element: int) -> int:
    raw = values.get(element, b"")
    if len(raw) != 2:
        raise CommandError
    return int.from_bytes(raw, "little")


def _text(values: dict[int, bytes], element: int) -> str:
    return values.get(element, b"").decode("ascii", "replace").strip(" \0")


def response(command: Command, outcome: Outcome) -> bytes:
    """The command set of an answer."""
    elements = [
        (_CLASS, _padded(command.sop_class, b"\0")),
        (_FIELD, struct.pack("<H", command.field | _RESPONSE)),
        (_RESPONDED_ID, struct.pack("<H", command.message_id)),
        (_DATASET_TYPE, struct.pack("<H", _NO_DATASET)),
        (_STATUS, struct.pack("<H", outcome.status)),
    ]
    if outcome.comment and outcome.status:
        elements.append((_COMMENT, _padded(outcome.comment[:_LONGEST_COMMENT], b" ")))
    instance = command.instance or outcome.instance
    if instance and command.field != C_ECHO:
        elements.append((_INSTANCE, _padded(instance, b"\0")))
    body = b"".join(
        struct.pack("<HHI", 0, element, len(value)) + value for element, value in elements
    )
    return struct.pack("<HHII", 0, 0, 4, len(body)) + body


def _padded(text: str, padding: bytes) -> bytes:
    raw = text.encode("ascii", "replace")
    return raw + padding if len(raw) % 2 else raw

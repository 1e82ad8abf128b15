"""The upper layer by hand, for what no library would send."""

import socket
import struct

from tests.support.dicom_objects import CT, EXPLICIT


def connected(port: int, sop_class: str = CT) -> socket.socket:
    """A line with an association for one class, context 1."""
    line = socket.create_connection(("127.0.0.1", port), timeout=60)
    line.sendall(request(sop_class))
    assert line.recv(4096)[0] == 2
    return line


def stored(line: socket.socket, data: bytes, sop_class: str = CT) -> bool:
    """Was the object answered with success? False if the line ended before."""
    try:
        line.sendall(store_command(sop_class) + fragment(data, 2))
        return SUCCESS in line.recv(4096)
    except OSError:
        return False


# (0000,0900) of 2 bytes: 0000
SUCCESS = b"\x00\x00\x00\x09\x02\x00\x00\x00\x00\x00"


def part(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBH", kind, 0, len(content)) + content


def unit(kind: int, body: bytes) -> bytes:
    return struct.pack(">BBI", kind, 0, len(body)) + body


def request(sop_class: str = CT) -> bytes:
    """An A-ASSOCIATE-RQ for one context of id 1."""
    context = bytes((1, 0, 0, 0)) + part(0x30, sop_class.encode()) + part(0x40, EXPLICIT.encode())
    user = part(0x51, struct.pack(">I", 16384)) + part(0x52, b"1.2.3")
    titles = b"SCANWARD".ljust(16) + b"CT1".ljust(16)
    items = part(0x10, b"1.2.840.10008.3.1.1.1") + part(0x20, context) + part(0x50, user)
    return unit(1, struct.pack(">HH", 1, 0) + titles + bytes(32) + items)


def store_command(sop_class: str = CT) -> bytes:
    """A P-DATA-TF with a C-STORE-RQ."""
    values = (
        (0x0002, sop_class.encode() + b"\0" * (len(sop_class) % 2)),
        (0x0100, struct.pack("<H", 1)),
        (0x0110, struct.pack("<H", 7)),
        (0x0800, struct.pack("<H", 0)),
        (0x1000, b"1.2.3\0"),
    )
    command = b"".join(struct.pack("<HHI", 0, e, len(v)) + v for e, v in values)
    return unit(4, struct.pack(">IBB", len(command) + 2, 1, 3) + command)


def fragment(content: bytes, control: int) -> bytes:
    return unit(4, struct.pack(">IBB", len(content) + 2, 1, control) + content)

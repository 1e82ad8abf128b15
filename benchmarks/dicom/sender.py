"""Sends made objects as fast as they are taken: raw associations, so that no library of a sender is measured."""

import socket
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pydicom.dataset import Dataset

from tests.support.dicom_objects import (
    CT,
    DOSE_SR,
    DX,
    EXPLICIT,
    MR,
    CtEvent,
    ct_report,
    ct_slice,
    encoded,
    mr_image,
    x_ray_image,
)

CLASSES = (DOSE_SR, CT, MR, DX)
REPORT_EVENTS = 4  # scout, two spirals and a repeat: a common examination
_PIXELS = 512 * 512 * 2  # bytes of a slice, where pixels are sent
_FRAGMENT = 16_000
# UIDs that each object gets anew, of the same length, so that a dataset is encoded once.
_STUDY, _SERIES, _INSTANCE, _EVENT = (f"1.2.826.0.1.{n}.1000000000" for n in range(1, 5))


class Template(NamedTuple):
    """An object to be sent many times under other UIDs."""

    sop_class: str
    data: bytes


def templates(*, with_pixels: bool) -> list[Template]:
    """One report to nineteen images: a CT's examination with few slices."""
    report = ct_report([CtEvent(f"{_EVENT}{n}") for n in range(REPORT_EVENTS)])
    images = [ct_slice(1.0), ct_slice(2.0), mr_image(), x_ray_image()]
    named = [*(images * 5)[:19], report]
    return [_template(each, with_pixels=with_pixels) for each in named]


def _template(dataset: Dataset, *, with_pixels: bool) -> Template:
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = _STUDY, _SERIES
    dataset.SOPInstanceUID = _INSTANCE
    is_image = dataset.Modality != "SR"
    if is_image and with_pixels:
        dataset.PixelData = bytes(_PIXELS)
        dataset["PixelData"].VR = "OW"
    return Template(str(dataset.SOPClassUID), encoded(dataset))


def send_all(
    port: int, called: str, shapes: Sequence[Template], count: int, associations: int, first: int
) -> float:
    """Send `count` objects, numbered from `first`; seconds that it took."""
    failures: list[BaseException] = []

    def work(start: int) -> None:
        try:
            _send(port, called, shapes, range(first + start, first + count, associations))
        except BaseException as error:  # noqa: BLE001  whatever it was, the figure is worth nothing
            failures.append(error)

    began = time.monotonic()
    threads = [threading.Thread(target=work, args=(n,)) for n in range(associations)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return time.monotonic() - began


def _send(port: int, called: str, shapes: Sequence[Template], numbers: range) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(_request(called))
        kind, _ = _received(line)
        assert kind == 2, "the association was not accepted"
        for number in numbers:
            shape = shapes[number % len(shapes)]
            line.sendall(b"".join(_message(shape, number)))
            _, body = _received(line)
            status = body[body.rindex(b"\x00\x00\x00\x09\x02\x00\x00\x00") + 8 :][:2]
            assert status == b"\0\0", f"object {number} was answered with {status.hex()}"
        line.sendall(_pdu(5, bytes(4)))
        _received(line)


def _message(shape: Template, number: int) -> Iterator[bytes]:
    instance = f"1{number:09d}"
    data = shape.data.replace(b".3.1000000000", f".3.{instance}".encode())
    data = data.replace(b".4.1000000000", f".4.{instance}".encode())
    for level, each in ((b".1.", 20), (b".2.", 10)):
        unit = f"1{number // each:09d}".encode()
        data = data.replace(b"0.1" + level + b"1000000000", b"0.1" + level + unit)
    uid = shape.sop_class.encode()
    values = (
        (0x0002, uid + b"\0" * (len(uid) % 2)),
        (0x0100, struct.pack("<H", 1)),
        (0x0110, struct.pack("<H", number & 0xFFFF)),
        (0x0700, struct.pack("<H", 0)),
        (0x0800, struct.pack("<H", 0)),
        (0x1000, f"1.2.826.0.1.3.{instance}".encode()),
    )
    elements = b"".join(struct.pack("<HHI", 0, tag, len(raw)) + raw for tag, raw in values)
    command = struct.pack("<HHII", 0, 0, 4, len(elements)) + elements
    context = 1 + 2 * CLASSES.index(shape.sop_class)
    yield _fragment(context, command, 3)
    for start in range(0, len(data), _FRAGMENT):
        part = data[start : start + _FRAGMENT]
        yield _fragment(context, part, 2 if start + _FRAGMENT >= len(data) else 0)


def _fragment(context: int, content: bytes, control: int) -> bytes:
    return _pdu(4, struct.pack(">IBB", len(content) + 2, context, control) + content)


def _request(called: str) -> bytes:
    contexts = b"".join(
        _part(
            0x20,
            bytes((1 + 2 * n, 0, 0, 0))
            + _part(0x30, sop_class.encode())
            + _part(0x40, EXPLICIT.encode()),
        )
        for n, sop_class in enumerate(CLASSES)
    )
    user = _part(0x51, struct.pack(">I", 16384)) + _part(0x52, b"1.2.826.0.1.9")
    titles = called.encode().ljust(16) + b"CT1".ljust(16)
    items = _part(0x10, b"1.2.840.10008.3.1.1.1") + contexts + _part(0x50, user)
    return _pdu(1, struct.pack(">HH", 1, 0) + titles + bytes(32) + items)


def _received(line: socket.socket) -> tuple[int, bytes]:
    kind, _, length = struct.unpack(">BBI", _exactly(line, 6))
    return kind, _exactly(line, length)


def _exactly(line: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = line.recv(count - len(data))
        assert part, "the receiver has closed the line"
        data += part
    return data


def _pdu(kind: int, body: bytes) -> bytes:
    return struct.pack(">BBI", kind, 0, len(body)) + body


def _part(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBH", kind, 0, len(content)) + content

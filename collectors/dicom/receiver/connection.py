"""One association of a peer that sends, from its request to its end (PS3.8 chapter 7 and 9).

Not pynetdicom's: that runs two threads for each association that look for work a thousand times a second,
holds images whole, and takes 3 ms of processor for each object. Here a waiting peer costs nothing.
"""

import asyncio
import contextlib
import logging
import socket
import traceback
from collections.abc import Iterable
from typing import NamedTuple, Protocol, SupportsIndex

from collectors.dicom.receiver import pdu
from collectors.dicom.receiver.command import (
    C_CANCEL,
    Command,
    CommandError,
    Outcome,
    read_command,
    response,
)
from collectors.dicom.receiver.incoming import IncomingDataset
from collectors.dicom.receiver.services import answer_contexts

log = logging.getLogger(__name__)

_PROCESSING_FAILURE = 0x0110
REQUEST_WITHIN_S = 30.0  # the ARTIM timer of PS3.8 9.1.5
NEXT_WITHIN_S = 600.0  # a scanner may keep an association open from one image to the next
REST_WITHIN_S = 60.0  # of a PDU that has begun, and until the next of a message
_MOST_COMMAND = 16 << 10  # bytes


class PeerTitles(NamedTuple):
    """How a peer calls itself and us."""

    calling: str
    called: str


class SendingPeers(Protocol):
    """What is done for a peer."""

    def rejection(self, titles: PeerTitles) -> pdu.Rejection | None:
        """Why it may not connect."""

    def incoming(self, transfer_syntax: str) -> IncomingDataset:
        """Where a dataset is put."""

    async def perform(
        self, command: Command, dataset: IncomingDataset | None, titles: PeerTitles
    ) -> Outcome:
        """What it asks for."""


class _Brief:
    """A message as far as it has come."""

    def __init__(self) -> None:
        self.context = 0
        self.raw_command = bytearray()
        self.command: Command | None = None
        self.dataset: IncomingDataset | None = None


class PromptReader(asyncio.StreamReader):
    """Acknowledges at once what has come: a peer that sends a command and its dataset apart waits for
    that (Nagle), 40 ms twice for each object; dcmtk does, and what is built on it.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self._socket: socket.socket | None = None

    def set_transport(self, transport: asyncio.BaseTransport) -> None:
        self._socket = transport.get_extra_info("socket")
        super().set_transport(transport)

    def feed_data(self, data: Iterable[SupportsIndex]) -> None:
        if self._socket is not None and hasattr(socket, "TCP_QUICKACK"):
            with contextlib.suppress(OSError):  # the connection may be gone
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        super().feed_data(data)


class PeerConnection:
    """A connection that has been accepted."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, service: SendingPeers
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._service = service
        self._syntaxes: dict[int, str] = {}
        self._titles = PeerTitles("", "")
        self._brief = _Brief()

    async def run(self) -> None:
        """Serve it until it ends, breaks off or makes no sense."""
        try:
            if await self._negotiated():
                while await self._served():
                    pass
        except (pdu.PduError, CommandError, TimeoutError):
            with contextlib.suppress(OSError):
                self._writer.write(pdu.abort())
        except (OSError, asyncio.IncompleteReadError):
            pass  # it has broken off: what it had not finished never was
        finally:
            self._brief = _Brief()
            self._writer.close()

    async def _negotiated(self) -> bool:
        kind, body = await self._pdu(REQUEST_WITHIN_S)
        if kind != pdu.ASSOCIATE_RQ:
            raise pdu.PduError("no association was asked for")
        request = pdu.read_request(body)
        self._titles = PeerTitles(request.calling, request.called)
        rejection = self._service.rejection(self._titles)
        if rejection is not None:
            await self._send(pdu.associate_reject(rejection))
            return False
        results = answer_contexts(request.contexts)
        self._syntaxes = {
            result.id: result.transfer_syntax for result in results if result.result == pdu.ACCEPTED
        }
        await self._send(pdu.associate_accept(request, results))
        return True

    async def _served(self) -> bool:
        """One PDU; False if it was the last."""
        is_amid = bool(self._brief.raw_command)
        kind, body = await self._pdu(REST_WITHIN_S if is_amid else NEXT_WITHIN_S)
        if kind == pdu.DATA:
            for fragment in pdu.read_fragments(body):
                await self._add(fragment)
            return True
        if kind == pdu.RELEASE_RQ:
            await self._send(pdu.release_response())
        elif kind != pdu.ABORT:
            raise pdu.PduError("a PDU out of turn")
        return False

    async def _add(self, fragment: pdu.Fragment) -> None:
        brief = self._brief
        if fragment.context not in self._syntaxes:
            raise pdu.PduError("a context that was not accepted")
        if fragment.is_command:
            brief.raw_command += fragment.data
            if brief.command is not None or len(brief.raw_command) > _MOST_COMMAND:
                raise pdu.PduError("a command within another")
            if not fragment.is_last:
                return
            brief.context = fragment.context
            brief.command = read_command(brief.raw_command)
            if brief.command.has_dataset:
                brief.dataset = self._service.incoming(self._syntaxes[fragment.context])
                return
        else:
            if brief.dataset is None or fragment.context != brief.context:
                raise pdu.PduError("a dataset without a command")
            brief.dataset.add(fragment.data)
            if not fragment.is_last:
                return
        await self._perform()

    async def _perform(self) -> None:
        brief, self._brief = self._brief, _Brief()
        assert brief.command is not None
        if brief.command.field == C_CANCEL:
            return  # nothing here takes long enough
        try:
            outcome = await self._service.perform(brief.command, brief.dataset, self._titles)
        except Exception as error:  # noqa: BLE001  a fault of ours; its words may hold a patient's name
            place = traceback.extract_tb(error.__traceback__)[-1]
            kind = type(error).__name__
            log.error("a fault of ours: %s in %s:%s", kind, place.filename, place.lineno)
            outcome = Outcome(_PROCESSING_FAILURE)
        await self._send(pdu.data(brief.context, response(brief.command, outcome)))

    async def _pdu(self, within_s: float) -> tuple[int, bytes]:
        async with asyncio.timeout(within_s):
            header = await self._reader.readexactly(pdu.HEADER_BYTES)
        kind, length = pdu.read_header(header)
        async with asyncio.timeout(REST_WITHIN_S):
            return kind, await self._reader.readexactly(length)

    async def _send(self, data: bytes) -> None:
        self._writer.write(data)
        async with asyncio.timeout(REST_WITHIN_S):
            await self._writer.drain()

"""One TCP connection under pynetdicom that keeps what happened to it, has an end to every wait, and can be cut.

pynetdicom logs why a connection failed and forgets it, waits without end for the rest of a message, reads as
many bytes as a length says, and asks select(), which knows no file above number 1023. On a busy machine its
own thread takes an answer away from who waits for it.
"""

import errno
import select
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Literal

from pynetdicom.ae import ApplicationEntity
from pynetdicom.association import Association
from pynetdicom.dimse import DIMSEServiceProvider
from pynetdicom.fsm import StateMachine
from pynetdicom.pdu_primitives import A_P_ABORT
from pynetdicom.transport import T_CONNECT, AddressInformation, AssociationSocket

LARGEST_PDU = 1 << 20  # bytes; we ask for 16 KB, and an acceptance of 128 contexts has some 10 KB
_HEADER = 6  # bytes before a PDU's body
_ACCEPT, _REJECT, _ABORT = 2, 3, 7  # types of PDU (PS3.8 9.3)
_KNOWN_TYPES = range(1, 8)

Stage = Literal["connect", "tls", "talk"]


@dataclass
class Line:
    """What is known of one connection. `cut` may be called by any thread, at any time."""

    stage: Stage = "connect"
    began_at: float = 0.0  # of time.monotonic(): the call, after the look-up of the name
    error: OSError | None = None  # the first one
    beginning: bytes = b""  # of all that came
    is_accepted: bool = False  # the association was
    rejection: tuple[int, int, int] | None = None  # result, source, reason
    abort: tuple[int, int] | None = None  # source, reason
    is_closed: bool = False  # by the peer
    is_cut: bool = False
    _socket: socket.socket | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_silent(self) -> bool:
        """The connection was taken, and nothing came."""
        is_ended = self.is_closed or self.error is not None
        return self.stage == "talk" and not self.beginning and not is_ended

    def hold(self, connection: socket.socket) -> None:
        """The connection is this one. OSError if the line was cut meanwhile."""
        with self._lock:
            self._socket = connection
            if self.is_cut:
                raise ConnectionAbortedError(errno.ECONNABORTED, "cut")

    def cut(self) -> None:
        """End it: whoever waits for it, waits no longer."""
        with self._lock:
            self.is_cut = True
            if self._socket is not None:
                hang_up(self._socket)

    def note_pdu(self, header: bytes, body: bytes) -> None:
        """What the peer answered: its refusals are read from the wire, also those that no standard has."""
        if header[0] == _ACCEPT:
            self.is_accepted = True
        elif header[0] == _REJECT and len(body) >= 4:
            self.rejection = (body[1], body[2], body[3])
        elif header[0] == _ABORT and len(body) >= 4:
            self.abort = (body[2], body[3])


def hang_up(connection: socket.socket) -> None:
    """Both directions; its reader wakes up."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it was never connected, or no longer is


def _acknowledge_at_once(connection: socket.socket) -> None:
    """A peer that sends a command and its dataset apart waits for us in between, 40 ms each time."""
    if hasattr(socket, "TCP_QUICKACK"):  # of Linux, and not for long: it is set anew for each part
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


class LineSocket(AssociationSocket):
    """The connection as pynetdicom uses it."""

    def __init__(
        self, association: Association, address: AddressInformation, line: Line, timeout_s: float
    ) -> None:
        super().__init__(association, address=address)
        self._line = line
        self._timeout_s = timeout_s
        self._header = b""

    def connect(self, primitive: T_CONNECT) -> None:
        """Connect and, where it is so set, agree on TLS, each within the time-out."""
        primitive.result = "Evt17"  # not connected, of pynetdicom's state machine
        try:
            self._connect(primitive.address_info)
            primitive.result = "Evt2"
        except OSError as error:
            self._line.error = error
            self._shutdown_socket()
            self.socket = None
        finally:
            self.provider_queue.put(primitive)
            self._ready.set()

    def _connect(self, address: AddressInformation) -> None:
        assert self.socket is not None
        self._line.began_at = time.monotonic()
        self._line.hold(self.socket)
        self.socket.settimeout(self._timeout_s)
        self.socket.connect(address.as_tuple)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls_args:
            self._line.stage = "tls"
            context, name = self.tls_args
            # Its handshake is a step of its own, so that a failure leaves a socket to be closed.
            self.socket = context.wrap_socket(
                self.socket, server_hostname=name, do_handshake_on_connect=False
            )
            self._line.hold(self.socket)
            self.socket.do_handshake()
        self._line.stage = "talk"
        own_address = AddressInformation.from_tuple(self.socket.getsockname())
        self.assoc.requestor.address_info = own_address  # codespell:ignore
        self._is_connected = True

    @property
    def ready(self) -> bool:
        """Can something be read, or has the peer gone?"""
        connection = self.socket
        if connection is None or not self._is_connected:
            return False
        try:
            poll = select.poll()
            poll.register(connection, select.POLLIN)
            is_ready = bool(poll.poll(0))
        except (OSError, ValueError):
            self.event_queue.put("Evt17")
            return False
        return is_ready or (isinstance(connection, ssl.SSLSocket) and connection.pending() > 0)

    def recv(self, nr_bytes: int) -> bytearray:
        """Exactly so many bytes, fewer if the peer closed. OSError if they do not come in time."""
        try:
            received = self._received(nr_bytes)
        except OSError as error:
            self._line.error = self._line.error or error
            raise
        if len(received) < nr_bytes:
            self._line.is_closed = True
        elif self._header:
            self._line.note_pdu(self._header, bytes(received))
            self._header = b""
        elif received[0] in _KNOWN_TYPES:
            self._header = bytes(received)
        return received

    def _received(self, count: int) -> bytearray:
        connection = self.socket
        if connection is None:
            raise ConnectionAbortedError(errno.ECONNABORTED, "closed")
        if count > LARGEST_PDU:
            raise OSError(errno.EMSGSIZE, "a length beyond all reason")
        received, deadline = bytearray(), time.monotonic() + self._timeout_s
        while len(received) < count:
            connection.settimeout(max(deadline - time.monotonic(), 0.001))
            _acknowledge_at_once(connection)
            part = connection.recv(min(count - len(received), 65536))
            if len(self._line.beginning) < _HEADER:
                self._line.beginning += part
            if not part:
                break
            received += part
        return received

    def send(self, bytestream: bytes) -> None:
        """All of it, or the connection counts as closed."""
        if self.socket is not None:
            self.socket.settimeout(self._timeout_s)
            super().send(bytestream)

    def _shutdown_socket(self) -> None:
        """pynetdicom leaves a socket open that it cannot shut down."""
        connection = self.socket  # its own thread may drop it meanwhile
        if connection is not None:
            hang_up(connection)
            connection.close()


class _PatientMachine(StateMachine):
    """A state machine that takes nonsense from a peer for the end of the association, not of its thread."""

    def do_action(self, event: str) -> None:
        try:
            super().do_action(event)
        except Exception:  # noqa: BLE001  pynetdicom raises what its decoders do
            association = self.dul.assoc
            sock = self.dul.socket
            if sock is not None:
                sock._shutdown_socket()
            association.dimse.msg_queue.put((None, None))
            ended = A_P_ABORT()
            ended.provider_reason = 0
            self.dul.to_user_queue.put(ended)
            self.current_state = "Sta1"
            self.dul.kill_dul()


class AnswerQueue(DIMSEServiceProvider):
    """Messages of the peer, for nobody but who has asked.

    The thread of an association looks for requests of the peer, which none of ours serves, and pauses while we
    ask. It says so before it does: held up between the two, it takes the answer, a row or the last status, and
    who asked waits until the time-out (pynetdicom 3.0.4, Association._run_reactor).
    """

    def get_msg(self, block: bool = False) -> Any:
        """The next message, waited for; none for the thread, which does not wait."""
        return super().get_msg(block=True) if block else (None, None)


class LineEntity(ApplicationEntity):
    """An entity whose one association runs over a `Line`; nothing of it holds up the end of the process."""

    def __init__(self, calling: str, line: Line, timeout_s: float) -> None:
        super().__init__(calling)
        self._line = line
        self._timeout_s = timeout_s
        self.acse_timeout = self.dimse_timeout = self.connection_timeout = timeout_s
        self.network_timeout = None

    def _create_socket(
        self, assoc: Association, address: AddressInformation, tls_args: Any
    ) -> LineSocket:
        assoc.dul.daemon = True
        assoc.dimse = AnswerQueue(assoc)
        assoc.dul.state_machine = _PatientMachine(assoc.dul)
        sock = LineSocket(assoc, address, self._line, self._timeout_s)
        sock.tls_args = tls_args
        return sock

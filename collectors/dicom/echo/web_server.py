"""Whether a port that is silent to DICOM is a web server's, which waits for the end of what it takes for a request."""

import socket
import ssl

from collectors.dicom.common.peer import Peer
from collectors.dicom.common.tls import client_context
from core.errors import SourceError

_REQUEST = b"HEAD / HTTP/1.0\r\n\r\n"
_LONGEST_S = 2.0


def with_web_server(error: SourceError, peer: Peer) -> SourceError:
    """The error, or a better one. Only for the doctor: a DICOM node has no use for such a question."""
    try:
        if not _answers_http(peer):
            return error
    except (OSError, SourceError):
        return error
    text = f"at {peer.address} is a web server, not DICOM: check `port`"
    return SourceError(text, permanent=True)


def _answers_http(peer: Peer) -> bool:
    timeout_s = min(peer.timeout_s, _LONGEST_S)
    with socket.create_connection((peer.host, peer.port), timeout_s) as plain:
        if peer.tls is None:
            return _beginning(plain).startswith(b"HTTP")
        context: ssl.SSLContext = client_context(peer.tls)
        with context.wrap_socket(plain, server_hostname=peer.host) as secure:
            return _beginning(secure).startswith(b"HTTP")


def _beginning(connection: socket.socket) -> bytes:
    connection.sendall(_REQUEST)
    return connection.recv(4)

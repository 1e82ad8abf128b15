"""Why a DICOM peer could not be asked, in words that a person can act on. Pure."""

import errno
import socket
import ssl
from collections.abc import Mapping
from typing import Final, NamedTuple

from collectors.dicom.common.line import Line
from collectors.dicom.common.peer import Peer
from collectors.polling.load import OUR_OWN_LACK, OverloadedError
from core.errors import SourceError


class RejectionText(NamedTuple):
    """`text` may name `{peer}`, `{address}`, `{ae_title}`, `{calling}` and `{host}`; `permanent`: a person must act."""

    text: str
    permanent: bool = True


class DeclinedError(SourceError):
    """It answers by DICOM, and does not do what was wanted of it: it is too busy, or does not know how."""


# Source and reason of an A-ASSOCIATE-RJ, PS3.8 table 9-21.
REJECTIONS: Final[Mapping[tuple[int, int], RejectionText]] = {
    (1, 1): RejectionText(
        "{address} refuses the association and gives no reason: most often the AE title {calling!r} or this"
        " machine's address is not registered there, or {ae_title!r} is not its own AE title"
    ),
    (1, 2): RejectionText(
        "{address} refuses DICOM's application context: `port` belongs to another service of it"
    ),
    (1, 3): RejectionText(
        "{address} does not let the AE title {calling!r} in: register it there with this machine's"
        " address, or set `calling` to one that it knows"
    ),
    (1, 7): RejectionText(
        "{address} does not know the AE title {ae_title!r} as its own: check `ae_title`, in which small and"
        " capital letters differ"
    ),
    (2, 1): RejectionText(
        "{address} refuses the association and gives no reason (its network service does, not the program"
        " behind it): look at its own log"
    ),
    (2, 2): RejectionText("{address} speaks another version of DICOM's network protocol"),
    (3, 1): RejectionText("{address} is too busy to take another association", permanent=False),
    (3, 2): RejectionText("{address} has as many associations as it may", permanent=False),
}
_BUSY: Final = 3  # the source whose reasons are all of load
_TRANSIENT: Final = 2  # the result

_ABORT_REASONS: Final = {
    1: "it met a message that it does not know",
    2: "it met a message that it did not expect",
    4: "it met a parameter that it does not know",
    5: "it met a parameter that it did not expect",
    6: "it met a parameter of a wrong value",
}
_ABORTED_BY_SERVICE: Final = 2

# Of OpenSSL's X509_V_ERR_*: what a person sees of a certificate.
_CERTIFICATE: Final = {
    9: "is not valid yet: check this machine's clock",
    10: "has expired: have another made",
    18: "is signed by itself: set `tls.ca` to that certificate, or to its authority's",
    19: "is of an authority that is not in `tls.ca`",
    20: "is of an authority that is not in `tls.ca`",
    21: "is of an authority that is not in `tls.ca`",
    62: "is of another name than {host!r}: set `host` to the name in the certificate",
    64: "is of another address than {host!r}: set `host` to the name in the certificate",
}
_NO_TLS: Final = (
    "{address} does not speak TLS there: remove `tls`, or set `port` to the one that does"
)
_WANTS_CERTIFICATE: Final = (
    "{address} wants a certificate of ours: set `tls.certificate` and `tls.key`"
)
_OTHERS: Final = {  # what speaks, by how it begins
    b"HTTP": "a web server, not DICOM",
    b"<": "a web server, not DICOM",
    b"SSH-": "an SSH server, not DICOM",
    b"220": "a mail or FTP server, not DICOM",
    b"RFB": "a remote screen (VNC), not DICOM",
}
_TLS_ALERT: Final = b"\x15\x03"
_PDU_TYPES: Final = frozenset(range(1, 8))


def rejected(peer: Peer, result: int, source: int, reason: int) -> SourceError:
    """The peer answered A-ASSOCIATE-RJ."""
    known = REJECTIONS.get((source, reason))
    if source == _BUSY:
        known = known or REJECTIONS[3, 1]
    if known is None:
        text = "{address} refuses the association for a reason that DICOM does not know"
        known = RejectionText(f"{text} (source {source}, reason {reason})")
    error = DeclinedError if source == _BUSY or result == _TRANSIENT else SourceError
    return error(_filled(known.text, peer), permanent=known.permanent and result != _TRANSIENT)


def failed(peer: Peer, line: Line) -> SourceError:
    """Why no association came about, or one came to an early end."""
    if line.is_cut:
        return SourceError(f"{peer}: the question was given up")
    if line.rejection is not None:
        return rejected(peer, *line.rejection)
    if line.error is not None and line.error.errno in OUR_OWN_LACK:
        return OverloadedError(f"cannot ask {peer}: {line.error.strerror}")
    if line.stage == "connect":
        return _not_connected(peer, line.error)
    if line.stage == "tls":
        return _no_tls(peer, line.error)
    return _broken(peer, line)


def not_begun(peer: Peer, error: OSError | UnicodeError) -> SourceError:
    """The name could not be looked up, or no socket was to be had."""
    if isinstance(error, socket.gaierror):
        return SourceError(
            f"the name of the host {peer.host!r} is not known: check `host` and the name server",
        )
    if isinstance(error, OSError):
        return failed(peer, Line(error=error))
    return SourceError(f"{peer.host!r} is not the name of a host: check `host`", permanent=True)


def _not_connected(peer: Peer, error: OSError | None) -> SourceError:
    match error:
        case ConnectionRefusedError():
            text = "nothing listens on {address}: its DICOM service is off, or `port` is another"
        case TimeoutError():
            text = (
                "no answer from {address} in time: the machine is off, or a firewall stands between"
            )
        case OSError(errno=errno.EHOSTUNREACH | errno.ENETUNREACH):
            text = "no way leads to {address}: the machine is off, or the network between is"
        case OSError(strerror=str(reason)):
            text = f"{{address}} cannot be reached: {reason}"
        case _:
            text = "{address} cannot be reached"
    return SourceError(_filled(text, peer))


def _no_tls(peer: Peer, error: OSError | None) -> SourceError:
    match error:
        case ssl.SSLCertVerificationError():
            known = _CERTIFICATE.get(error.verify_code)
            known = known or f"is not accepted ({error.verify_message}): check `tls.ca`"
            return SourceError(
                _filled(f"the certificate of {{address}} {known}", peer), permanent=True
            )
        case TimeoutError():
            text = (
                "{address} gives no answer to TLS in time: most often it does not speak TLS there"
            )
            return SourceError(_filled(text, peer))
        case ssl.SSLError(reason=str(reason)) if "ALERT" in reason:
            return _alerted(peer, reason)
    return SourceError(_filled(_NO_TLS, peer), permanent=True)


def _alerted(peer: Peer, reason: str) -> SourceError:
    """The peer ended TLS with an alert; OpenSSL's name of it, `TLSV13_ALERT_CERTIFICATE_REQUIRED`."""
    if "CERTIFICATE_REQUIRED" in reason or "HANDSHAKE_FAILURE" in reason:
        return SourceError(_filled(_WANTS_CERTIFICATE, peer), permanent=True)
    if "CERTIFICATE" in reason or "UNKNOWN_CA" in reason:
        text = "{address} does not accept our certificate: register it or its authority there"
        return SourceError(_filled(text, peer), permanent=True)
    if "PROTOCOL_VERSION" in reason:
        text = "{address} speaks only a version of TLS that is no longer safe: have it renewed"
        return SourceError(_filled(text, peer), permanent=True)
    return SourceError(_filled(f"{{address}} ended TLS ({reason})", peer), permanent=True)


def _broken(peer: Peer, line: Line) -> SourceError:
    """Connected, but no association."""
    match line.error:
        case ssl.SSLError(reason=str(reason)) if "ALERT" in reason:
            return _alerted(peer, reason)
    if line.beginning and (line.beginning[0] not in _PDU_TYPES):
        return _not_dicom(peer, line.beginning)
    if line.abort is not None:
        source, code = line.abort
        why = _ABORT_REASONS.get(code) if source == _ABORTED_BY_SERVICE else None
        if line.is_accepted and why is None:
            text = "{peer} took the association and aborted it when it was used: most often {calling!r} is not registered there"
            return SourceError(_filled(text, peer))
        return SourceError(f"{peer} aborted the association" + (f": {why}" if why else ""))
    if isinstance(line.error, TimeoutError):
        return SourceError(f"{peer} fell silent in the middle of an answer")
    if line.error is not None and line.error.errno == errno.EMSGSIZE:
        return SourceError(f"{peer} speaks, but no DICOM: check `port`", permanent=True)
    if line.beginning and (line.is_closed or line.error is not None):
        return SourceError(f"{peer} closed the connection in the middle")
    if line.is_closed or line.error is not None:
        text = (
            "{address} closes the connection without a word: it does not let this machine's address in"
            + ("" if peer.tls else ", or it expects TLS")
        )
        return SourceError(_filled(text, peer))
    if line.beginning:
        return SourceError(f"{peer} gave no answer in time, though it took the association")
    text = "{address} takes the connection and gives no answer in time: it hangs, or `port` is not DICOM's"
    return SourceError(_filled(text, peer))


def _not_dicom(peer: Peer, beginning: bytes) -> SourceError:
    if beginning.startswith(_TLS_ALERT):
        return SourceError(
            _filled("{address} expects TLS: set `tls`", peer),
            permanent=True,
        )
    words = (text for start, text in _OTHERS.items() if beginning.startswith(start))
    what = next(words, "speaking, but no DICOM")
    text = f"at {{address}} is {what}: check `port`"
    return SourceError(_filled(text, peer), permanent=True)


def _filled(text: str, peer: Peer) -> str:
    return text.format(
        peer=peer,
        address=peer.address,
        ae_title=peer.ae_title,
        calling=peer.calling,
        host=peer.host,
    )

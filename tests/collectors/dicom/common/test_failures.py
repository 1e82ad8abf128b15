"""Every way in which a peer can fail us has words, and they say what a person can do."""

import errno
import socket
import ssl

import pytest
from pynetdicom.pdu import A_ASSOCIATE_RJ
from pynetdicom.pdu_primitives import A_ASSOCIATE

from collectors.dicom.common.failures import (
    REJECTIONS,
    DeclinedError,
    failed,
    not_started,
    rejected,
)
from collectors.dicom.common.line import Line
from collectors.dicom.common.peer import Peer
from collectors.polling.load import OverloadedError
from core.schema.dicom import DicomTls

PEER = Peer("192.0.2.7", 104, "CT1", "SCANWARD", 5.0)
SECURE = Peer("192.0.2.7", 2762, "CT1", "SCANWARD", 5.0, DicomTls())


def known_reasons() -> list[tuple[int, int]]:
    """Every source and reason that pynetdicom has a name for, the reserved ones left out."""
    known = []
    for source in (1, 2, 3):
        for reason in range(11):
            primitive = A_ASSOCIATE()
            primitive.result_source = source
            primitive.diagnostic = reason if reason in (1, 2, 3, 7) else None
            if primitive.diagnostic is None:
                continue
            if primitive.reason_str not in ("Reserved", "(no value available)"):
                known.append((source, reason))
    return known


def test_each_reason_that_dicom_knows_has_words_of_its_own() -> None:
    assert set(known_reasons()) == set(REJECTIONS)
    texts = {str(rejected(PEER, 1, source, reason)) for source, reason in REJECTIONS}
    assert len(texts) == len(REJECTIONS)


@pytest.mark.parametrize("result", [0, 1, 2, 3, 255])
@pytest.mark.parametrize("source", [0, 1, 2, 3, 4, 255])
def test_no_rejection_is_without_words_whatever_its_numbers(result: int, source: int) -> None:
    for reason in (*range(12), 255):
        error = rejected(PEER, result, source, reason)
        assert "192.0.2.7:104" in str(error)
        assert error.permanent == (result != 2 and source != 3)
        assert isinstance(error, DeclinedError) == (result == 2 or source == 3)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (1, "refuses the association and gives no reason"),
        (3, "does not let the AE title 'SCANWARD' in: register it there"),
        (7, "does not know the AE title 'CT1' as its own: check `ae_title`"),
    ],
)
def test_a_wrong_title_is_named_with_what_to_do(reason: int, words: str) -> None:
    error = rejected(PEER, 1, 1, reason)
    assert words in str(error)
    assert error.permanent


def test_a_rejection_is_read_from_the_wire_as_pynetdicom_reads_it() -> None:
    primitive = A_ASSOCIATE()
    primitive.result, primitive.result_source, primitive.diagnostic = 2, 3, 1
    wire = A_ASSOCIATE_RJ(primitive).encode()
    line = Line(stage="talk")
    line.note_pdu(wire[:6], wire[6:])
    assert line.rejection == (2, 3, 1)
    assert str(failed(PEER, line)) == "192.0.2.7:104 is too busy to take another association"


def alert(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, reason)
    error.reason = reason
    return error


def untrusted(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, "some words of OpenSSL"
    return error


@pytest.mark.parametrize(
    ("line", "words", "permanent"),
    [
        (Line(error=ConnectionRefusedError()), "nothing listens on", False),
        (Line(error=TimeoutError()), "no answer from 192.0.2.7:104 in time: the machine is", False),
        (Line(error=OSError(errno.EHOSTUNREACH, "x")), "no way leads to", False),
        (Line(error=OSError(errno.ENETUNREACH, "x")), "no way leads to", False),
        (Line(error=PermissionError(errno.EACCES, "not you")), "be reached: not you", False),
        (Line(), "192.0.2.7:104 cannot be reached", False),
        (Line("tls", error=untrusted(10)), "has expired", True),
        (Line("tls", error=untrusted(9)), "is not valid yet: check this machine's clock", True),
        (Line("tls", error=untrusted(18)), "is signed by itself", True),
        (Line("tls", error=untrusted(20)), "of an authority that is not in `tls.ca`", True),
        (Line("tls", error=untrusted(62)), "is of another name than '192.0.2.7'", True),
        (Line("tls", error=untrusted(64)), "is of another address than '192.0.2.7'", True),
        (Line("tls", error=untrusted(23)), "is not accepted (some words of OpenSSL)", True),
        (Line("tls", error=TimeoutError()), "gives no answer to TLS in time", False),
        (Line("tls", error=ConnectionResetError()), "does not speak TLS there", True),
        (Line("tls", error=ssl.SSLEOFError()), "does not speak TLS there", True),
        (Line("tls", error=alert("WRONG_VERSION_NUMBER")), "does not speak TLS there", True),
        (Line("tls", error=alert("TLSV1_ALERT_PROTOCOL_VERSION")), "no longer safe", True),
        (
            Line("talk", error=alert("TLSV13_ALERT_CERTIFICATE_REQUIRED")),
            "certificate of our",
            True,
        ),
        (
            Line("talk", error=alert("TLSV1_ALERT_UNKNOWN_CA")),
            "does not accept our certific",  # codespell:ignore
            True,
        ),
        (Line("talk", error=alert("TLSV1_ALERT_DECODE_ERROR")), "ended TLS (TLSV1_ALERT", True),
        (Line("talk", beginning=b"HTTP/1"), "is a web server, not DICOM", True),
        (Line("talk", beginning=b"<html>"), "is a web server, not DICOM", True),
        (Line("talk", beginning=b"SSH-2."), "is an SSH server, not DICOM", True),
        (Line("talk", beginning=b"220 ma"), "is a mail or FTP server, not DICOM", True),
        (Line("talk", beginning=b"\x15\x03\x01\x00\x02\x02"), "expects TLS: set `tls`", True),
        (Line("talk", beginning=b"\xff\xfe"), "speaking, but no DICOM", True),
        (Line("talk", beginning=b"\x07\0\0\0\0\4", abort=(2, 1)), "met a message that it", False),
        (Line("talk", beginning=b"\x07\0\0\0\0\4", abort=(0, 0)), "aborted the association", False),
        (Line("talk", is_closed=True), "without a word: it does not let this machine", False),
        (Line("talk", error=ConnectionResetError()), "closes the connection without a", False),
        (Line("talk", beginning=b"\x02\0", is_closed=True), "closed the connection in the", False),
        (Line("talk", beginning=b"\x02\0", error=TimeoutError()), "fell silent in the mid", False),
        (Line("talk", beginning=b"\x02\0\0\0\0\x10"), "gave no answer in time", False),
        (Line("talk"), "takes the connection and gives no answer in time", False),
        (Line("talk", error=OSError(errno.EMSGSIZE, "x")), "speaks, but no DICOM", True),
        (Line("talk", is_cut=True), "was given up", False),
    ],
)
def test_each_failure_of_a_connection_has_words(line: Line, words: str, permanent: bool) -> None:
    error = failed(PEER, line)
    assert words in str(error)
    assert error.permanent == permanent


def test_a_peer_that_closes_is_not_suspected_of_tls_where_tls_is_spoken() -> None:
    assert "TLS" in str(failed(PEER, Line("talk", is_closed=True)))
    assert "TLS" not in str(failed(SECURE, Line("talk", is_closed=True)))


@pytest.mark.parametrize("lack", [errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS])
def test_what_this_machine_lacks_is_no_fault_of_the_peer(lack: int) -> None:
    assert isinstance(failed(PEER, Line(error=OSError(lack, "none left"))), OverloadedError)
    assert isinstance(not_started(PEER, OSError(lack, "none left")), OverloadedError)


def test_a_name_that_nobody_knows_and_what_is_no_name() -> None:
    error = not_started(PEER, socket.gaierror(-2, "Name or service not known"))
    assert "the name of the host '192.0.2.7' is not known: check `host`" in str(error)
    assert not error.permanent
    assert not_started(PEER, UnicodeError("label too long")).permanent

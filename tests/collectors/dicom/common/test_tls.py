"""TLS with real peers: each fault of a setting or a certificate has words of its own."""

from pathlib import Path

import pytest

from core.schema.dicom import DicomTls
from tests.collectors.dicom.common.cast import peer, verified, why_not
from tests.support.certificates import Authority
from tests.support.dicom_peers import Setting, Storescp, orthanc_server, storescp_server
from tests.support.evil_peer import evil_peer, silent

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def test_tls_with_a_certificate_that_the_peer_wants_and_without(
    tmp_path: Path, authority: Authority
) -> None:
    theirs, ours = authority.certify(), authority.certify("scanward")
    words = ("+tls", str(theirs.key), str(theirs.certificate), "+cf", str(authority.ca))
    whole = DicomTls(ca=authority.ca, certificate=ours.certificate, key=ours.key)
    stranger = Authority(tmp_path / "else").certify("scanward")
    unknown = DicomTls(ca=authority.ca, certificate=stranger.certificate, key=stranger.key)
    with storescp_server(tmp_path, *words) as server:
        assert verified(peer(server.port, tls=whole)) > 0
        plain = why_not(peer(server.port, timeout_s=2.0))
        bare = why_not(peer(server.port, tls=DicomTls(ca=authority.ca)))
        refused = why_not(peer(server.port, tls=unknown))
        assert verified(peer(server.port, tls=whole)) > 0
    assert "expects TLS" in str(plain)
    assert "wants a certificate of ours" in str(bare)
    assert "does not accept our certificate" in str(refused)


@pytest.mark.parametrize(
    ("name", "days", "alone", "words"),
    [
        ("127.0.0.1", (-9, -2), False, "has expired"),
        ("127.0.0.1", (2, 9), False, "is not valid yet"),
        ("127.0.0.1", (-1, 1), True, "is signed by itself"),
        ("192.0.2.7", (-1, 1), False, "is of another address than '127.0.0.1'"),
    ],
)
def test_each_fault_of_a_certificate_has_its_own_words(
    tmp_path: Path, authority: Authority, name: str, days: tuple[int, int], alone: bool, words: str
) -> None:
    bad = authority.certify(name, days=days, alone=alone)
    options = ("+tls", str(bad.key), str(bad.certificate), "--ignore-peer-cert")
    with storescp_server(tmp_path, *options) as server:
        error = why_not(peer(server.port, tls=DicomTls(ca=authority.ca)))
    assert words in str(error)
    assert error.permanent


def test_a_certificate_of_another_authority_and_of_another_name(
    tmp_path: Path, authority: Authority
) -> None:
    pair = authority.certify("ct.example")
    other = Authority(tmp_path / "other")
    options = ("+tls", str(pair.key), str(pair.certificate), "--ignore-peer-cert")
    with storescp_server(tmp_path, *options) as server:
        stranger = why_not(peer(server.port, tls=DicomTls(ca=other.ca)))
        renamed = why_not(peer(server.port, host="localhost", tls=DicomTls(ca=authority.ca)))
    assert "is of an authority that is not in `tls.ca`" in str(stranger)
    assert "is of another name than 'localhost'" in str(renamed)


def test_tls_to_a_peer_that_speaks_none(storescp: Storescp, authority: Authority) -> None:
    error = why_not(peer(storescp.port, tls=DicomTls(ca=authority.ca), timeout_s=3.0))
    assert "does not speak TLS there: remove `tls`" in str(error)
    with evil_peer(silent) as port:
        hung = why_not(peer(port, tls=DicomTls(ca=authority.ca), timeout_s=0.5))
    assert "gives no answer to TLS in time" in str(hung)


def test_tls_to_orthanc_and_without_it(tmp_path: Path, authority: Authority) -> None:
    theirs, ours = authority.certify(), authority.certify("scanward")
    secure: dict[str, Setting] = {
        "DicomTlsEnabled": True,
        "DicomTlsCertificate": str(theirs.certificate),
        "DicomTlsPrivateKey": str(theirs.key),
        "DicomTlsTrustedCertificates": str(authority.ca),
    }
    whole = DicomTls(ca=authority.ca, certificate=ours.certificate, key=ours.key)
    with orthanc_server(tmp_path, settings=secure) as server:
        assert verified(peer(server.port, "ORTHANC", tls=whole)) > 0
        assert "expects TLS" in str(why_not(peer(server.port, "ORTHANC", timeout_s=2.0)))
        bare = why_not(peer(server.port, "ORTHANC", tls=DicomTls(ca=authority.ca)))
    assert "wants a certificate of ours" in str(bare)


def test_files_of_tls_that_cannot_be_used_are_named(tmp_path: Path, authority: Authority) -> None:
    pair, other = authority.certify(), authority.certify("else")
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("no certificate")
    absent = why_not(peer(104, tls=DicomTls(ca=tmp_path / "absent.pem")))
    assert "`tls.ca` cannot be read: No such file" in str(absent)
    assert "`tls.ca` cannot be used" in str(why_not(peer(104, tls=DicomTls(ca=nonsense))))
    unlike = DicomTls(ca=authority.ca, certificate=pair.certificate, key=other.key)
    error = why_not(peer(104, tls=unlike))
    assert "`tls.certificate` cannot be used" in str(error)
    assert error.permanent

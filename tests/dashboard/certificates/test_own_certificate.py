"""A certificate that is renewed in time, and by no senseless clock."""

import socket
import ssl
import stat
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import StoreError
from core.time.clock import DAY, HOUR, to_ms
from dashboard.certificates.authority import load_authority, make_authority
from dashboard.certificates.own_certificate import (
    LIFE,
    CertificateState,
    certificate_state,
    give_certificate,
    keep_certificate,
    server_file,
)
from dashboard.certificates.x509_parts import names_in

NAMES = ["localhost", "127.0.0.1", "::1", "scan.example"]


def at(year: int, month: int = 1, day: int = 1) -> int:
    return to_ms(datetime(year, month, day, tzinfo=UTC))


NOW = at(2026, 11, 28)


def kept(folder: Path, names: list[str] = NAMES, now: int = NOW) -> CertificateState:
    keep_certificate(folder, "Herat", names, now)
    state = certificate_state(folder)
    assert state is not None
    return state


def test_the_first_start_makes_both_for_the_names_of_the_site(tmp_path: Path) -> None:
    state = kept(tmp_path)
    assert names_in(state.server.certificate) == NAMES
    assert state.server.ends_at - state.server.begins_at == LIFE
    assert state.authority.ends_at - NOW == 3650 * DAY
    assert state.lacking([*NAMES, "new.example"]) == ["new.example"]
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not keep_certificate(tmp_path, "Herat", NAMES, NOW + DAY)


def test_it_is_renewed_before_a_third_of_its_life_is_left(tmp_path: Path) -> None:
    first = kept(tmp_path)
    assert not keep_certificate(tmp_path, "Herat", NAMES, NOW + 264 * DAY)
    assert keep_certificate(tmp_path, "Herat", NAMES, NOW + 265 * DAY)
    second = certificate_state(tmp_path)
    assert second is not None
    assert second.server.ends_at > first.server.ends_at
    assert second.authority.certificate == first.authority.certificate


def test_a_machine_that_stood_still_for_a_year_renews_what_has_ended(tmp_path: Path) -> None:
    kept(tmp_path)
    assert keep_certificate(tmp_path, "Herat", NAMES, NOW + 500 * DAY)


def test_another_name_of_the_site_is_taken_only_if_the_authority_is_bound_to_it(
    tmp_path: Path,
) -> None:
    kept(tmp_path)
    state = kept(tmp_path, [*NAMES, "bank.example", "192.0.2.9", "mri.scan.example"], NOW + DAY)
    assert names_in(state.server.certificate) == [*NAMES, "mri.scan.example"]
    assert state.lacking(["bank.example", "192.0.2.9"]) == ["192.0.2.9", "bank.example"]
    make_authority(tmp_path, "Herat", [*NAMES, "bank.example"], NOW + DAY)
    again = kept(tmp_path, [*NAMES, "bank.example"], NOW + DAY)
    assert again.lacking([*NAMES, "bank.example"]) == []


@pytest.mark.parametrize("now", [0, at(1980), at(2020), at(2036, 2, 7), at(2099)])
def test_a_senseless_clock_makes_no_authority(tmp_path: Path, now: int) -> None:
    with pytest.raises(StoreError, match="clock"):
        keep_certificate(tmp_path, "Herat", NAMES, now)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("now", [0, at(2020), at(2030), at(2036, 2, 7), at(2099)])
def test_a_senseless_clock_renews_nothing_by_itself(tmp_path: Path, now: int) -> None:
    before = kept(tmp_path)
    with pytest.raises(StoreError, match="clock"):
        keep_certificate(tmp_path, "Herat", NAMES, now)
    after = certificate_state(tmp_path)
    assert after is not None
    assert after.server.certificate == before.server.certificate


def test_a_person_may_say_that_the_clock_is_right_while_the_authority_holds(tmp_path: Path) -> None:
    authority = kept(tmp_path).authority
    assert give_certificate(tmp_path, authority, NAMES, at(2030)).begins_at == at(2030) - HOUR
    late = give_certificate(tmp_path, authority, NAMES, authority.ends_at - 30 * DAY)
    assert late.ends_at == authority.ends_at  # never longer than what vouches for it
    with pytest.raises(StoreError, match="authority holds from"):
        give_certificate(tmp_path, authority, NAMES, at(2099))


def test_a_certificate_of_a_clock_that_was_ahead_is_replaced_when_the_clock_is_set(
    tmp_path: Path,
) -> None:
    kept(tmp_path)
    assert keep_certificate(tmp_path, "Herat", NAMES, NOW + 300 * DAY)
    assert keep_certificate(tmp_path, "Herat", NAMES, NOW + 2 * DAY)
    state = certificate_state(tmp_path)
    assert state is not None
    assert state.server.begins_at <= NOW + 2 * DAY


def test_a_damaged_file_is_no_certificate(tmp_path: Path) -> None:
    kept(tmp_path)
    server_file(tmp_path).write_bytes(server_file(tmp_path).read_bytes()[:200])
    with pytest.raises(StoreError, match="damaged"):
        keep_certificate(tmp_path, "Herat", NAMES, NOW)


def _handshake(folder: Path, trusted: bytes, name: str) -> None:
    """One connection over a pair of sockets; SSLError if the client does not believe it."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(server_file(folder))
    client = ssl.create_default_context(cadata=trusted.decode())
    here, there = socket.socketpair()

    def serve() -> None:
        try:
            server.wrap_socket(there, server_side=True).close()
        except OSError:
            there.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        client.wrap_socket(here, server_hostname=name).close()
    finally:
        here.close()
        thread.join()


def test_who_trusts_the_authority_trusts_it_for_this_site_only(tmp_path: Path) -> None:
    """The clock of this machine decides here, as it does in a browser."""
    now = time.time_ns() // 1_000_000
    state = kept(tmp_path, NAMES, now)
    for name in NAMES:
        _handshake(tmp_path, state.authority.public_pem, name)
    with pytest.raises(ssl.SSLCertVerificationError):
        _handshake(tmp_path, state.authority.public_pem, "other.example")
    # A thief of its key gives himself a certificate for a bank.
    authority = load_authority(tmp_path)
    assert authority is not None
    give_certificate(tmp_path, authority, ["bank.example"], now)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        _handshake(tmp_path, authority.public_pem, "bank.example")

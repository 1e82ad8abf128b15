"""The certificate of the dashboard that the site's own authority gives it, and when it is time for another."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from core.errors import StoreError
from core.time.clock import DAY, iso
from dashboard.certificates import x509_parts as parts
from dashboard.certificates.authority import BEFORE, load_authority, make_authority, may_vouch

log = logging.getLogger(__name__)

LIFE = 397 * DAY  # the longest that browsers take (CA/Browser Forum, Baseline Requirements 6.3.2)
_FILE = "server.pem"


class CertificateState(NamedTuple):
    """How it stands with the site's own certificate."""

    authority: parts.Credential
    server: parts.Credential

    def lacking(self, names: Sequence[str]) -> list[str]:
        """Which of these names it is not for."""
        return sorted(set(names) - set(parts.names_in(self.server.certificate)))


def server_file(folder: Path) -> Path:
    """Key, certificate and authority, as a server loads them."""
    return folder / _FILE


def certificate_state(folder: Path) -> CertificateState | None:
    """What there is; None before the first start."""
    authority, server = load_authority(folder), parts.load_credential(server_file(folder))
    return None if authority is None or server is None else CertificateState(authority, server)


def keep_certificate(folder: Path, site_name: str, names: Sequence[str], now: int) -> bool:
    """See that there is one that holds, for these names; True if it is another than before.

    StoreError if it cannot be made, or the clock makes no sense.
    """
    authority = load_authority(folder) or make_authority(folder, site_name, names, now)
    server = parts.load_credential(server_file(folder))
    allowed = [name for name in names if may_vouch(authority, name)]
    if server is not None and not _is_due(server, authority, allowed, now):
        return False
    _check_clock(authority, server, now)
    give_certificate(folder, authority, allowed, now)
    return True


def give_certificate(
    folder: Path, authority: parts.Credential, names: Sequence[str], now: int
) -> parts.Credential:
    """A new key and a new certificate for it, instead of those there are."""
    if not authority.begins_at <= now < authority.ends_at:
        raise StoreError(
            f"the authority holds from {iso(authority.begins_at)} to {iso(authority.ends_at)}, and this clock says"
            f" {iso(now)}: set the clock, or make another with `scanward certificate renew --authority`",
            permanent=True,
        )
    key = ec.generate_private_key(ec.SECP256R1())
    begins_at = max(now - BEFORE, authority.begins_at)
    ends_at = min(begins_at + LIFE, authority.ends_at)
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    alternatives = x509.SubjectAlternativeName([parts.alternative(name) for name in names])
    certificate = (
        parts.certificate_builder("Scanward", key, begins_at, ends_at)
        .issuer_name(authority.certificate.subject)
        .add_extension(issuer_key, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(alternatives, critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    server = parts.Credential(certificate, key)
    server.save(server_file(folder), authority)
    log.info("the certificate of the dashboard holds until %s", iso(ends_at))
    return server


def _is_due(
    server: parts.Credential, authority: parts.Credential, names: Sequence[str], now: int
) -> bool:
    """Is a third of its life left, did it begin in what is now the future, is it for other names?"""
    life = server.ends_at - server.begins_at
    is_old = server.ends_at - now < life / 3 and server.ends_at < authority.ends_at
    is_of_another = server.certificate.issuer != authority.certificate.subject or (
        not _is_signed_by(server, authority)
    )
    lacks = not set(names) <= set(parts.names_in(server.certificate))
    return is_old or server.begins_at > now or is_of_another or lacks


def _is_signed_by(server: parts.Credential, authority: parts.Credential) -> bool:
    try:
        server.certificate.verify_directly_issued_by(authority.certificate)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _check_clock(authority: parts.Credential, server: parts.Credential | None, now: int) -> None:
    """A clock far behind what was made already, or longer after it than a machine stands still, is wrong."""
    latest = (server or authority).ends_at + LIFE
    if now < authority.begins_at or now > latest:
        raise StoreError(
            f"the clock of this machine says {iso(now)}, which is too far from the last certificate: set it, or"
            " say that it is right with `scanward certificate renew`",
            permanent=True,
        )

"""The site's own authority: it vouches for the names of this site and for nothing else.

Telephones that trust it trust it for these names only (RFC 5280, 4.2.1.10): who steals its key cannot pretend to be
a bank. What the site is called later needs another authority, and each telephone must trust that anew.
"""

import ipaddress
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from core.errors import StoreError
from core.time.clock import DAY, HOUR, from_ms
from dashboard.certificates import x509_parts as parts

LIFE = 3650 * DAY
BEFORE = 1 * HOUR  # clocks of telephones are not the same to the second
# The years in which an authority is made. A clock without a battery begins in 1970, and one whose NTP era
# is mistaken stands in 2036 (RFC 5905, 6); later versions of Scanward move these.
_YEARS = range(2026, 2036)

_FILE = "authority.pem"


def load_authority(folder: Path) -> parts.Credential | None:
    """That of the site; None if none was made yet."""
    return parts.load_credential(folder / _FILE)


def make_authority(
    folder: Path, site_name: str, names: Sequence[str], now: int
) -> parts.Credential:
    """Another authority, instead of the one there is. StoreError if the clock is certainly wrong."""
    year = from_ms(now).year
    if year not in _YEARS:
        text = f"the clock of this machine says {year}: set it, then a certificate can be made"
        raise StoreError(text, permanent=True)
    key = ec.generate_private_key(ec.SECP256R1())
    common_name = f"Scanward of {site_name}"
    builder = parts.certificate_builder(common_name, key, now - BEFORE, now + LIFE)
    certificate = (
        builder.issuer_name(parts.subject(common_name))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(), critical=True)
        .add_extension(x509.NameConstraints(_permitted(names), None), critical=True)
        .sign(key, hashes.SHA256())
    )
    authority = parts.Credential(certificate, key)
    authority.save(folder / _FILE)
    return authority


def may_vouch(authority: parts.Credential, name: str) -> bool:
    """Is it bound to names of which this is one?"""
    extension = authority.certificate.extensions.get_extension_for_class(x509.NameConstraints)
    permitted = [other.value for other in extension.value.permitted_subtrees or ()]
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        hosts = [host for host in permitted if isinstance(host, str)]
        return any(name == host or name.endswith(f".{host}") for host in hosts)
    return any(address in network for network in permitted if not isinstance(network, str))


def fingerprint(authority: parts.Credential) -> str:
    """SHA-256 of the certificate, as telephones show it: `AB:CD:...`."""
    return authority.certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _permitted(names: Sequence[str]) -> list[x509.GeneralName]:
    """With both kinds of address there is no kind that is left free."""
    return [parts.constraint(name) for name in names]


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )

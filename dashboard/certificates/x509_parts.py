"""Names, moments and keys as X.509 writes them."""

import ipaddress
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.errors import StoreError
from core.time.clock import from_ms, to_ms
from storage.files.atomic import translated
from storage.files.key_file import write_secret

_LONGEST_NAME = 64  # characters, X.520


class Credential:
    """A certificate with its key."""

    def __init__(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self.certificate = certificate
        self.key = key
        self.begins_at = to_ms(certificate.not_valid_before_utc)
        self.ends_at = to_ms(certificate.not_valid_after_utc)

    @property
    def public_pem(self) -> bytes:
        """The certificate without its key."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def save(self, path: Path, *above: "Credential") -> None:
        """Both into one file, which is whole or the old one; those `above` follow without their keys."""
        key = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        data = b"".join([key, self.public_pem, *(other.public_pem for other in above)])
        with translated(f"the certificate {path.name}"):
            write_secret(path, data)


def load_credential(path: Path) -> Credential | None:
    """What `save` wrote; None if there is no such file. StoreError if it is damaged."""
    with translated(f"the certificate {path.name}"):
        if not path.exists():
            return None
        data = path.read_bytes()
    try:
        key = serialization.load_pem_private_key(data, None)
        certificate = x509.load_pem_x509_certificates(data)[0]
    except ValueError as error:
        raise StoreError(
            f"{path} is damaged: remove it, and another is made", permanent=True
        ) from error
    assert isinstance(key, ec.EllipticCurvePrivateKey), "Scanward makes no others"
    return Credential(certificate, key)


def certificate_builder(
    common_name: str, key: ec.EllipticCurvePrivateKey, begins_at: int, ends_at: int
) -> x509.CertificateBuilder:
    """A certificate for a key, still without its issuer and its extensions."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject(common_name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_moment(begins_at))
        .not_valid_after(_moment(ends_at))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def subject(common_name: str) -> x509.Name:
    """A name of one part."""
    text = common_name[:_LONGEST_NAME]
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def alternative(name: str) -> x509.GeneralName:
    """A name or an address as a certificate is for it."""
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def constraint(name: str) -> x509.GeneralName:
    """A name with those below it, or one address, as an authority is bound to it."""
    try:
        return x509.IPAddress(ipaddress.ip_network(name))
    except ValueError:
        return x509.DNSName(name)


def names_in(certificate: x509.Certificate) -> list[str]:
    """What a certificate is for."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [str(name.value) for name in names if isinstance(name, x509.DNSName | x509.IPAddress)]


def _moment(at: int) -> datetime:
    return from_ms(at).replace(microsecond=0)

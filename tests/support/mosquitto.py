"""A real Mosquitto on a free loopback port, with TLS, a password and persistence."""

import datetime
import getpass
import ipaddress
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.ports import free_port

USER, PASSWORD = "scanward", "only-for-tests"
MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
MOSQUITTO_PASSWD = shutil.which("mosquitto_passwd")


class Mosquitto:
    """A broker that can be stopped and started again with what it held."""

    def __init__(self, folder: Path) -> None:
        if MOSQUITTO is None or MOSQUITTO_PASSWD is None:
            pytest.skip("needs server: mosquitto is not installed")
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.ca = folder / "ca.pem"
        write_certificates(folder)
        words = ["-b", "-c", str(folder / "passwords"), USER, PASSWORD]
        subprocess.run([MOSQUITTO_PASSWD, *words], check=True, capture_output=True)
        (folder / "mosquitto.conf").write_text(self._settings())

    def start(self) -> None:
        """Start and wait until it accepts connections."""
        assert MOSQUITTO is not None
        command = [MOSQUITTO, "-c", str(self._folder / "mosquitto.conf")]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("mosquitto did not start")

    def stop(self) -> None:
        """Stop; sessions and messages rest on disk."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def _settings(self) -> str:
        here = self._folder
        lines = [
            f"listener {self.port} 127.0.0.1",
            f"cafile {self.ca}",
            f"certfile {here / 'server.pem'}",
            f"keyfile {here / 'server.key'}",
            "allow_anonymous false",
            f"password_file {here / 'passwords'}",
            "persistence true",
            f"persistence_location {here}/",
            "max_queued_messages 0",
            f"user {getpass.getuser()}",
        ]
        return "\n".join(lines) + "\n"


def write_certificates(folder: Path) -> None:
    """An authority `ca.pem`, and the certificate of a server at 127.0.0.1."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("test authority", authority_key, None, authority_key)
    server_key = ec.generate_private_key(ec.SECP256R1())
    server = _certificate("127.0.0.1", server_key, authority, authority_key)
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(authority.public_bytes(pem))
    (folder / "server.pem").write_bytes(server.public_bytes(pem))
    (folder / "server.key").write_bytes(
        server_key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    issuer_public = issuer_key.public_key()
    is_authority = issuer is None
    usage = x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_public), critical=False
        )
    )
    if not is_authority:
        address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())

"""The site's own key: made on first use, never leaves the storage folder, signs every bundle."""

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from core.bounded_file import KEY, read_bounded
from core.errors import ConfigError, Mistake, StoreError
from core.schema.site import Site
from storage.files.atomic import own_folder

FILE = "bundle-key.pem"


def site_key(site: Site) -> Ed25519PrivateKey:
    """The key, made if there is none. StoreError: it cannot be read, or others can read it."""
    path = site.file.storage.folder / FILE
    try:
        if not path.exists():
            _make(path)
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise StoreError(f"{path}: others can read it; chmod 600", permanent=True)
        key = load_pem_private_key(read_bounded(path, KEY), password=None)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise StoreError(f"{path}: not a private key in PEM", permanent=True) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise StoreError(f"{path}: not an Ed25519 key", permanent=True)
    return key


def _make(path: Path) -> None:
    """Whole or not at all, and of two processes the first wins."""
    own_folder(path.parent)
    part = path.with_name(f".{FILE}.{os.getpid()}")
    text = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(part, path)
    except FileExistsError:
        pass  # the other process has made one meanwhile
    finally:
        part.unlink(missing_ok=True)


def public_pem(key: Ed25519PublicKey) -> bytes:
    """What is given to a vendor, once, by another way than the bundle."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the key in DER, in groups that can be read out over a telephone."""
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digest = hashlib.sha256(der).hexdigest()
    return " ".join(digest[at : at + 8] for at in range(0, 64, 8))


def parse_public(pem: bytes) -> Ed25519PublicKey | None:
    """The key of a PEM; None if it holds no Ed25519 public key."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, Ed25519PublicKey) else None


def read_public(path: Path) -> Ed25519PublicKey:
    """The key of a file. ConfigError if there is none in it."""
    try:
        key = parse_public(read_bounded(path, KEY))
    except OSError as error:
        raise ConfigError([Mistake(str(path), "", error.strerror or str(error))]) from None
    if key is None:
        raise ConfigError([Mistake(str(path), "", "holds no Ed25519 public key in PEM")])
    return key

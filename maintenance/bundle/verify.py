"""Checks that a bundle is whole and who signed it; nothing in the file is trusted before."""

import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, ValidationError

from maintenance.bundle.archive import (
    FORMAT,
    MANIFEST,
    SEAL,
    SEAL_LENGTH,
    SIGNATURE,
    SIGNER,
    sealed_words,
)
from maintenance.bundle.keys import fingerprint, parse_public, public_pem

LARGEST = 512 * 1024 * 1024  # bytes of all files unpacked: more is a trap, not a bundle
MOST_FILES = 1000

_LOCAL = struct.Struct("<4s5H3I2H")
_AGE = b"age-encryption.org/"


@dataclass(frozen=True, slots=True)
class Verification:
    """What verifying found out. Whole means: not one bit differs from what the signer wrote."""

    problems: list[str] = field(default_factory=list)  # each with its place
    signer: str = ""  # fingerprint of the key in the file; empty if there is none to trust
    is_known: bool = False  # is it one of the keys that were handed in?
    device: str = ""
    site: str = ""
    made: str = ""

    @property
    def is_whole(self) -> bool:
        """No problems; whether the signer is known is another question."""
        return not self.problems


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: str
    bytes: int
    sha256: str


class _Manifest(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)
    format: str
    made_utc: str
    site: str
    device: str
    files: list[_File]


def verify(data: bytes, known: Sequence[Ed25519PublicKey]) -> Verification:
    """Check a bundle's bytes against themselves and the keys one knows. Never raises for bad data."""
    if data.startswith(_AGE):
        return Verification(["it is encrypted for its receiver: decrypt it with age first"])
    try:
        entries = _unpacked(data)
    except _UnsoundError as error:
        return Verification([str(error)])
    key = parse_public(entries.get(SIGNER, b""))
    if key is None:
        return Verification([f"{SIGNER}: holds no Ed25519 public key, so nothing can be checked"])
    manifest, problems = _manifest(entries, key)
    if manifest is not None:
        problems += _differences(entries, manifest)
    if not _seal_holds(data, key):
        problems += (
            [] if problems else ["the ZIP's own headers or its seal, no file in it, was changed"]
        )
    is_known = public_pem(key) in [public_pem(known_key) for known_key in known]
    about = manifest or _Manifest(format="", made_utc="", site="", device="", files=[])
    return Verification(
        problems, fingerprint(key), is_known, about.device, about.site, about.made_utc
    )


class _UnsoundError(Exception):
    """The container is not one that Scanward writes."""


def _unpacked(data: bytes) -> dict[str, bytes]:
    """Every file of the ZIP, if it is built as Scanward builds it: nothing twice, between or outside."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _check_layout(data, archive, infos)
            return {info.filename: _body(archive, info) for info in infos}
    except (
        zipfile.BadZipFile,
        struct.error,
        UnicodeDecodeError,
        NotImplementedError,
        EOFError,
    ) as error:
        raise _UnsoundError(f"not a whole ZIP file: {error}") from None
    except (OSError, ValueError, OverflowError, RuntimeError) as error:
        raise _UnsoundError(f"not a whole ZIP file: {error}") from None


def _check_layout(data: bytes, archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > LARGEST:
        raise _UnsoundError("it would unpack to more than a bundle can hold; it was not unpacked")
    seen: set[str] = set()
    at = 0
    for info in infos:
        name = info.filename
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
            raise _UnsoundError(f"{name!r}: would be written outside of the folder")
        if name in seen:
            raise _UnsoundError(f"{name}: is there twice")
        seen.add(name)
        at = _end_of_entry(data, info, at)
    if archive.start_dir != at:
        raise _UnsoundError("there is something between the files and the ZIP's directory")


def _end_of_entry(data: bytes, info: zipfile.ZipInfo, expected: int) -> int:
    """Where the next entry begins. What the entry says of itself must be what the directory says."""
    if info.header_offset != expected:
        raise _UnsoundError(f"{info.filename}: does not begin where the file before it ends")
    (
        magic,
        _,
        flags,
        method,
        _,
        _,
        crc,
        packed,
        size,
        name_length,
        extra_length,
    ) = _LOCAL.unpack_from(data, expected)
    begin = expected + _LOCAL.size
    name = data[begin : begin + name_length]
    same = (
        magic == b"PK\x03\x04"
        and name == info.filename.encode()
        and (flags, method, crc, packed, size, extra_length)
        == (info.flag_bits, info.compress_type, info.CRC, info.compress_size, info.file_size, 0)
    )
    if not same or info.extra or info.flag_bits & 1 or info.compress_type != zipfile.ZIP_DEFLATED:
        raise _UnsoundError(f"{info.filename}: its header is not what the ZIP's directory says")
    return begin + int(name_length) + int(packed)


def _body(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(info) as file:
            body = file.read(info.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise _UnsoundError(f"{info.filename}: is damaged: {error}") from None
    if len(body) != info.file_size:
        raise _UnsoundError(f"{info.filename}: has not the size that the ZIP's directory says")
    return body


def _manifest(
    entries: dict[str, bytes], key: Ed25519PublicKey
) -> tuple[_Manifest | None, list[str]]:
    if MANIFEST not in entries or SIGNATURE not in entries:
        return None, [f"{MANIFEST} or {SIGNATURE}: is missing"]
    try:
        key.verify(entries[SIGNATURE], entries[MANIFEST])
    except InvalidSignature:
        return None, [f"{MANIFEST}: the signature in {SIGNATURE} does not fit it"]
    try:
        manifest = _Manifest.model_validate_json(entries[MANIFEST])
    except (ValidationError, json.JSONDecodeError, RecursionError):
        return None, [f"{MANIFEST}: is signed, but is not the manifest of a bundle"]
    if manifest.format != FORMAT:
        return None, [f"{MANIFEST}: format {manifest.format!r} is not known here, only {FORMAT!r}"]
    return manifest, []


def _differences(entries: dict[str, bytes], manifest: _Manifest) -> list[str]:
    listed = {file.name: file for file in manifest.files}
    own = {MANIFEST, SIGNATURE, SIGNER}
    problems = [
        f"{name}: is not in the manifest" for name in entries if name not in own | set(listed)
    ]
    for name, file in listed.items():
        if name not in entries:
            problems.append(f"{name}: is missing")
        elif (len(entries[name]), hashlib.sha256(entries[name]).hexdigest()) != (
            file.bytes,
            file.sha256,
        ):
            problems.append(f"{name}: differs from what was signed")
    return problems


def _seal_holds(data: bytes, key: Ed25519PublicKey) -> bool:
    body, comment = data[:-SEAL_LENGTH], data[-SEAL_LENGTH:]
    text = comment.removeprefix(SEAL)
    try:
        signature = bytes.fromhex(text.decode("ascii"))
        key.verify(signature, sealed_words(body))
    except (ValueError, InvalidSignature):
        return False
    # One bit makes an `a` of an `A`, which reads as the same number.
    return comment.startswith(SEAL) and text == signature.hex().encode()

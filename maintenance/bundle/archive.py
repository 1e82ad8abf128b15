"""Files, a manifest of their SHA-256, a signature of the manifest: one ZIP, the same bytes every time.

The ZIP's comment signs every byte before it, so that nothing at all can change unnoticed, not even
what no program reads; `manifest.sig` can be checked without Scanward (docs/bundle.md).
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from maintenance.bundle.keys import fingerprint, public_pem

FORMAT = "scanward-bundle/1"
MANIFEST, SIGNATURE, SIGNER = "manifest.json", "manifest.sig", "signer.pem"
SEAL = b"scanward-seal-1:"
SEAL_LENGTH = len(SEAL) + 128  # and a signature in hexadecimal
ZIP_TIME = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the earliest a ZIP can say: when a file was written tells nothing


def seal(files: Mapping[str, bytes], about: Mapping[str, object], key: Ed25519PrivateKey) -> bytes:
    """The bytes of the ZIP. `about` goes into the manifest as it is."""
    manifest = _manifest(files, {**about, "signer": fingerprint(key.public_key())})
    whole = {
        MANIFEST: manifest,
        SIGNATURE: key.sign(manifest),
        SIGNER: public_pem(key.public_key()),
        **dict(sorted(files.items())),
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, body in whole.items():
            info = zipfile.ZipInfo(name, ZIP_TIME)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
            info.external_attr = 0o100644 << 16
            archive.writestr(info, body)
        archive.comment = b" " * SEAL_LENGTH
    body = written.getvalue()[:-SEAL_LENGTH]
    return body + SEAL + key.sign(sealed_words(body)).hex().encode()


def sealed_words(body: bytes) -> bytes:
    """What the seal signs, so that it can never be taken for a signature of something else."""
    return SEAL + hashlib.sha256(body).hexdigest().encode()


def _manifest(files: Mapping[str, bytes], about: Mapping[str, object]) -> bytes:
    """JSON with one line a file, so that `sed` and `sha256sum` can read it too."""
    lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in about.items()]
    entries = [
        f'{{"name": {json.dumps(name)}, "bytes": {len(body)},'
        f' "sha256": "{hashlib.sha256(body).hexdigest()}"}}'
        for name, body in sorted(files.items())
    ]
    head = ",\n".join([f'"format": {json.dumps(FORMAT)}', *lines])
    return ("{\n" + head + ',\n"files": [\n' + ",\n".join(entries) + "\n]\n}\n").encode()

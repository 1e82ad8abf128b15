"""A UID as the ledger keeps it: a keyed hash, because a UID leads back to its examination."""

import hashlib
from pathlib import Path

from storage.files.key_file import site_key

HASH_BYTES = 16


class UidHasher:
    """Hashes with the key of one site; the key is made when the site first needs it."""

    def __init__(self, key_path: Path) -> None:
        self._key = site_key(key_path)

    def hash(self, uid: str) -> bytes:
        """16 bytes, the same for the same UID at this site and no other."""
        return hashlib.blake2b(
            uid.strip("\0 ").encode(), key=self._key, digest_size=HASH_BYTES
        ).digest()

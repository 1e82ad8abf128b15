"""The user-based security of SNMPv3 (RFC 3414, 3826, 7860): keys, signatures and encryption. Pure.

A password is stretched over a megabyte and then made over for each agent's engine id: both are worked out
once and kept.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

# The name of each hash, and how many octets of it sign a message.
_HASHES: Final = {
    "md5": ("md5", 12),
    "sha": ("sha1", 12),
    "sha224": ("sha224", 16),
    "sha256": ("sha256", 24),
    "sha384": ("sha384", 32),
    "sha512": ("sha512", 48),
}
# Octets of the key. Those beyond a hash are made as Cisco and most others do (draft-reeder-snmpv3-usm-3desede).
_KEY_SIZES: Final = {"des": 16, "aes": 16, "aes192": 24, "aes256": 32}
_STRETCHED = 2**20  # octets
_MOST_KEYS = 4096  # pairs of keys: one an agent
_BLOCK = 8  # octets, of DES


class Keys(NamedTuple):
    """The keys of one user at one agent; empty where the user has no password for it."""

    auth: bytes
    privacy: bytes


class EngineTime(NamedTuple):
    """An agent's own clock: how often it has been started, and seconds since."""

    boots: int
    seconds: int


@dataclass(frozen=True, slots=True)
class UsmUser:
    """A user with passwords; without one the messages are not signed, or not encrypted."""

    name: bytes
    auth: str
    auth_password: bytes = field(repr=False)
    privacy: str
    privacy_password: bytes = field(repr=False)

    @property
    def signature_size(self) -> int:
        """Octets."""
        return _HASHES[self.auth][1] if self.auth_password else 0


@lru_cache(_MOST_KEYS)
def keys(user: UsmUser, engine_id: bytes) -> Keys:
    """The user's keys at the agent of this engine id."""
    hash_name = _HASHES[user.auth][0]
    auth = _localised(user.auth_password, engine_id, hash_name) if user.auth_password else b""
    privacy = b""
    if user.privacy_password:
        size = _KEY_SIZES[user.privacy]
        privacy = part = _localised(user.privacy_password, engine_id, hash_name)
        while len(privacy) < size:
            part = _localised(part, engine_id, hash_name)
            privacy += part
        privacy = privacy[:size]
    return Keys(auth, privacy)


def signature(user: UsmUser, key: bytes, unsigned_message: bytes) -> bytes:
    """Of a message in which zeros stand in the place of it."""
    name, size = _HASHES[user.auth]
    return hmac.digest(key, unsigned_message, name)[:size]


def encrypt(
    user: UsmUser, key: bytes, moment: EngineTime, number: int, plain: bytes
) -> tuple[bytes, bytes]:
    """The encrypted octets, and the salt to be sent beside them; `number` must never come twice with a key."""
    if user.privacy == "des":
        salt = (moment.boots % 2**32).to_bytes(4, "big") + (number % 2**32).to_bytes(4, "big")
        plain += bytes(-len(plain) % _BLOCK)
    else:
        salt = number.to_bytes(8, "big")
    encryptor = _cipher(user, key, moment, salt).encryptor()
    return encryptor.update(plain) + encryptor.finalize(), salt


def decrypt(user: UsmUser, key: bytes, moment: EngineTime, salt: bytes, octets: bytes) -> bytes:
    """The plain octets, behind which may stand what filled the last block. ValueError if they cannot be ours."""
    if len(salt) != 8:
        raise ValueError("a salt has eight octets")
    decryptor = _cipher(user, key, moment, salt).decryptor()
    return decryptor.update(octets) + decryptor.finalize()


def _cipher(user: UsmUser, key: bytes, moment: EngineTime, salt: bytes) -> "Cipher[CBC | CFB]":
    if user.privacy == "des":
        start = bytes(a ^ b for a, b in zip(salt, key[_BLOCK:], strict=True))
        return Cipher(TripleDES(key[:_BLOCK] * 3), CBC(start))  # thrice with one key is once
    clock = (moment.boots % 2**32).to_bytes(4, "big") + (moment.seconds % 2**32).to_bytes(4, "big")
    return Cipher(AES(key), CFB(clock + salt))


def _localised(password: bytes, engine_id: bytes, hash_name: str) -> bytes:
    key = _stretched(password, hash_name)
    return hashlib.new(hash_name, key + engine_id + key).digest()


@lru_cache(_MOST_KEYS)
def _stretched(password: bytes, hash_name: str) -> bytes:
    times = _STRETCHED // len(password) + 1
    return hashlib.new(hash_name, (password * times)[:_STRETCHED]).digest()

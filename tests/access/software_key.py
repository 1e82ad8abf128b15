"""A key made by hand: it signs what it is told to, right or wrong."""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40  # flags of authenticator data


@dataclass
class SoftwareKey:
    """One key of one person for one site."""

    rp_id: str = "scanward.example"
    origin: str = "https://scanward.example"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    own_id: bytes = b"key-of-a-test-01"
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def registered(self, challenge: bytes, **changed: Any) -> str:
        """As `navigator.credentials.create` answers."""
        client = self._client("webauthn.create", challenge)
        numbers = self.private.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        data = self._data(ATTESTED) + bytes(16) + len(self.own_id).to_bytes(2) + self.own_id
        whole = {"fmt": "none", "attStmt": {}, "authData": data + encode_cbor(key)}
        return self._json(
            {"clientDataJSON": client, "attestationObject": encode_cbor(whole)}, changed
        )

    def signed(self, challenge: bytes, handle: bytes = b"", **changed: Any) -> str:
        """As `navigator.credentials.get` answers."""
        client, data = self._client("webauthn.get", challenge), self._data()
        signature = self.private.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._json({**parts, **({"userHandle": handle} if handle else {})}, changed)

    def _client(self, kind: str, challenge: bytes) -> bytes:
        text = bytes_to_base64url(challenge)
        return json.dumps({"type": kind, "challenge": text, "origin": self.origin}).encode()

    def _data(self, more: int = 0) -> bytes:
        flags = (self.flags | more).to_bytes(1)
        return sha256(self.rp_id.encode()).digest() + flags + self.count.to_bytes(4)

    def _json(self, parts: dict[str, bytes], changed: dict[str, Any]) -> str:
        own = bytes_to_base64url(self.own_id)
        response = {name: bytes_to_base64url(part) for name, part in parts.items()} | changed
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": response})

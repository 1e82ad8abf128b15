"""Passkeys: a key in a telephone or a computer signs a challenge instead of a password, after it has seen its person.

A key belongs to a name of this site, which browsers hold fast: without a name there are none.
"""

import ipaddress
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

from access import sessions
from access.login import NewLogin
from access.secret import hash_of
from access.users import find
from core.errors import RefusedError
from core.schema.site import Site
from core.time.clock import MINUTE
from storage.records import Passkey, UsedChallenge, User
from storage.records import passkeys as rows
from storage.records.transaction import Transaction

log = logging.getLogger(__name__)

_RUBBISH = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
MOST = 20  # of a person; Scanward's own
LONGEST_NAME = 60  # characters
VALID_FOR = (
    5 * MINUTE
)  # from a challenge to its answer; W3C's Web Authentication recommends 5 to 10


class RelyingParty(NamedTuple):
    """This site, as a browser knows it."""

    id: str  # a name; the keys belong to it
    origin: str
    name: str  # for people


class Answer(NamedTuple):
    """What a browser has sent, and the challenge that it was to sign."""

    credential: str  # JSON
    challenge: bytes


def relying_party(site: Site) -> RelyingParty | None:
    """None where browsers keep no keys: for a bare address, and without TLS except on this machine."""
    parts = urlsplit(site.file.http.public_url or "")
    host = parts.hostname or ""
    if not host or _is_address(host) or not (parts.scheme == "https" or host == "localhost"):
        return None
    return RelyingParty(host, f"{parts.scheme}://{parts.netloc.lower()}", site.file.name)


def registration_options(
    party: RelyingParty, user: User, keys: list[Passkey], challenge: bytes
) -> str:
    """JSON for the browser, to make a key for that person."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_name=user.name,
        user_display_name=user.full_name,
        user_id=_handle(user.id),
        challenge=challenge,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(webauthn.base64url_to_bytes(key.credential_id))
            for key in keys
        ],
    )
    return webauthn.options_to_json(options)


def login_options(party: RelyingParty, challenge: bytes) -> str:
    """JSON for the browser, to sign with whatever key it has for this site."""
    import webauthn
    from webauthn.helpers.structs import UserVerificationRequirement

    options = webauthn.generate_authentication_options(
        rp_id=party.id, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
    )
    return webauthn.options_to_json(options)


def challenge_in(credential: str) -> str:
    """The text that a key says it has signed; empty if it is none. Nothing is known to be true yet."""
    from webauthn.helpers import base64url_to_bytes, parse_client_data_json

    with _unproven():
        client_data = base64url_to_bytes(_field(credential, "clientDataJSON"))
        return parse_client_data_json(client_data).challenge.decode("ascii")


def add_passkey(
    tx: Transaction, user_name: str, key_name: str, answer: Answer, party: RelyingParty
) -> Passkey:
    """A key more for who asks. RefusedError if it proves nothing, or is somebody's already."""
    import webauthn

    user, name = find(tx, user_name), " ".join(key_name.split())
    if not name or len(name) > LONGEST_NAME:
        raise RefusedError(
            "a passkey needs a name of {count} characters at most", count=LONGEST_NAME
        )
    if len(rows.passkeys_of(tx.db, user.id)) >= MOST:
        raise RefusedError("nobody has more than {count} passkeys", count=MOST)
    with _unproven():
        proof = webauthn.verify_registration_response(
            credential=answer.credential,
            expected_challenge=answer.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    own_id = webauthn.helpers.bytes_to_base64url(proof.credential_id)
    if rows.passkey(tx.db, own_id) is not None:
        raise RefusedError("this passkey is known already")
    _use(tx, answer.challenge)
    public = webauthn.helpers.bytes_to_base64url(proof.credential_public_key)
    key = Passkey(own_id, user.id, name, public, proof.sign_count, tx.now)
    tx.db.add(key)
    return key


def remove_passkey(tx: Transaction, user_name: str, passkey_id: int) -> Passkey:
    """One of their own signs in no more."""
    user, key = find(tx, user_name), tx.db.get(Passkey, passkey_id)
    if key is None or key.user_id != user.id:
        raise RefusedError("there is no passkey {passkey}", passkey=passkey_id)
    tx.db.delete(key)
    return key


def log_in_by_passkey(
    tx: Transaction, answer: Answer, party: RelyingParty, address: str, agent: str
) -> NewLogin:
    """Begin a session. RefusedError, in the same words, whatever is wrong."""
    import webauthn

    with _unproven():
        parsed = webauthn.helpers.parse_authentication_credential_json(answer.credential)
        key = rows.passkey(tx.db, webauthn.helpers.bytes_to_base64url(parsed.raw_id))
        if key is None:
            raise ValueError("nobody's key")
        user, handle = tx.db.get_one(User, key.user_id), parsed.response.user_handle
        if user.disabled_at is not None or (handle and handle != _handle(user.id)):
            raise ValueError("a disabled person's key, or another's")
        proof = webauthn.verify_authentication_response(
            credential=parsed,
            expected_challenge=answer.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=webauthn.base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    _use(tx, answer.challenge)
    key.sign_count, key.last_used_at = proof.new_sign_count, tx.now
    return NewLogin(sessions.begin(tx, user, address, agent), user.id, user.full_name)


def _use(tx: Transaction, challenge: bytes) -> None:
    """It is answered now, and never again."""
    digest = hash_of(challenge.decode())
    if tx.db.get(UsedChallenge, digest) is not None:
        raise _refused()
    rows.forget_used_challenges(tx.db, tx.now - VALID_FOR)
    tx.db.add(UsedChallenge(digest, tx.now + VALID_FOR))


@contextmanager
def _unproven() -> Iterator[None]:
    """Whatever a stranger sends, it is refused in the same words; the log knows more."""
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        yield
    except (WebAuthnException, *_RUBBISH) as error:
        log.warning("a passkey was refused: %s", str(error)[:200])
        raise _refused() from None


def _refused() -> RefusedError:
    return RefusedError("this passkey does not open the door: try again, or use the password")


def _field(credential: str, name: str) -> str:
    return str(json.loads(credential)["response"][name])


def _handle(user_id: int) -> bytes:
    """A person, as their keys know them: not by name."""
    return f"scanward-{user_id}".encode()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True

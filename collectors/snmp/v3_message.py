"""SNMPv3 messages (RFC 3412, 3414) as octets. Pure; what is believed of them is user_endpoint's affair."""

import hmac
from typing import Final, NamedTuple

from collectors.snmp.ber import (
    INTEGER,
    OCTETS,
    SEQUENCE,
    AgentPdu,
    Element,
    UndecodableError,
    element,
    elements,
    encoded,
    encoded_int,
    number,
    read_pdu,
)
from collectors.snmp.usm import EngineTime, Keys, UsmUser, decrypt, encrypt, signature

SIGNED: Final = 1
ENCRYPTED: Final = 2
_REPORTABLE: Final = 4
_NOBODY: Final = UsmUser(b"", "md5", b"", "des", b"")
_USM: Final = 3  # the security model
_VERSION: Final = encoded_int(3)
_LARGEST: Final = encoded_int(65_507)  # octets that we take


class SecuredMessage(NamedTuple):
    """A message as it came; nothing of it is proven."""

    flags: int
    engine_id: bytes
    moment: EngineTime
    user_name: bytes
    signature: Element
    salt: bytes
    body: Element


def probe(message_id: int, pdu: bytes) -> bytes:
    """A message to an agent of which nothing is known: it answers with its engine id."""
    return compose(message_id, _REPORTABLE, b"", EngineTime(0, 0), _NOBODY, b"", scoped(b"", pdu))


def secured(
    message_id: int,
    engine_id: bytes,
    moment: EngineTime,
    user: UsmUser,
    keys: Keys,
    salt: int,
    pdu: bytes,
) -> bytes:
    """A message signed and encrypted as the user has passwords. `salt` must never come twice."""
    flags, body, sent_salt = _REPORTABLE, scoped(engine_id, pdu), b""
    if keys.privacy:
        flags |= ENCRYPTED
        octets, sent_salt = encrypt(user, keys.privacy, moment, salt, body)
        body = encoded(OCTETS, octets)
    if not keys.auth:
        return compose(message_id, flags, engine_id, moment, user, sent_salt, body)
    unsigned = compose(message_id, flags | SIGNED, engine_id, moment, user, sent_salt, body)
    size = user.signature_size
    at = len(unsigned) - len(body) - 2 - len(sent_salt) - size
    return unsigned[:at] + signature(user, keys.auth, unsigned) + unsigned[at + size :]


def read_secured(datagram: bytes) -> SecuredMessage:
    """What stands in a message of v3. UndecodableError if it is none."""
    whole = element(datagram, 0, len(datagram))
    version, header, security, body = elements(datagram, whole, 4)
    if (whole.tag, version.tag, header.tag, security.tag) != (SEQUENCE, INTEGER, SEQUENCE, OCTETS):
        raise UndecodableError("no message of v3")
    _, _, flags, model = elements(datagram, header, 4)
    if number(datagram, version) != _USM or number(datagram, model) != _USM:
        raise UndecodableError("another security model")
    inner = element(datagram, security.begin, security.end)
    engine_id, boots, seconds, name, signed, salt = elements(datagram, inner, 6)
    octets_of_flags = _octets(datagram, flags)
    return SecuredMessage(
        octets_of_flags[0] if octets_of_flags else 0,
        _octets(datagram, engine_id),
        EngineTime(number(datagram, boots), number(datagram, seconds)),
        _octets(datagram, name),
        signed,
        _octets(datagram, salt),
        body,
    )


def is_signed_rightly(datagram: bytes, message: SecuredMessage, user: UsmUser, keys: Keys) -> bool:
    """Was it made, octet for octet, by somebody who knows the user's auth password?"""
    begin, end = message.signature.begin, message.signature.end
    if end - begin != user.signature_size:
        return False
    unsigned = datagram[:begin] + bytes(end - begin) + datagram[end:]
    return hmac.compare_digest(datagram[begin:end], signature(user, keys.auth, unsigned))


def read_body(datagram: bytes, message: SecuredMessage, user: UsmUser, keys: Keys) -> AgentPdu:
    """The response or report inside. UndecodableError if there is none, or not with these keys."""
    octets, scoped = datagram, message.body
    if message.flags & ENCRYPTED:
        try:
            cipher_text = _octets(datagram, message.body)
            octets = decrypt(user, keys.privacy, message.moment, message.salt, cipher_text)
        except ValueError as error:
            raise UndecodableError(str(error)) from None
        scoped = element(octets, 0, len(octets))
    if scoped.tag != SEQUENCE:
        raise UndecodableError("no scoped message")
    _, _, pdu = elements(octets, scoped, 3)
    return read_pdu(octets, pdu)


def compose(
    message_id: int,
    flags: int,
    engine_id: bytes,
    moment: EngineTime,
    user: UsmUser,
    salt: bytes,
    body: bytes,
) -> bytes:
    """A message with zeros for a signature, if it is to have one."""
    signed = bytes(user.signature_size if flags & SIGNED else 0)
    header = encoded_int(message_id) + _LARGEST + bytes((OCTETS, 1, flags, INTEGER, 1, _USM))
    security = (
        encoded(OCTETS, engine_id)
        + encoded_int(moment.boots)
        + encoded_int(moment.seconds)
        + encoded(OCTETS, user.name)
        + encoded(OCTETS, signed)
        + encoded(OCTETS, salt)
    )
    inner = encoded(OCTETS, encoded(SEQUENCE, security))
    return encoded(SEQUENCE, _VERSION + encoded(SEQUENCE, header) + inner + body)


def scoped(engine_id: bytes, pdu: bytes) -> bytes:
    """A question in the agent's own context."""
    return encoded(SEQUENCE, encoded(OCTETS, engine_id) + encoded(OCTETS, b"") + pdu)


def _octets(datagram: bytes, part: Element) -> bytes:
    return datagram[part.begin : part.end]

"""Ours reads what pysnmp reads, as pysnmp reads it, and makes the keys and ciphers that it makes."""

import random
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.type import univ  # type: ignore[import-untyped]
from pysnmp.entity import config  # type: ignore[import-untyped]

from collectors.snmp.ber import UndecodableError, read_response, request_message
from collectors.snmp.usm import EngineTime, UsmUser, decrypt, encrypt, keys
from tests.collectors.snmp.ber import (
    Pair,
    Request,
    integer,
    octets,
    oid,
    read_request,
    response,
    tlv,
)
from tests.collectors.snmp.pysnmp_oracle import PysnmpReply, read_by_pysnmp
from tests.collectors.snmp.spoiling import spoiled
from tests.collectors.snmp.test_recorded_agents import FOLDER
from tests.support.examples import examples

FLOW = (1, 3, 6, 1, 4, 1, 99999, 1, 0)
ASKED = Request(1, b"public", 0xA0, 77_000_000, 0, [])
_TAGS = {"2": 0x02, "4": 0x04, "5": 0x05, "6": 0x06, "64": 0x40, "65": 0x41, "66": 0x42}
_TAGS |= {"67": 0x43, "70": 0x46}

# pysnmp takes a number of no octets for a zero, and strings made of strings, which RFC 3417 forbids.
_ONLY_PYSNMP = re.compile(rb"[\x02\x41\x42\x43\x46\x47](\x00|\x81\x00)|[\x24\x64]\x00")

encoded_values = st.one_of(
    st.integers(-(2**31), 2**31 - 1).map(integer),
    st.integers(0, 2**32 - 1).map(lambda number: integer(number, 0x42)),
    st.integers(0, 2**64 - 1).map(lambda number: integer(number, 0x46)),
    st.binary(max_size=200).map(octets),
    st.sampled_from([tlv(tag, b"") for tag in (0x05, 0x80, 0x81, 0x82)]),
    st.lists(st.integers(0, 2**32 - 1), max_size=9).map(lambda arcs: oid((1, 3, *arcs))),
    st.binary(min_size=4, max_size=4).map(lambda four: tlv(0x40, four)),
)
oids = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=12).map(lambda a: (1, 3, *a))


def ours(datagram: bytes) -> PysnmpReply | None:
    try:
        message = read_response(datagram)
    except UndecodableError:
        return None
    return PysnmpReply(*message[1:])


@examples(150)
@given(st.lists(st.tuples(oids, encoded_values), max_size=25), st.integers(0, 2**31 - 1))
def test_a_sound_reply_is_read_as_pysnmp_reads_it(pairs: list[Pair], number: int) -> None:
    datagram = response(ASKED._replace(id=number), pairs)

    assert ours(datagram) == read_by_pysnmp(datagram)
    assert ours(datagram) is not None


def test_what_pysnmp_still_reads_of_a_spoiled_reply_ours_reads_the_same() -> None:
    wrong, read = differences(seed=4711, count=2000)

    assert wrong == []
    assert read > 100


def differences(seed: int, count: int) -> tuple[list[str], int]:
    """Spoiled replies that pysnmp reads and ours reads otherwise; how many pysnmp read."""
    dice = random.Random(seed)
    values = (integer(5), octets(b"5.5"), tlv(0x41, b"\x01"), tlv(0x46, b"\x01"), tlv(0x80, b""))
    wrong, read = [], 0
    for _ in range(count):
        pairs = [((*FLOW[:-1], n), dice.choice(values)) for n in range(dice.randrange(1, 4))]
        datagram = spoiled(response(ASKED, pairs), dice)
        theirs = None if _ONLY_PYSNMP.search(datagram) else read_by_pysnmp(datagram)
        read += theirs is not None
        if theirs is not None and ours(datagram) != theirs:
            wrong.append(f"{datagram.hex()}: {theirs} but {ours(datagram)}")
    return wrong, read


def recorded_pairs(path: Path) -> list[Pair]:
    """What a recorded agent answers, encoded."""
    pairs = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        arcs, kind, text = line.split("|", 2)
        if not arcs.replace(".", "").isdecimal():
            continue  # whoever recorded it hid a part
        pairs.append((tuple(map(int, arcs.split("."))), _encoded(kind, text)))
    return pairs


def _encoded(kind: str, text: str) -> bytes:
    if kind == "4x":
        return octets(bytes.fromhex(text))
    tag = _TAGS[kind]
    if kind in ("2", "65", "66", "67", "70"):
        return integer(int(text), tag)
    if kind == "6":
        return oid(tuple(map(int, text.strip(".").split("."))))
    return tlv(tag, bytes(map(int, text.split("."))) if kind == "64" else text.encode())


def test_every_recorded_agent_is_read_as_pysnmp_reads_it() -> None:
    paths = sorted(FOLDER.glob("*.snmprec"))
    if not paths:
        pytest.skip("shared data folder absent")
    dice = random.Random(7)
    for path in paths:
        pairs = recorded_pairs(path)
        for at in range(0, len(pairs), 60):
            chunk = dice.sample(pairs[at : at + 60], min(20, len(pairs) - at))
            datagram = response(ASKED, chunk)
            assert ours(datagram) == read_by_pysnmp(datagram), path.name


@examples(60)
@given(st.lists(oids, min_size=1, max_size=20), st.sampled_from(["get", "next", "bulk"]))
def test_a_request_is_what_an_agent_reads(asked: list[tuple[int, ...]], kind: Any) -> None:
    before, behind = request_message(1, b"public", kind, tuple(asked), 25)

    request = read_request(before + (77_000_000).to_bytes(4, "big") + behind)

    assert request == (
        1,
        b"public",
        {"get": 0xA0, "next": 0xA1, "bulk": 0xA5}[kind],
        77_000_000,
        25 if kind == "bulk" else 0,
        asked,
    )


_AUTH = {
    "md5": config.USM_AUTH_HMAC96_MD5,
    "sha": config.USM_AUTH_HMAC96_SHA,
    "sha224": config.USM_AUTH_HMAC128_SHA224,
    "sha256": config.USM_AUTH_HMAC192_SHA256,
    "sha384": config.USM_AUTH_HMAC256_SHA384,
    "sha512": config.USM_AUTH_HMAC384_SHA512,
}
_PRIVACY = {
    "des": config.USM_PRIV_CBC56_DES,
    "aes": config.USM_PRIV_CFB128_AES,
    "aes192": config.USM_PRIV_CFB192_AES,
    "aes256": config.USM_PRIV_CFB256_AES,
}
ENGINE_ID = bytes.fromhex("80001f8804737572676572792d31")


@pytest.mark.parametrize("auth", _AUTH)
@pytest.mark.parametrize("privacy", _PRIVACY)
def test_keys_and_ciphers_are_those_of_pysnmp(auth: str, privacy: str) -> None:
    user = UsmUser(b"sara", auth, b"auth-password", privacy, b"privacy-password")
    authority, cipher = config.AUTH_SERVICES[_AUTH[auth]], config.PRIV_SERVICES[_PRIVACY[privacy]]
    engine_id = univ.OctetString(ENGINE_ID)
    auth_key = authority.localize_key(authority.hash_passphrase(b"auth-password"), engine_id)
    stretched = cipher.hash_passphrase(_AUTH[auth], b"privacy-password")
    privacy_key = cipher.localize_key(_AUTH[auth], stretched, engine_id)

    own = keys(user, ENGINE_ID)

    assert own.auth == bytes(auth_key)
    assert own.privacy == bytes(privacy_key)
    moment, plain = EngineTime(7, 4711), bytes(range(64))
    sent, salt = encrypt(user, own.privacy, moment, 2**61 + 5, plain)
    theirs = cipher.decrypt_data(
        privacy_key, (*moment, univ.OctetString(salt)), univ.OctetString(sent)
    )
    assert bytes(theirs) == plain
    sent, salt = cipher.encrypt_data(privacy_key, (*moment, None), plain)
    assert decrypt(user, own.privacy, moment, bytes(salt), bytes(sent))[:64] == plain


def test_a_key_is_that_of_the_standard() -> None:
    """RFC 3414, A.3.2."""
    engine_id = bytes(11) + b"\x02"
    user = UsmUser(b"", "sha", b"maplesyrup", "aes", b"")

    assert keys(user, engine_id).auth.hex() == "6695febc9288e36282235fc7151f128497b38f3f"

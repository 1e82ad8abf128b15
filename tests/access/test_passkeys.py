"""Passkeys by hand-made answers: what is right comes in once, everything else never."""

from dataclasses import replace
from typing import Any

import pytest

from access import passkeys, setup_links, users
from access.passkeys import Answer, RelyingParty
from core.errors import RefusedError
from storage.records import Audit, LoginSession, Passkey
from storage.records.base import all_rows
from tests.access.conftest import T0, Entrance
from tests.access.software_key import PRESENT, SoftwareKey

PARTY = RelyingParty("scanward.example", "https://scanward.example", "Test centre")
NO = "this passkey does not open the door: try again, or use the password"
CHALLENGE = b"sixteen bytes or more"


@pytest.fixture
def key(entrance: Entrance) -> SoftwareKey:
    """Sara's, which is known already."""
    entrance.person("sara", "engineer", full_name="Sara Ahmadi")
    entrance.person("ali", "technician")
    key = SoftwareKey()
    with entrance.change() as tx:
        answer = Answer(key.registered(b"the first challenge"), b"the first challenge")
        passkeys.add_passkey(tx, "sara", " my  telephone ", answer, PARTY)
    return key


def outcome(entrance: Entrance, credential: str, challenge: bytes = CHALLENGE, at: int = T0) -> str:
    """Who comes in, or the words that refuse."""
    try:
        with entrance.change(at) as tx:
            answer = Answer(credential, challenge)
            return passkeys.log_in_by_passkey(tx, answer, PARTY, "10.0.0.9", "Firefox").full_name
    except RefusedError as error:
        return str(error)


def test_a_key_signs_its_person_in_and_each_challenge_once(
    entrance: Entrance, key: SoftwareKey
) -> None:
    answer = key.signed(CHALLENGE, b"scanward-1")
    assert outcome(entrance, answer) == "Sara Ahmadi"
    assert outcome(entrance, answer) == NO
    assert outcome(entrance, key.signed(b"the first challenge"), b"the first challenge") == NO
    assert (
        outcome(entrance, key.signed(b"another challenge"), b"another challenge") == "Sara Ahmadi"
    )
    with entrance.records.reading() as db:
        [row] = all_rows(db, Passkey)
        assert (row.name, row.last_used_at) == ("my telephone", T0)
        assert len(all_rows(db, LoginSession)) == 2
        [audited] = [row for row in all_rows(db, Audit) if row.what == "passkeys"]
        assert (audited.action, audited.who) == ("insert", "cli:test")


@pytest.mark.parametrize(
    "changed",
    [
        {"rp_id": "evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "http://scanward.example"},
        {"flags": PRESENT},  # nobody put a finger on it
        {"flags": 0},
        {"own_id": b"somebody else's."},
        {"private": SoftwareKey().private},
    ],
    ids=["rp_id", "origin", "http", "untouched", "no flags", "own_id", "private"],
)
def test_what_was_signed_for_another_site_or_by_another_key_is_refused(
    entrance: Entrance, key: SoftwareKey, changed: dict[str, Any]
) -> None:
    assert outcome(entrance, replace(key, **changed).signed(CHALLENGE)) == NO


@pytest.mark.parametrize(
    "credential",
    [
        "", "x", "{}", "[]", "null", "1", '{"response": 1}', '{"id": 1, "rawId": [], "response": {}}',
        '{"id":"a","rawId":"a","type":"public-key","response":{}}', "[" * 5000, '"\\ud800"',
    ],
)  # fmt: skip
def test_rubbish_is_refused_in_the_same_words(
    entrance: Entrance, key: SoftwareKey, credential: str
) -> None:
    assert outcome(entrance, credential) == NO
    with pytest.raises(RefusedError, match="does not open the door"):
        passkeys.challenge_in(credential)
    with entrance.change() as tx, pytest.raises(RefusedError, match="does not open the door"):
        passkeys.add_passkey(tx, "ali", "x", Answer(credential, CHALLENGE), PARTY)


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
@pytest.mark.parametrize("text", ["", "AAAA", "====", "\u06f1\u06f2", 7, None])
def test_a_part_that_is_wrong_is_refused(
    entrance: Entrance, key: SoftwareKey, part: str, text: Any
) -> None:
    assert outcome(entrance, key.signed(CHALLENGE, **{part: text})) == NO


def test_another_challenge_or_another_persons_handle_is_refused(
    entrance: Entrance, key: SoftwareKey
) -> None:
    assert outcome(entrance, key.signed(b"an older challenge")) == NO
    assert outcome(entrance, key.signed(CHALLENGE, b"scanward-2")) == NO


def test_a_counter_that_does_not_grow_is_a_copy(entrance: Entrance, key: SoftwareKey) -> None:
    challenges = [f"challenge number {number}".encode() for number in range(4)]
    counts = [5, 5, 4, 6]
    words = [
        outcome(entrance, replace(key, count=count).signed(challenge), challenge)
        for count, challenge in zip(counts, challenges, strict=True)
    ]
    assert words == ["Sara Ahmadi", NO, NO, "Sara Ahmadi"]


def test_a_disabled_person_a_removed_key_and_a_reset_do_not_come_in(
    entrance: Entrance, key: SoftwareKey
) -> None:
    with entrance.change() as tx:
        users.disable(tx, "sara")
    assert outcome(entrance, key.signed(CHALLENGE)) == NO
    with entrance.change() as tx:
        users.enable(tx, "sara")
        setup_links.make_setup_link(tx, "sara")  # the telephone is lost
    assert outcome(entrance, key.signed(CHALLENGE)) == NO


def test_several_keys_are_added_and_removed_by_their_owner_only(
    entrance: Entrance, key: SoftwareKey
) -> None:
    other = SoftwareKey(own_id=b"key-of-a-test-02")
    with entrance.change() as tx:
        answer = Answer(other.registered(CHALLENGE), CHALLENGE)
        passkeys.add_passkey(tx, "sara", "laptop", answer, PARTY)
    with entrance.change() as tx, pytest.raises(RefusedError, match="no passkey 1"):
        passkeys.remove_passkey(tx, "ali", 1)
    with entrance.change() as tx:
        passkeys.remove_passkey(tx, "sara", 1)
    assert outcome(entrance, key.signed(CHALLENGE)) == NO
    assert outcome(entrance, other.signed(b"another challenge"), b"another challenge") != NO


@pytest.mark.parametrize(
    ("key_name", "made", "words"),
    [
        ("", SoftwareKey(own_id=b"2" * 16), "needs a name"),
        ("x" * 61, SoftwareKey(own_id=b"2" * 16), "needs a name"),
        ("x", SoftwareKey(), "known already"),
        ("x", SoftwareKey(own_id=b"2" * 16, flags=PRESENT), "does not open the door"),
        ("x", SoftwareKey(own_id=b"2" * 16, origin="https://evil.example"), "does not open"),
        ("x", SoftwareKey(own_id=b"2" * 16, rp_id="evil.example"), "does not open the door"),
    ],
    ids=["no name", "long name", "known", "untouched", "origin", "rp_id"],
)
def test_a_new_key_that_proves_nothing_is_refused(
    entrance: Entrance, key: SoftwareKey, key_name: str, made: SoftwareKey, words: str
) -> None:
    answer = Answer(made.registered(CHALLENGE), CHALLENGE)
    with entrance.change() as tx, pytest.raises(RefusedError, match=words):
        passkeys.add_passkey(tx, "ali", key_name, answer, PARTY)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://Scanward.example", "scanward.example"),
        ("https://scanward.example:8443/", "scanward.example"),
        ("http://localhost:8501", "localhost"),
        ("http://scanward.example", None),
        ("https://192.168.1.5", None),
        ("https://[fd00::5]:8501", None),
        ("http://127.0.0.1:8501", None),
        (None, None),
    ],
)
def test_keys_belong_to_a_name_with_tls(
    entrance: Entrance, url: str | None, name: str | None
) -> None:
    http = entrance.site.file.http.model_copy(update={"public_url": url})
    object.__setattr__(entrance.site.file, "http", http)
    party = passkeys.relying_party(entrance.site)
    assert (party and party.id) == name

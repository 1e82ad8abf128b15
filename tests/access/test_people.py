"""People, links, sessions and tokens: made, used, ended; and no secret is kept."""

import json

import pytest

from access import api_tokens, passwords, sessions, setup_links, users
from core.errors import RefusedError
from core.time.clock import DAY, HOUR, MINUTE
from core.vocabulary.rights import rights_of
from storage.records import Audit, LoginSession, User, accounts
from storage.records.base import all_rows
from tests.access.conftest import PASSWORD, T0, Entrance


def test_the_first_person_signs_up_by_a_link_and_manages_the_others(entrance: Entrance) -> None:
    with entrance.change() as tx:
        old = setup_links.make_first_link(tx)
        secret = setup_links.make_first_link(tx)
    assert secret is not None
    assert old is not None
    good = passwords.hashed(PASSWORD)
    with entrance.change() as tx:
        with pytest.raises(RefusedError, match="this link was used"):
            setup_links.use_link(tx, old, good, "a", "A")  # a newer one was printed
        user = setup_links.use_link(tx, secret, good, "Sara ", "Sara  Ahmadi")
        assert (user.name, user.full_name, user.roles) == ("sara", "Sara Ahmadi", ["IT"])
        with pytest.raises(RefusedError, match="this link was used"):
            setup_links.use_link(tx, secret, good, "b", "B")
        assert setup_links.make_first_link(tx) is None


def test_a_link_is_good_once_and_not_for_ever(entrance: Entrance) -> None:
    with entrance.change() as tx:
        users.add_user(tx, "ali", "Ali", ["technician"])
        first = setup_links.make_setup_link(tx, "ali")
        second = setup_links.make_setup_link(tx, "ali")
        with pytest.raises(RefusedError, match="not one of ours"):
            setup_links.user_of_link(tx.db, first, T0)
    with entrance.change(T0 + 3 * DAY) as tx, pytest.raises(RefusedError, match="too old"):
        setup_links.user_of_link(tx.db, second, tx.now)


@pytest.mark.parametrize(
    ("name", "full_name", "roles", "why"),
    [
        ("SARA", "Somebody", ["viewer"], "'sara' is taken"),
        ("other", "sara", ["viewer"], "'sara' is taken"),
        ("a b", "A B", ["viewer"], "no name to sign in with"),
        ("سارا", "سارا", ["viewer"], "no name to sign in with"),
        ("../x", "X", ["viewer"], "no name to sign in with"),
        ("x", "cli:root", ["viewer"], "no full name of a person"),
        ("x", "Engine", ["viewer"], "no full name of a person"),
        ("x", "  ", ["viewer"], "no full name of a person"),
        ("x", "X", [], "say which role"),
        ("x", "X", ["enginer"], r"no role 'enginer' \(did you mean 'engineer'\?\)"),
    ],
)
def test_a_name_is_of_a_person_and_only_theirs(
    entrance: Entrance, name: str, full_name: str, roles: list[str], why: str
) -> None:
    entrance.person("sara", "engineer", full_name="Sara")
    with entrance.change() as tx, pytest.raises(RefusedError, match=why):
        users.add_user(tx, name, full_name, roles)


def test_somebody_is_left_who_can_let_others_in(entrance: Entrance) -> None:
    entrance.person("sara", "IT")
    entrance.person("ali", "technician")
    with entrance.change() as tx:
        with pytest.raises(RefusedError, match="the last who manages people"):
            users.disable(tx, "sara")
        with pytest.raises(RefusedError, match="the last who manages people"):
            users.change_roles(tx, "sara", ["viewer"])
        users.change_roles(tx, "ali", ["it", "technician"])
        assert users.disable(tx, "sara").disabled_at == T0


def test_a_session_ends_when_idle_at_its_last_moment_and_when_signed_out(
    entrance: Entrance,
) -> None:
    user = entrance.person("sara", "engineer", full_name="Sara Ahmadi")
    settings = entrance.site.file.access
    with entrance.change() as tx:
        secret = sessions.begin(tx, user, "10.0.0.9", "Firefox" * 100)
    for at in range(T0, T0 + 31 * DAY, 4 * HOUR):
        with entrance.change(at) as tx:
            principal = sessions.by_secret(tx.db, secret, settings, at)
            assert (principal is not None) == (at < T0 + 30 * DAY)
            if principal is not None:
                assert principal.session_id is not None
                sessions.see(tx, principal.session_id)
                assert (principal.full_name, principal.address) == ("Sara Ahmadi", "10.0.0.9")
                assert principal.rights == rights_of(["engineer"])
    with entrance.change() as tx:
        idle = sessions.begin(tx, user, "10.0.0.9", "")
        left = sessions.begin(tx, user, "10.0.0.9", "")
        leaving = sessions.by_secret(tx.db, left, settings, T0)
        assert leaving is not None
        assert leaving.session_id is not None
        assert sessions.by_number(tx.db, leaving.session_id, settings, T0) == leaving
        sessions.end(tx, leaving.session_id)
        assert sessions.by_secret(tx.db, left, settings, T0) is None
        assert sessions.by_secret(tx.db, idle, settings, T0 + 8 * HOUR - MINUTE) is not None
        assert sessions.by_secret(tx.db, idle, settings, T0 + 8 * HOUR) is None
        assert sessions.by_secret(tx.db, "no such", settings, T0) is None
        users.disable(tx, "sara")
        assert sessions.by_secret(tx.db, idle, settings, T0) is None


def test_a_reset_signs_out_everywhere_and_the_old_password_is_gone(entrance: Entrance) -> None:
    user = entrance.person("sara", "engineer")
    with entrance.change() as tx:
        secret = sessions.begin(tx, user, "", "")
        setup_links.make_setup_link(tx, "sara")
        assert sessions.by_secret(tx.db, secret, entrance.site.file.access, T0) is None
        assert not passwords.is_right(PASSWORD, users.find(tx, "sara").password_hash)


def test_a_token_may_what_its_person_and_its_scopes_both_allow(entrance: Entrance) -> None:
    entrance.person("ali", "technician")
    with entrance.change() as tx:
        secret = api_tokens.make_token(
            tx, "ali", "logger", ["read", "enter readings", "manage people"], T0 + DAY
        )
        tx.db.flush()
        bearer = api_tokens.bearer_of(tx.db, secret, T0, "10.0.0.7")
        assert bearer is not None
        assert bearer.principal.rights == {"enter readings"}
        assert bearer.scopes == {"read", "enter readings", "manage people"}
        assert bearer.principal.address == "10.0.0.7"
        assert api_tokens.bearer_of(tx.db, secret, T0 + DAY) is None
        assert api_tokens.bearer_of(tx.db, secret + "x", T0) is None
        api_tokens.use(tx, bearer.token_id)
        assert accounts.tokens_of(tx.db)[0].last_used_at == T0
        users.disable(tx, "ali")
        assert api_tokens.bearer_of(tx.db, secret, T0) is None
        users.enable(tx, "ali")
        api_tokens.revoke_token(tx, bearer.token_id)
        assert api_tokens.bearer_of(tx.db, secret, T0) is None
        with pytest.raises(RefusedError, match=r"no scope 'raed' \(did you mean 'read'\?\)"):
            api_tokens.make_token(tx, "ali", "x", ["raed"])  # codespell:ignore


def test_no_secret_is_in_the_records_nor_in_the_audit(entrance: Entrance) -> None:
    user = entrance.person("sara", "IT")
    with entrance.change() as tx:
        secrets = [
            sessions.begin(tx, user, "", ""),
            api_tokens.make_token(tx, "sara", "x", ["read"]),
            setup_links.make_setup_link(tx, "sara"),
            PASSWORD,
        ]
    with entrance.records.reading() as db:
        kept = [vars(row) for table in (Audit, LoginSession, User) for row in all_rows(db, table)]
        words = json.dumps(kept, default=str)
        assert [secret for secret in secrets if secret in words] == []
        audited = json.dumps([[row.before, row.after] for row in all_rows(db, Audit)])
    assert '"password_hash": "(secret)"' in audited
    assert "argon2" not in audited


@pytest.mark.parametrize(
    "weak", ["short", "password12", "qwerty1234", "aaaaaaaaaaaa", "Sara2026!!", "1212121212"]
)
def test_a_password_that_is_easily_guessed_is_refused(weak: str) -> None:
    with pytest.raises(RefusedError, match="password"):
        passwords.hashed(weak, ["sara", "Sara Ahmadi"])


def test_a_password_may_be_in_any_script_and_is_right_or_not() -> None:
    kept = passwords.hashed("هفت شتر آبی در باغ")
    assert passwords.is_right("هفت شتر آبی در باغ", kept)
    assert not passwords.is_right("هفت شتر آبی در باغ ", kept)
    assert not passwords.is_right("", kept)
    assert not passwords.is_right("anything at all", None)
    assert not passwords.is_right("anything at all", "")
    assert not passwords.is_right("anything at all", "damaged")

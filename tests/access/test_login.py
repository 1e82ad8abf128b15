"""Wrong passwords: counted, slowed down, and never for ever."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from access import passwords, sessions, users
from access.login import FREE, LoginAttempt, log_in
from core.errors import RefusedError
from core.time.clock import DAY, HOUR, MINUTE, SECOND
from storage.records import LoginFailures, LoginSession
from storage.records.base import all_rows
from tests.access.conftest import PASSWORD, T0, Entrance

WRONG = LoginAttempt("sara", "wrong wrong wrong", "10.0.0.66", "curl")
RIGHT = LoginAttempt("Sara ", PASSWORD, "10.0.0.9", "Firefox")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted does not depend on how slow a hash is."""
    monkeypatch.setattr(passwords, "is_right", lambda typed, kept: bool(kept) and typed == PASSWORD)


def outcome(entrance: Entrance, attempt: LoginAttempt, at: int = T0) -> str:
    try:
        return log_in(entrance.records, entrance.site, attempt, lambda: at).full_name
    except RefusedError as error:
        return str(error)


def test_whoever_is_right_comes_in_by_a_new_session(entrance: Entrance) -> None:
    user = entrance.person("sara", "engineer", full_name="Sara Ahmadi")
    secrets = [log_in(entrance.records, entrance.site, RIGHT, lambda: T0).secret for _ in range(2)]
    assert len(set(secrets)) == 2
    with entrance.records.reading() as db:
        principal = sessions.by_secret(db, secrets[0], entrance.site.file.access, T0)
        assert principal is not None
        assert (principal.user_id, principal.address) == (user.id, "10.0.0.9")
        assert all_rows(db, LoginSession)[0].agent == "Firefox"
        assert [row.count for row in all_rows(db, LoginFailures)] == [0, 0]  # account, address


@pytest.mark.parametrize(
    "name", ["sara", "nobody", "disabled", "invited", "", "x" * 200, "' or 1=1"]
)
def test_it_is_refused_in_the_same_words_whoever_it_is(entrance: Entrance, name: str) -> None:
    entrance.person("boss", "IT")
    entrance.person("sara", "engineer")
    entrance.person("disabled", "engineer")
    with entrance.change() as tx:
        users.disable(tx, "disabled")
        users.add_user(tx, "invited", "Invited", ["viewer"])
    wrong = replace(WRONG, name=name)
    words = [outcome(entrance, wrong) for _ in range(FREE["pair"] + 1)]
    assert words == [
        *["the name or the password is wrong"] * FREE["pair"],
        "too many wrong passwords: try again in 1 min",
    ]
    if name == "disabled":
        assert outcome(entrance, replace(RIGHT, name=name)) == words[0]


def test_the_wait_doubles_up_to_a_quarter_of_an_hour(entrance: Entrance) -> None:
    entrance.person("sara", "engineer")
    at, waits = T0, []
    for _ in range(14):
        begin = at
        while outcome(entrance, WRONG, at).startswith("too many"):
            at += 5 * SECOND
        waits.append((at - begin) // SECOND)
    assert waits == [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900]
    assert outcome(entrance, WRONG, at + DAY + HOUR) == "the name or the password is wrong"
    assert outcome(entrance, WRONG, at + DAY + HOUR) == "the name or the password is wrong"


def test_a_stranger_who_tries_all_day_does_not_keep_the_person_out(entrance: Entrance) -> None:
    user = entrance.person("sara", "engineer", full_name="Sara")
    known = replace(RIGHT, known_browser_of=user.id)
    for minute in range(0, 24 * 60, 3):
        for number in range(3):
            address = f"203.0.113.{minute % 200 + number}"
            outcome(entrance, replace(WRONG, address=address), T0 + minute * MINUTE)
        if minute % 60 == 0:
            assert outcome(entrance, known, T0 + minute * MINUTE) == "Sara"
    # A browser that never signed in waits with the others, a quarter of an hour at most.
    end = T0 + 24 * HOUR
    waits = (outcome(entrance, RIGHT, end + minute * MINUTE) for minute in range(16))
    assert "Sara" in list(waits)


def test_a_known_browser_does_not_try_without_end(entrance: Entrance) -> None:
    user = entrance.person("sara", "engineer")
    stolen = replace(WRONG, known_browser_of=user.id)
    words = [outcome(entrance, stolen) for _ in range(FREE["pair"] + 1)]
    assert words[-1].startswith("too many")


def test_many_at_once_try_no_more_than_one_after_another(entrance: Entrance) -> None:
    entrance.person("sara", "engineer")
    words: list[str] = []
    together = threading.Barrier(12)

    def attempt() -> None:
        together.wait()
        words.append(outcome(entrance, WRONG))

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(word == "the name or the password is wrong" for word in words) == FREE["pair"]


def test_a_clock_that_was_set_back_locks_nobody_out_for_years(entrance: Entrance) -> None:
    entrance.person("sara", "engineer", full_name="Sara")
    future = T0 + 10 * 365 * DAY
    for _ in range(FREE["pair"] + 1):
        outcome(entrance, replace(WRONG, address=RIGHT.address), future)
    waits = [outcome(entrance, RIGHT, T0 + minute * MINUTE) for minute in range(2)]
    assert "Sara" in waits


def test_no_name_that_was_typed_is_kept(entrance: Entrance) -> None:
    outcome(entrance, replace(WRONG, name="my secret password"))
    with entrance.records.reading() as db:
        assert all(len(row.key) == 64 for row in all_rows(db, LoginFailures))


def test_a_name_that_nobody_has_takes_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    kept = passwords.hashed(PASSWORD)
    passwords.is_right("x", None)  # the hash of nobody is made once

    def seconds(check: Callable[[], object]) -> float:
        begin = time.thread_time()
        for _ in range(3):
            check()
        return time.thread_time() - begin

    somebody = seconds(lambda: passwords.is_right("wrong wrong", kept))
    nobody = seconds(lambda: passwords.is_right("wrong wrong", None))
    assert 0.5 < nobody / somebody < 2

"""Pages, commands and forms do the same thing by the same function: what one refuses, all refuse."""

import ast
import importlib
import inspect
import pkgutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from types import CodeType, FrameType
from typing import NamedTuple, get_args

import pytest
import streamlit as st

from access import api_tokens, oidc, passkeys, sessions, setup_links, users
from core.vocabulary.rights import RIGHTS, Right, Role
from dashboard import i18n
from dashboard.queries import stores
from storage.records import Audit
from storage.records import base as table_rows
from storage.records.transaction import refusal
from tests import doors
from tests.dashboard.centre import Centre, build, opened
from tests.dashboard.people import SARA_HERSELF, person, sign_in
from tests.dashboard.sample_work import furnish, with_plans
from tests.doors.table import Action, Attempt, Visit, refusal_of

ROOT = Path(__file__).parents[1]
# The only two places that open a transaction for a person.
OPENERS = {"dashboard.forms:writing", "app.cli.session:SiteSession"}
NO_ROWS = {
    "self",
    "session",
    "chart",
    "server",
}  # what may have an attribute set: forms, drawings, itself
ROW_CALLS = {"add", "add_all", "delete", "merge", "flush", "commit"}
FILES = sorted([*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "app" / "cli").rglob("*.py")])
ACTIONS: list[Action] = [
    action
    for module in pkgutil.iter_modules(doors.__path__, "tests.doors.")
    for action in getattr(importlib.import_module(module.name), "ACTIONS", ())
]


# What everybody does with their own account, or by the secret of a link, needs no role.
OWN = {
    sessions.begin,
    sessions.end,
    sessions.see,
    setup_links.use_link,
    users.change_password,
    users.choose_language,
    users.end_sessions,
    users.find,
    users.new_demo_user,
    api_tokens.use,
    oidc.link_identity,
    oidc.log_in_by_oidc,
    passkeys.add_passkey,
    passkeys.log_in_by_passkey,
    passkeys.remove_passkey,
}
BOUND = [action for action in ACTIONS if action.service not in OWN]


class Place(NamedTuple):
    """A function of a door, or the module itself, with all that is written in it."""

    name: str  # module:function
    node: ast.stmt


def places() -> Iterator[Place]:
    for path in FILES:
        module = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            yield Place(f"{module}:{getattr(node, 'name', '')}", node)


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    st.cache_data.clear()
    st.cache_resource.clear()
    path = with_plans(build(tmp_path))
    monkeypatch.setenv(stores.SITE_VARIABLE, str(path))
    sign_in(monkeypatch, SARA_HERSELF)
    centre = opened(path)
    furnish(centre, time.time_ns() // 1_000_000)
    yield centre
    centre.series.close()
    centre.records.close()
    st.cache_resource.clear()


def called_by(attempt: Attempt, visit: Visit) -> tuple[str, set[CodeType]]:
    """The refusal's words, and every function that was called."""
    called: set[CodeType] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            called.add(frame.f_code)

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        return refusal_of(attempt, visit), called
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def code_of(service: Callable[..., object]) -> CodeType:
    """Its own, below what checks the right."""
    code: CodeType = inspect.unwrap(service).__code__
    return code


def changes(centre: Centre) -> int:
    with centre.records.reading() as db:
        return len(table_rows.all_rows(db, Audit))


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_what_one_door_refuses_every_door_refuses_in_the_same_words(
    centre: Centre, action: Action
) -> None:
    assert action.refusal or len(action.doors) == 1, "doors are compared by what they refuse"
    now = time.time_ns() // 1_000_000
    visit = Visit(centre, now, action.prepare(centre, now))
    before = changes(centre)
    for door in action.doors:
        words, called = called_by(door.attempt, visit)
        assert (door.place, words) == (door.place, action.refusal)
        assert code_of(action.service) in called, f"{door.place} goes another way"
        assert not action.refusal or changes(centre) == before, (
            f"{door.place} has changed something"
        )


def right_of(service: Callable[..., object]) -> Right:
    """The line of the table that it is bound to."""
    return vars(service)["right"]  # type: ignore[no-any-return]


def is_for_people(place: str) -> bool:
    """A page: the command line has every right, a form or a link brings its own."""
    return place.startswith("dashboard.") and not place.startswith("dashboard.http.")


@pytest.mark.parametrize("action", BOUND, ids=lambda action: action.name)
def test_each_role_may_what_the_table_of_rights_says_and_is_told_who_may(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, action: Action
) -> None:
    now = time.time_ns() // 1_000_000
    visit = Visit(centre, now, action.prepare(centre, now))
    right, before = right_of(action.service), changes(centre)
    words = i18n.translate(refusal(right).phrase)
    pages = [door for door in action.doors if is_for_people(door.place)]
    # Who may not comes first: where nothing is refused, the last changes what the next would meet.
    for role in sorted(get_args(Role), key=RIGHTS[right].__contains__):
        for door in pages if role not in RIGHTS[right] else pages[:1]:
            sign_in(monkeypatch, person(role))
            is_refused = refusal_of(door.attempt, visit) == words
            assert (role, door.place, is_refused) == (role, door.place, role not in RIGHTS[right])
            assert not is_refused or changes(centre) == before
        if role in RIGHTS[right] and not action.refusal:
            break


@pytest.mark.parametrize("action", BOUND, ids=lambda action: action.name)
def test_nobody_does_anything_when_the_session_has_ended(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, action: Action
) -> None:
    now = time.time_ns() // 1_000_000
    visit = Visit(centre, now, action.prepare(centre, now))
    before = changes(centre)
    sign_in(monkeypatch, None)
    for door in action.doors:
        if is_for_people(door.place):
            words = refusal_of(door.attempt, visit)
            assert "not signed in any more" in words or "You are signed out" in words
    assert changes(centre) == before


def test_every_service_function_is_bound_to_the_table() -> None:
    unbound = {action.service for action in ACTIONS if not vars(action.service)}
    assert unbound == OWN
    assert {right_of(action.service) for action in BOUND} <= set(RIGHTS)


def test_every_call_of_a_service_function_is_a_door_in_the_table() -> None:
    listed = {(door.place, action.service.__name__) for action in ACTIONS for door in action.doors}
    calls = {
        (place.name, name)
        for place in places()
        for call in ast.walk(place.node)
        if isinstance(call, ast.Call) and call.args and _is_transaction(call.args[0])
        for name in [_last_name(call.func)]
    }
    assert sorted(calls - listed) == [], "no row in tests/doors/ goes through these"
    gone = {place for place, _ in listed} - {place.name for place in places()}
    assert sorted(gone) == [], "these are no places any more"


def test_no_door_writes_by_itself() -> None:
    wrong = [
        f"{place.name}, line {node.lineno}: {ast.unparse(node)}"
        for place in places()
        for node in ast.walk(place.node)
        if isinstance(node, ast.Call | ast.Attribute) and _writes(node, place.name)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "line",
    [
        "tx.db.add(row)",
        "db.delete(row)",
        "order.state = 'done'",
        "order.steps[0].note += 'x'",
        "orders.get(tx.db, 1).title = 'x'",
        "stores.records().writing('me', 0)",
        "centre.records.writing('me', 0)",
        "transaction(records, site, 'me', 0)",
        "Transaction(db, site, 'me', 0)",
        "setattr(order, 'state', 'done')",
    ],
)
def test_a_door_that_writes_is_noticed(line: str) -> None:
    nodes = chain.from_iterable(ast.walk(node) for node in ast.parse(line).body)
    assert any(
        _writes(node, "dashboard.app_pages.orders:")
        for node in nodes
        if isinstance(node, ast.Call | ast.Attribute)
    )


def _writes(node: ast.Call | ast.Attribute, place: str) -> bool:
    if isinstance(node, ast.Attribute):
        return isinstance(node.ctx, ast.Store | ast.Del) and _last_name(node.value) not in NO_ROWS
    function = _last_name(node.func)
    if function in ("transaction", "Transaction"):
        return place not in OPENERS
    if function == "setattr":
        return True
    if not isinstance(node.func, ast.Attribute):
        return False
    owner = _last_name(node.func.value)
    return (function in ROW_CALLS and owner == "db") or (
        function == "writing" and owner == "records"
    )


def _last_name(node: ast.expr) -> str:
    """`b` of `a.b` and of `a.b()`."""
    if isinstance(node, ast.Call):
        return _last_name(node.func)
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_transaction(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "tx"

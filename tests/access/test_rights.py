"""The table of rights: everything in it means something, and the page for people is made from it."""

from pathlib import Path
from typing import get_args

import pytest

from access.roles_page import roles_page
from core.errors import RefusedError
from core.vocabulary.rights import EVERY_RIGHT, RIGHTS, Right, Role, rights_of
from dashboard import i18n
from storage.records.transaction import Transaction, needs, refusal
from tests.access.conftest import Entrance

ROOT = Path(__file__).parents[2]


def test_every_right_has_its_line_and_somebody_has_it() -> None:
    assert list(RIGHTS) == list(get_args(Right))
    assert all(roles and set(roles) <= set(get_args(Role)) for roles in RIGHTS.values())


def test_who_has_no_role_has_no_right_and_the_rights_of_roles_add_up() -> None:
    assert rights_of([]) == rights_of(["vendor"]) == rights_of(["owner"]) == frozenset()
    assert rights_of(["engineer", "IT"]) == rights_of(["engineer"]) | rights_of(["IT"])
    assert rights_of(get_args(Role)) == EVERY_RIGHT


def test_the_page_for_people_is_made_from_the_table() -> None:
    assert (ROOT / "docs" / "roles.md").read_text(encoding="utf-8") == roles_page()


def test_what_a_permitted_action_brings_with_it_is_permitted(entrance: Entrance) -> None:
    @needs("work on an order")
    def outer(tx: Transaction) -> str:
        return inner(tx)

    @needs("sign off a work order")
    def inner(tx: Transaction) -> str:
        return tx.by

    with entrance.change() as tx:
        hands = Transaction(tx.db, tx.site, "Ahmad", tx.now, rights_of(["technician"]))
        assert outer(hands) == "Ahmad"
        with pytest.raises(
            RefusedError, match="only engineer, physicist, manager may sign off a work order"
        ):
            inner(hands)


@pytest.mark.parametrize("right", RIGHTS)
def test_who_may_not_is_told_who_may_in_every_language(right: Right) -> None:
    i18n.use("fa")
    try:
        dari = i18n.translate(refusal(right).phrase)
    finally:
        i18n.use("en")
    assert not any(letter.isascii() and letter.isalpha() for letter in dari), dari

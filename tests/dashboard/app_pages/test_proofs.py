"""Lines that a source proves: shown on their order with what was seen, and confirmed with one tap."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.queries import stores
from dashboard.queries.proofs import READ_FOR, ShownProofs
from tests.dashboard.centre import Centre, build, open_and_well
from tests.dashboard.driving import click, page, screen
from tests.dashboard.sample_work import make_due, make_proven, order_of, with_plans

NOW = time.time_ns() // 1_000_000
CONFIRM = "Confirm the proven line"


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    path = with_plans(build(tmp_path))
    monkeypatch.setenv(stores.SITE_VARIABLE, str(path))
    with open_and_well(path, NOW) as centre:
        yield centre


def test_one_tap_confirms_what_was_shown_and_the_order_says_by_what(centre: Centre) -> None:
    number = make_proven(centre, NOW)
    test = page("order", order=number)
    shown = screen(test)
    assert "Largest offset of the lasers: 1.5 mm" in shown
    assert "readings: 1" in shown
    assert [field.label for field in test.text_input if "lasers" in field.label] == []
    test = click(test, CONFIRM)
    item = next(item for item in order_of(centre, number).items if item.item == "laser")
    assert (item.answer, item.value, item.within) == ("measured", 1.5, True)
    assert "Confirmed by its proof" in screen(test)
    assert CONFIRM not in [button.label for button in test.button]


def test_a_person_may_answer_it_themselves(centre: Centre) -> None:
    test = page("order", order=make_proven(centre, NOW))
    next(tick for tick in test.checkbox if tick.label == "Answer it myself").check().run()
    assert [field.label for field in test.text_input if "lasers" in field.label]


def test_what_is_no_proof_is_shown_with_its_reason_and_asked_of_the_person(centre: Centre) -> None:
    test = page("order", order=make_proven(centre, NOW, offset=3.5))
    assert "No proof: " in screen(test)
    assert "outside its limits" in screen(test)
    assert CONFIRM not in [button.label for button in test.button]


def test_nothing_that_was_read_is_no_proof_either(centre: Centre) -> None:
    assert "there is no reading of Largest offset of the lasers since" in screen(
        page("order", order=make_due(centre, NOW))
    )


def test_what_is_read_stays_while_it_is_read_and_is_looked_at_again_later() -> None:
    shown = ShownProofs(NOW, {})
    assert not shown.is_old(NOW + READ_FOR)
    assert shown.is_old(NOW + READ_FOR + 1)
    assert shown.is_old(NOW - 1)

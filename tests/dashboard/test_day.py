"""What a day with the pages must not do: hide what is wrong, lose what was typed, say what is not so."""

import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.clock import HOUR
from dashboard import queries
from maintenance.orders import complete
from tests.dashboard.centre import Centre, build
from tests.dashboard.house import furnish, order_by_hand, with_plans
from tests.dashboard.test_work_pages import click, page, screen

NOW = time.time_ns() // 1_000_000


@pytest.fixture
def site_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = with_plans(build(tmp_path))
    monkeypatch.setenv(queries.SITE_VARIABLE, str(path))
    return path


@pytest.fixture(autouse=True)
def _furnished(centre: Centre) -> None:
    centre.all_well(NOW)
    furnish(centre, NOW)


def links(test: AppTest) -> list[str]:
    found: Any = test.get("page_link")
    return [link.proto.label for link in found]


# Today


def test_what_fires_and_nobody_works_on_stands_on_today(centre: Centre) -> None:
    centre.alert("ct-2", "tube_hot", NOW - HOUR)
    test = page("today")
    assert "The tube is hot" in links(test)
    assert "Nothing is broken" not in screen(test)
    click(page("device", device="ct-2"), "Open a work order")
    assert links(page("today")).count("The tube is hot") == 1


def test_today_says_when_nothing_is_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "now", lambda: NOW + HOUR)
    assert "Nothing is being collected" in screen(page("today"))


@pytest.mark.parametrize("name", ["today", "orders"])
def test_work_that_is_done_is_not_forgotten_before_it_is_signed(centre: Centre, name: str) -> None:
    number = order_by_hand(centre, NOW - HOUR)
    with centre.records.writing("test", NOW) as db:
        complete(db, number, by="test", now=NOW, result="Fan changed")
    assert "Fan is loud" in links(page(name))


# What cannot be used


def test_a_device_that_cannot_be_used_is_nowhere_ok(centre: Centre) -> None:
    number = order_by_hand(centre, NOW - HOUR)
    assert "Out of service" in screen(page("fleet"))
    test = page("device", device="ct-2")
    assert '<span class="sw-badge sw-error">' in screen(test)
    assert f"Work order {number}" in links(test)

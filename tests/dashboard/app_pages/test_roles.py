"""Each role sees its own pages, may press what the table says, and reads why not."""

import time
from typing import get_args
from unittest.mock import Mock

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import StoreError
from core.time.clock import HOUR
from core.vocabulary.rights import RIGHTS, Right, Role
from dashboard import forms, i18n, menu
from dashboard.components.shared import auto_refresh
from dashboard.http.addresses import PAGES
from dashboard.queries import menu as menu_queries
from dashboard.views.audit import audit_csv
from maintenance.tickets import lifecycle as tickets
from storage.records import Audit
from tests.dashboard.centre import Centre
from tests.dashboard.driving import page, screen, whole
from tests.dashboard.people import SARA, person, sign_in
from tests.dashboard.sample_work import order_by_hand

ROLES: tuple[Role, ...] = get_args(Role)


def now() -> int:
    return time.time_ns() // 1_000_000


def disabled(test: AppTest) -> dict[str, bool]:
    return {button.label: button.disabled for button in test.button}


@pytest.mark.parametrize("role", [role for role in ROLES if role != "vendor"])
def test_the_page_of_an_order_offers_what_a_role_may_do(
    furnished: Centre, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    number = order_by_hand(furnished, now())
    sign_in(monkeypatch, person(role))
    test = page("order", order=number)
    greyed = disabled(test)
    rights: dict[str, Right] = {
        "Start": "work on an order",
        "Assign": "assign a work order",
        "Cancel the order": "cancel a work order",
    }
    assert {label: greyed[label] for label in rights} == {
        label: role not in RIGHTS[right] for label, right in rights.items()
    }
    if role == "viewer":
        reasons = {caption.value for caption in test.caption}
        assert "only engineer, manager may cancel a work order" in reasons


def test_the_menu_is_of_ones_roles() -> None:
    assert menu.menu_of(["vendor"]) == []
    assert menu.menu_of(["viewer"]) == ["fleet", "assets", "reports"]
    assert len(menu.menu_of(["viewer", "IT"])) == 13
    files = {path.stem for path in PAGES.glob("[!_]*.py")}
    assert {page.name for page in menu.PAGES} == files
    assert "audit" not in menu.menu_of(["engineer", "physicist", "technician"])


def test_the_menu_counts_what_waits_behind_its_pages(furnished: Centre) -> None:
    furnished.alert("mr-1", "helium_low", now() - HOUR)
    with furnished.change(now()) as tx:
        tickets.open_ticket(tx, "ct-2", "tube-service", "Fan is loud")
    counts = menu_queries.menu_counts()
    assert counts["fleet"] == counts["tickets"] == 1
    assert counts["orders"] == 0
    assert "(1)" in i18n.t("app.counted", title="All devices", count=counts["fleet"])


def test_a_menu_without_records_has_no_counts_and_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(menu_queries, "_counts", Mock(side_effect=StoreError("no disk")))
    assert menu_queries.menu_counts() == {}, "the pages say why"


def test_who_is_there_stands_on_the_page_with_the_way_out(centre: Centre) -> None:
    shown = screen(page("fleet"))
    assert f'<a href="account" target="_self">{SARA}</a>' in shown


def test_a_page_whose_session_has_ended_shows_nothing_but_the_way_in(
    furnished: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, None)
    test = page("today")
    assert "signed out" in test.error[0].value
    assert "CT-2" not in screen(test)


def test_the_audit_says_who_did_what_from_where(furnished: Centre) -> None:
    order_by_hand(furnished, now())
    with furnished.records.writing("=Sara", now(), "10.0.0.9") as db:
        db.add(Audit(now(), "=Sara", "work_orders", "99", "update", {"a": 1}, {"a": 2}, "10.0.0.9"))
    test = page("audit")
    [table] = test.dataframe
    assert next(iter(table.value["who"])) == "=Sara"
    assert next(iter(table.value["from"])) == "10.0.0.9"
    test.selectbox(key="audit-what").set_value("assets")
    test.run()
    assert set(test.dataframe[0].value["what"]) == {"assets"}
    test.text_input(key="row").set_value("no such row")
    test.run()
    assert not test.dataframe
    assert "Nothing was changed" in screen(test)


@pytest.mark.parametrize("role", ["engineer", "technician", "viewer"])
def test_the_audit_is_not_for_everybody(
    furnished: Centre, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    sign_in(monkeypatch, person(role))
    test = page("audit")
    assert not test.dataframe
    assert "only manager, IT may see the audit" in screen(test)


def test_a_spreadsheet_does_not_calculate_what_somebody_typed(furnished: Centre) -> None:
    change = Audit(0, "=cmd()", "users", "1", "insert", None, {"name": "سارا"}, "10.0.0.9")
    text = audit_csv([change], furnished.site.zone).decode("utf-8-sig")
    head, line = text.splitlines()
    assert head == "when,who,from,action,what,row,before,after"
    assert "'=cmd()" in line
    assert "سارا" in line


def test_a_page_that_makes_itself_anew_is_nobody_who_is_there(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = Mock()
    monkeypatch.setattr(forms, "note_presence", note)
    test = page("today")
    before = note.call_count
    test.session_state[auto_refresh.OWN] = True
    whole(test.run())
    assert note.call_count == before
    whole(test.run())
    assert note.call_count == before + 1

"""The manager's page: first for a manager, figures that lead to their cases, and the same words as its file."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import menu
from dashboard.http import server
from storage.records import Asset, Contract, Vendor
from tests.dashboard.centre import Centre
from tests.dashboard.driving import page, screen
from tests.dashboard.people import person, sign_in

HOSTILE = '<img src=x onerror=alert(1)>**"9"'


def first_page() -> AppTest:
    return AppTest.from_file(str(server.SCRIPT), default_timeout=60).run()


def test_a_manager_begins_on_it_and_others_with_the_fleet(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, person("manager"))
    test = first_page()
    assert "What is overdue, and what comes" in screen(test)
    assert menu.landing_of(["manager", "viewer"]) == "management"
    assert menu.landing_of(["manager", "engineer"]) == menu.landing_of(["viewer"]) == menu.FIRST


def test_a_number_leads_to_its_cases_and_a_name_to_its_page(centre: Centre) -> None:
    with centre.records.writing() as db:
        db.add(Vendor(id="v", name="V"))
        db.flush()
        contract = Contract("v", HOSTILE, "2020-01-01", "2020-12-31", ["sat"], cost_cents=123_400)
        db.add(contract)
        db.flush()
        db.add(Asset(id="ct-2", name="CT", entered_at=0, updated_at=0, contract_id=contract.id))
    test = page("management")
    shown = screen(test)
    assert '<a href="#table-losses">' in shown
    assert 'id="table-losses"' in shown
    assert '<a href="asset?device=ct-2" target="_self">Contract ends: &lt;img' in shown
    assert "<img src=x" not in shown
    assert "1,234" in shown
    buttons = test.get("download_button")
    assert len(buttons) == 3

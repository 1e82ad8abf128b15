"""What a day with the pages must not do: hide what is wrong, lose what was typed, say what is not so."""

import time
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.errors import StoreError
from core.time.clock import DAY, HOUR, from_ms
from dashboard.queries import stores
from maintenance.downtime.lifecycle import open_downtime
from maintenance.tickets.lifecycle import open_ticket
from maintenance.tickets.questions import add_own_question
from maintenance.work_orders.completion import complete
from tests.dashboard.centre import Centre, build
from tests.dashboard.driving import box, click, field, page, screen, whole
from tests.dashboard.sample_work import furnish, order_by_hand, order_of, with_plans

NOW = time.time_ns() // 1_000_000


@pytest.fixture
def site_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = with_plans(build(tmp_path))
    monkeypatch.setenv(stores.SITE_VARIABLE, str(path))
    return path


@pytest.fixture(autouse=True)
def _furnished(centre: Centre) -> None:
    centre.all_well(NOW)
    furnish(centre, NOW)


def links(test: AppTest) -> list[str]:
    found: Any = test.get("page_link")
    return [link.proto.label for link in found]


# Today


def test_what_a_supplier_asks_leads_from_today_to_the_page_of_the_answers(centre: Centre) -> None:
    with centre.change(NOW) as tx:
        ticket = open_ticket(tx, "ct-2", "tube-service", "Fan is loud").id
        add_own_question(tx, ticket, "Is it loud?")
    buttons: Any = page("today").get("link_button")
    shown = [(button.proto.label, button.proto.url) for button in buttons]
    assert ("Suppliers ask something: answer 1", "/questions") in shown


def test_what_fires_and_nobody_works_on_stands_on_today(centre: Centre) -> None:
    centre.alert("ct-2", "tube_hot", NOW - HOUR)
    test = page("today")
    assert "The tube is hot" in links(test)
    assert "Nothing is broken" not in screen(test)
    click(page("device", device="ct-2"), "Open a work order")
    assert links(page("today")).count("The tube is hot") == 1


def test_today_says_when_nothing_is_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "now", lambda: NOW + HOUR)
    assert "Nothing is being collected" in screen(page("today"))


@pytest.mark.parametrize("name", ["today", "orders"])
def test_work_that_is_done_is_not_forgotten_before_it_is_signed(centre: Centre, name: str) -> None:
    number = order_by_hand(centre, NOW - HOUR)
    with centre.change(NOW) as tx:
        complete(tx, number, result="Fan changed")
    assert "Fan is loud" in links(page(name))


# What cannot be used


def test_a_device_that_cannot_be_used_is_nowhere_ok(centre: Centre) -> None:
    number = order_by_hand(centre, NOW - HOUR)
    assert "Out of service" in screen(page("fleet"))
    test = page("device", device="ct-2")
    assert '<span class="sw-badge sw-error">' in screen(test)
    assert f"Work order {number}" in links(test)


def test_a_device_that_is_usable_in_part_is_not_called_out_of_service(centre: Centre) -> None:
    with centre.change(NOW) as tx:
        open_downtime(tx, "ct-2", NOW - HOUR, cause="machine", extent="partial")
    assert "CT-2 is usable in part" in links(page("today"))
    assert "Usable in part" in screen(page("fleet"))


# Tickets


def test_a_message_that_nothing_will_send_says_so() -> None:
    test = page("tickets")
    field(test, "Subject").set_value("Fan is loud")
    click(test, "Open the ticket")
    test = page("ticket", ticket=1)
    field(test, "Message").set_value("The fan is loud.")
    shown = screen(click(test, "Save, to be sent by hand"))
    assert "this site sends no mail" in shown
    assert "waits to be sent" not in shown


def test_the_vendor_is_not_told_of_a_downtime_that_nobody_noted(centre: Centre) -> None:
    centre.alert("ct-2", "tube_hot", NOW - HOUR)
    assert field(page("tickets", alert=1), "The device is").value == "working"
    number = order_by_hand(centre, NOW - HOUR)
    st.cache_data.clear()
    assert field(page("tickets", order=number), "The device is").value == "down"


def test_an_address_that_is_none_is_refused_and_stays() -> None:
    test = page("tickets")
    field(test, "Name").set_value("Fan Works")
    field(test, "Short name, as siemens-service").set_value("fan-works")
    field(test, "E-mail for tickets").set_value("fan works")
    click(test, "Add a vendor")
    assert "is no e-mail address" in test.error[0].value
    assert field(test, "E-mail for tickets").value == "fan works"


# Times


def test_a_page_that_was_open_for_hours_writes_when_it_was_done(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = order_by_hand(centre, NOW - HOUR)
    test = page("order", order=number)
    field(test, "What was found and done").set_value("Fan changed")
    monkeypatch.setattr(stores, "now", lambda: NOW + 3 * HOUR)
    click(test, "Done")
    assert order_of(centre, number).done_at == NOW + 3 * HOUR


def test_a_time_to_come_is_refused_not_bent(centre: Centre) -> None:
    number = order_by_hand(centre, NOW - HOUR)
    test = page("order", order=number)
    field(test, "What was found and done").set_value("Fan changed")
    tomorrow = from_ms(NOW + DAY, centre.site.zone)
    box(test, "When it was done", f"{tomorrow:%Y-%m-%d %H:%M}")
    click(test, "Done")
    assert "between the order's opening and now" in test.error[0].value
    assert order_of(centre, number).state == "open"


def test_the_day_that_is_proposed_is_the_sites(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = NOW - NOW % DAY + 30 * DAY + 21 * HOUR  # in Kabul the next day has begun
    monkeypatch.setattr(stores, "now", lambda: late)
    day = from_ms(late, centre.site.zone).date().isoformat()
    assert box(page("today"), "On which day") == day


# Reports


def test_a_report_in_dari_is_dari_and_leaves_names_as_they_are() -> None:
    test = page("reports")
    shown = screen(whole(field(test, "Language of the file").set_value("fa").run()))
    figures = shown[shown.index("sw-figures") : shown.index("<table")]
    assert "month before" not in figures
    assert "ماه گذشته" in figures
    assert "<bdi>CT-2</bdi>" in shown


# Addresses that lead nowhere


@pytest.mark.parametrize(("name", "back"), [("order", "Work orders"), ("ticket", "Tickets")])
def test_a_number_that_is_none_leads_back_to_the_list(name: str, back: str) -> None:
    test = page(name, **{name: 99})
    assert test.error[0].value.endswith("99.")
    assert back in links(test)


@pytest.mark.parametrize("name", ["order", "ticket"])
def test_what_cannot_be_read_is_not_said_to_be_missing(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def broken() -> None:
        raise StoreError("disk gone")

    monkeypatch.setattr(stores, "records", broken)
    told = [error.value for error in page(name, **{name: 1}).error]
    assert told == ["This cannot be read now: disk gone"]


def test_a_device_that_is_none_is_not_taken_for_the_first() -> None:
    test = page("device", device="ct-9")
    assert test.error[0].value == "There is no device ct-9 at this site."
    assert test.selectbox(key="device").value is None

"""The pages about the work, driven without a browser: what is clicked is what the records hold."""

import time
from pathlib import Path
from typing import Any

import pytest

from core.time.clock import DAY, HOUR, MINUTE
from maintenance.work_orders.attachments import attach
from storage.records import Alert, Records, Ticket
from storage.records import assets as asset_rows
from storage.records import downtime as downtime_rows
from storage.records import manual_readings as manual_rows
from storage.records import parts as part_rows
from storage.records import planning as task_rows
from storage.records import tickets as ticket_rows
from storage.records import work_orders as order_rows
from tests.dashboard.centre import Centre
from tests.dashboard.driving import choose, click, field, page, screen, whole
from tests.dashboard.people import SARA
from tests.dashboard.sample_work import make_due, order_by_hand, order_of

NOW = time.time_ns() // 1_000_000


@pytest.fixture
def centre(furnished: Centre) -> Centre:
    return furnished


# Today


def test_what_is_broken_and_what_is_due_stand_first(centre: Centre) -> None:
    make_due(centre, NOW)
    order_by_hand(centre, NOW - HOUR)
    test = page("today")
    links: Any = test.get("page_link")
    labels = [link.proto.label for link in links]
    assert labels[0] == "Fan is loud", "with its downtime in one line"
    assert "Machine" in screen(test)
    assert "CT-2 is out of service" not in labels
    assert labels.index("Fan is loud") < labels.index("Monthly check of the tube")
    assert "Today, " in screen(test)


def test_due_work_is_started_from_today(centre: Centre) -> None:
    number = make_due(centre, NOW)
    click(page("today"), "Start")
    assert order_of(centre, number).state == "working"


def test_due_work_is_skipped_only_with_a_reason(centre: Centre) -> None:
    number = make_due(centre, NOW)
    test = click(page("today"), "Skip")
    assert "Nothing was changed" in test.error[0].value
    field(test, "In words").set_value("Patients until night")
    click(test, "Skip")
    assert order_of(centre, number).state == "cancelled"


def test_work_done_before_is_noted_and_counted_from_there(centre: Centre) -> None:
    test = page("today")
    field(test, "What was done").set_value("ct-2/tube_monthly")
    click(test, "Note it")
    with centre.records.reading() as db:
        last = task_rows.last_task(db, "tube_monthly", "ct-2")
        assert last is not None
        assert NOW - 2 * DAY < (last.done_at or 0) <= time.time_ns() // 1_000_000


def test_the_month_shows_days_off_and_can_be_turned(centre: Centre) -> None:
    test = page("today")
    later = next(button for button in test.button if button.key == "month-after")
    assert "Friday" in screen(whole(later.click().run()))
    assert "Day off" in screen(test)


# Orders


def test_an_order_is_opened_by_hand(centre: Centre) -> None:
    test = page("orders")
    field(test, "What is to be done").set_value("Change the fan")
    click(test, "Open the order")
    with centre.records.reading() as db:
        assert [one.title for one in order_rows.orders(db)] == ["Change the fan"]


def test_what_was_typed_stays_when_an_order_is_refused(centre: Centre) -> None:
    test = page("orders")
    field(test, "What was seen").set_value("It hums")
    test = click(test, "Open the order")
    assert "an order needs a title" in test.error[0].value
    assert field(test, "What was seen").value == "It hums"


def test_a_measured_item_out_of_limits_is_said_at_once_and_opens_an_order(centre: Centre) -> None:
    number = make_due(centre, NOW)
    test = click(page("order", order=number), "Start")
    assert "at most 2" in screen(test)
    field(test, "Largest offset of the lasers, mm").set_value("3,5")
    test = choose(whole(test.run()), "Filters are clean", "ok")
    assert "Outside at most 2" in screen(test)
    assert order_of(centre, number).items[1].answer == "open"  # said before it is saved
    test = click(test, "Done")
    assert order_of(centre, number).state == "done"
    with centre.records.reading() as db:
        found = order_rows.follow_ups(db, number)
        assert [one.title for one in found] == ["Largest offset of the lasers: 3.5 mm"]
        taken = manual_rows.manual_readings(db, "ct-2", 5)
        assert [(one.metric, one.value) for one in taken] == [("qa_laser_offset_mm", 3.5)]


def test_an_order_cannot_be_done_while_an_item_is_open(centre: Centre) -> None:
    number = make_due(centre, NOW)
    test = page("order", order=number)
    field(test, "What was found and done").set_value("All good")
    test = click(test, "Done")
    assert "not answered" in test.error[0].value
    assert field(test, "What was found and done").value == "All good"
    assert order_of(centre, number).state == "open"


def test_a_device_is_checked_before_its_order_is_signed(centre: Centre) -> None:
    number = order_by_hand(centre, NOW - HOUR)
    test = click(page("order", order=number), "Start")
    test = click(test, "Done")
    assert "say what was found and done" in test.error[0].value
    field(test, "What was found and done").set_value("Fan changed")
    test = click(test, "Done")
    assert not [button for button in test.button if button.label == "Sign off"]
    field(test, "What was checked before patients return").set_value("Phantom, no artefacts")
    test = click(test, "Back in service")
    test = click(test, "Sign off")
    order = order_of(centre, number)
    assert (order.state, order.signed_by) == ("signed_off", SARA)
    with centre.records.reading() as db:
        assert all(piece.ended_at for piece in downtime_rows.downtimes_of_order(db, number))
    assert [button.label for button in test.button] == ["Save"]  # only a cause may be corrected


def test_using_a_part_takes_it_from_the_shelf_and_costs(centre: Centre) -> None:
    number = order_by_hand(centre, NOW - HOUR)
    test = click(page("order", order=number), "Use a part")
    assert "1 × Gantry fan" in screen(test)
    assert "Total 80 USD" in screen(test)
    with centre.records.reading() as db:
        assert part_rows.stock_by_part(db) == {"ct-fan": 1}


def test_labour_and_bills_are_added_up(centre: Centre) -> None:
    number = order_by_hand(centre, NOW - HOUR)
    test = page("order", order=number)
    field(test, "Cost, USD").set_value("12,5")
    test = click(test, "Add")
    field(test, "What for").set_value("Transport")
    field(test, "Amount, USD").set_value("٤٠")
    click(test, "Add", 1)
    order = order_of(centre, number)
    assert ([one.cost_cents for one in order.labour], [one.cost_cents for one in order.costs]) == (
        [1250],
        [4000],
    )


def test_the_cause_of_downtime_is_corrected_by_a_person(centre: Centre) -> None:
    number = order_by_hand(centre, NOW - HOUR)
    test = page("order", order=number)
    field(test, "Cause").set_value("mains")
    click(test, "Save")
    with centre.records.reading() as db:
        piece = downtime_rows.downtimes_of_order(db, number)[0]
        assert (piece.cause, piece.corrected_by) == ("mains", SARA)
        assert piece.began_at == NOW - HOUR  # not cut to the minute


def test_a_file_is_kept_in_the_storage_folder_and_shown(centre: Centre, tmp_path: Path) -> None:
    number = order_by_hand(centre, NOW - HOUR)
    for _ in range(2):
        with centre.change(NOW) as tx:
            attach(tx, "order", str(number), "../photo.txt", "text/plain", b"seen")
    test = page("order", order=number)
    buttons: Any = test.get("download_button")
    assert [one.proto.label for one in buttons] == ["photo.txt (1 kB)"]
    assert [path.read_bytes() for path in (tmp_path / "var" / "files").iterdir()] == [b"seen"]


def test_an_order_that_is_not_there_is_said_to_be_unknown(centre: Centre) -> None:
    for number in ("99", "x", ""):
        assert "There is no work order" in page("order", order=number).error[0].value


# Alerts


def test_an_alert_is_acknowledged_and_becomes_an_order_on_the_page_of_its_device(
    centre: Centre,
) -> None:
    centre.alert("ct-2", "tube_hot", NOW - 3 * MINUTE)
    test = click(page("device", device="ct-2"), "Acknowledge")
    assert f"acknowledged by {SARA}" in screen(test)
    test = click(test, "Open a work order")
    with centre.records.reading() as db:
        order = order_rows.orders(db)[0]
        alert = db.get_one(Alert, order.alert_id)
    assert (order.title, order.opened_by) == ("The tube is hot", "alert")
    assert alert.acknowledged_by == SARA
    assert not [
        button
        for button in page("device", device="ct-2").button
        if button.label == "Open a work order"
    ]


# Tickets


def ticket_of(records: Records) -> Ticket:
    with records.reading() as db:
        ticket = ticket_rows.tickets(db)[0]
        _ = ticket.messages, ticket.steps, ticket.sessions
        return ticket


def opened_ticket(centre: Centre) -> int:
    number = order_by_hand(centre, NOW - HOUR)
    test = page("tickets", order=number)
    assert field(test, "Subject").value == "Fan is loud"
    click(test, "Open the ticket")
    return ticket_of(centre.records).id


def test_a_ticket_from_an_order_is_sent_by_a_person_and_then_its_clock_runs(
    centre: Centre,
) -> None:
    number = opened_ticket(centre)
    test = page("ticket", ticket=number)
    field(test, "Message").set_value("The fan is loud. Please come.")
    test = click(test, "Save, to be sent by hand")
    ticket = ticket_of(centre.records)
    assert (ticket.state, ticket.order_id, ticket.contract_id) == ("to_send", 1, 1)
    assert [one.text for one in ticket.messages] == ["The fan is loud. Please come."]
    assert "left, until" not in screen(test)
    assert "this site sends no mail" in screen(test)
    assert "left, until" in screen(click(test, "I have sent it"))
    assert " left" in screen(page("tickets"))


def test_who_comes_in_from_outside_is_written_down(centre: Centre) -> None:
    number = opened_ticket(centre)
    test = page("ticket", ticket=number)
    field(test, "Message").set_value("Please look.")
    test = click(test, "Save, to be sent by hand")
    field(test, "Who comes in").set_value("Their second line")
    test = click(test, "Let somebody in")
    assert ticket_of(centre.records).state == "remote_session"
    field(test, "What Their second line did and changed").set_value("Read the log")
    click(test, "They are out")
    [visit] = ticket_of(centre.records).sessions
    assert (visit.allowed_by, visit.done) == (SARA, "Read the log")


def test_the_diagnostics_bundle_is_kept_with_the_ticket(centre: Centre) -> None:
    number = opened_ticket(centre)
    test = click(page("ticket", ticket=number), "Diagnostics bundle")
    buttons: Any = test.get("download_button")
    assert ".zip" in buttons[0].proto.label


def test_a_vendor_is_added_when_there_is_none_yet(centre: Centre) -> None:
    test = page("tickets")
    field(test, "Name").set_value("Chiller house")
    field(test, "Short name, as siemens-service").set_value("chiller-house")
    click(test, "Add a vendor")
    with centre.records.reading() as db:
        assert [vendor.name for vendor in asset_rows.vendors(db)] == [
            "Chiller house",
            "Tube Service",
        ]


# Parts


def test_parts_show_what_must_be_ordered_and_are_moved(centre: Centre) -> None:
    test = page("parts")
    assert "2 of 2" in screen(test)
    field(test, "What happened").set_value("scrapped")
    test = click(test, "Move")
    assert "1 of 2" in screen(test)
    assert "Order now" in screen(test)
    field(test, "How many").set_value("۷")
    field(test, "What happened").set_value("scrapped")
    assert "there are only 1" in click(test, "Move").error[0].value


def test_a_new_part_is_added(centre: Centre) -> None:
    test = page("parts")
    field(test, "Name").set_value("Tube")
    field(test, "Short name, as ct-tube").set_value("ct-tube")
    assert "Tube" in screen(click(test, "New part"))


# Reports


@pytest.mark.parametrize("kind", ["uptime", "maintenance", "vendor"])
def test_every_report_is_on_the_screen_and_can_be_fetched(centre: Centre, kind: str) -> None:
    test = choose(page("reports"), "Report", kind)
    assert "sw-figure" in screen(test)
    buttons: Any = test.get("download_button")
    assert [one.proto.label for one in buttons] == ["PDF", "Excel", "Web page"]


def test_the_report_names_downtime_with_its_cause_and_follows_a_correction(centre: Centre) -> None:
    order_by_hand(centre, NOW - 30 * MINUTE)
    test = page("reports")
    assert "Machine" in screen(test)
    field(test, "Cause").set_value("cooling")
    test = click(test, "Save")
    assert "Cooling" in screen(test)


# When something is wrong


def test_without_records_every_page_stands_and_says_so(centre: Centre, tmp_path: Path) -> None:
    centre.records.close()
    for path in (tmp_path / "var").glob("records.db*"):
        path.unlink()
    for name in ("today", "orders", "tickets", "parts", "rounds", "reports"):
        assert "cannot be read now" in page(name).error[0].value, name

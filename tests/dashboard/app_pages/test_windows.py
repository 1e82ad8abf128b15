"""Silences and maintenance on the pages, driven without a browser: what is clicked is what the records hold."""

import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from alerts.evaluation.window_changes import open_maintenance, work_now
from core.time.clock import DAY, HOUR, MINUTE
from dashboard.queries import alerts as alert_queries
from storage.records import Alert, Window
from storage.records import windows as window_rows
from tests.dashboard.centre import Centre
from tests.dashboard.driving import click, fill, page, save, screen, whole
from tests.dashboard.people import SARA
from tests.dashboard.sample_work import make_due, order_by_hand, order_of

NOW = time.time_ns() // 1_000_000


@pytest.fixture
def centre(furnished: Centre) -> Centre:
    return furnished


def windows(centre: Centre) -> list[Window]:
    with centre.records.reading() as db:
        return window_rows.all_windows(db)


def labels(test: AppTest) -> list[str]:
    return [button.label for button in test.button]


def toggle(test: AppTest) -> Any:
    return test.toggle[0]


# At an alert


def test_an_alert_is_silenced_on_the_page_of_its_device_and_told_again(centre: Centre) -> None:
    centre.alert("ct-2", "tube_hot", NOW - 3 * MINUTE)
    test = page("device", device="ct-2")
    refused = save(test, "silence-1")
    assert "say why" in refused.error[0].value
    fill(refused, "silence-1-why-0", "the fan comes tomorrow")
    groups: Any = refused.get("button_group")
    next(group for group in groups if group.key == "silence-1-hours-0").set_value(12)
    test = save(refused, "silence-1")
    [silence] = windows(centre)
    assert (silence.kind, silence.by, silence.rule) == ("silence", SARA, "tube_hot")
    assert 11 * HOUR < silence.ends_at - NOW < 13 * HOUR
    assert "Silent until" in screen(test)
    assert f"{SARA}: the fan comes tomorrow" in screen(test)
    test = click(test, "End it now")
    assert "Silent until" not in screen(test)


def test_an_alert_shows_what_to_do_first_while_it_fires(centre: Centre) -> None:
    centre.alert("mr-1", "helium_low", NOW - 3 * MINUTE)
    assert "Do first: Call the service &amp; order helium." in screen(page("device", device="mr-1"))
    centre.alert("ct-2", "tube_hot", NOW - 3 * MINUTE)
    assert "Do first" not in screen(page("device", device="ct-2")), "its rule has no advice"


def test_only_an_alert_whose_value_is_old_can_be_closed(centre: Centre) -> None:
    centre.alert("ct-2", "tube_hot", NOW - 3 * HOUR)
    centre.alert("mr-1", "helium_low", NOW - 3 * HOUR)
    centre.all_well(NOW)
    assert "Close" not in labels(page("device", device="ct-2"))


def test_an_alert_of_a_probe_that_is_gone_is_closed_with_a_reason(centre: Centre) -> None:
    centre.alert("spare", "tube_hot", NOW - 3 * HOUR)
    test = page("device", device="spare")
    assert "say why" in save(test, "close-1").error[0].value
    fill(test, "close-1-why-0", "probe removed")
    test = save(test, "close-1")
    assert f"closed by {SARA}: probe removed" in screen(test)
    with centre.records.reading() as db:
        assert db.get_one(Alert, 1).state == "ok"


# At work


def test_i_am_working_on_it_now(centre: Centre) -> None:
    centre.alert("ct-2", "tube_hot", NOW - 3 * MINUTE)
    test = page("device", device="ct-2")
    test = save(test, "work-ct-2")  # the reason is there already
    [window] = windows(centre)
    assert (window.kind, window.device, window.reason) == ("maintenance", "ct-2", "Maintenance")
    assert "In maintenance until" in screen(test)
    assert "nobody is told: in maintenance" in screen(test)
    assert len(windows(centre)) == 1
    save(test, "work-ct-2")  # still at it
    assert len(windows(centre)) == 1
    assert "In maintenance until" in screen(page("fleet"))
    assert "In maintenance" in screen(page("today"))
    test = click(page("today"), "End it now")
    assert "In maintenance" not in screen(test)
    assert "In maintenance" not in screen(page("device", device="ct-2"))


def test_maintenance_is_planned_and_taken_back(centre: Centre) -> None:
    test = page("device", device="ct-2")
    fill(test, "plan-work-ct-2-why-0", "yearly service")
    assert "until when" in save(test, "plan-work-ct-2").error[0].value
    with centre.change(NOW) as tx:
        open_maintenance(tx, "ct-2", NOW + DAY, NOW + DAY + HOUR, "yearly", repeats="weekly")
        open_maintenance(tx, "ct-2", NOW + DAY, NOW + DAY + HOUR, "once")
    alert_queries.forget_cached()
    test = page("device", device="ct-2")
    assert "every week" in screen(test)
    assert "In maintenance until" not in screen(page("fleet"))
    test = click(test, "Take it back")
    assert [window.reason for window in windows(centre)] == ["yearly"]
    click(test, "End it for good")
    assert windows(centre) == []


def test_a_turn_that_is_open_ends_and_the_next_one_stays(centre: Centre) -> None:
    with centre.change(NOW) as tx:
        open_maintenance(tx, "ct-2", NOW - HOUR, NOW + HOUR, "backup", repeats="daily")
    test = click(page("device", device="ct-2"), "End it now")
    assert "Maintenance from" in screen(test)
    assert "In maintenance until" not in screen(test)


# With an order


def test_begun_work_tells_nobody_unless_the_switch_says_so(centre: Centre) -> None:
    number = order_by_hand(centre, NOW - HOUR)
    test = page("order", order=number)
    assert toggle(test).value is True
    test = click(test, "Start")
    [window] = windows(centre)
    assert (window.device, window.order_id) == ("ct-2", number)
    links: Any = page("device", device="ct-2").get("page_link")
    assert f"Work order {number}" in [link.proto.label for link in links]


def test_the_switch_is_kept_for_the_next_order(centre: Centre) -> None:
    number = order_by_hand(centre, NOW - HOUR)
    make_due(centre, NOW)
    test = page("order", order=number)
    test = whole(toggle(test).set_value(False).run())
    click(test, "Start")
    test.switch_page("app_pages/today.py")
    click(whole(test.run()), "Start")
    with centre.records.reading() as db:
        assert order_of(centre, number).state == "working"
        assert window_rows.all_windows(db) == []


def test_somebody_elses_work_stands_beside_the_device(centre: Centre) -> None:
    with centre.change(NOW, "omar") as tx:
        work_now(tx, "mr-1", 4, "the coil <b>")
    assert "omar: the coil &lt;b&gt;" in screen(page("device", device="mr-1"))

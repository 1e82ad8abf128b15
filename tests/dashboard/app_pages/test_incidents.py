"""What broke together is one line on Today and one mark among the tiles; driven without a browser."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from alerts.evaluation.window_changes import silence_alert, work_now
from core.time.clock import HOUR, MINUTE, SECOND
from dashboard import i18n
from dashboard.queries import alerts as alert_queries
from dashboard.queries import stores
from dashboard.text import format as fmt
from maintenance.downtime.lifecycle import open_downtime
from storage.records import Alert, Incident, Transition, WorkOrder
from storage.records import downtime as downtime_rows
from tests.dashboard import driving
from tests.dashboard.centre import Centre, build, open_and_well
from tests.dashboard.driving import click, page, unmarked
from tests.dashboard.people import SARA

NOW = time.time_ns() // 1_000_000

BATTERY_RULES = """rules:
  - {id: on_battery, title: Mains failed, metric: phase, below: 1, severity: error,
     explains: site, basis: engineering}
snmp:
"""


@pytest.fixture
def site_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = build(tmp_path)
    profile = path.parent / "profiles" / "battery.yaml"
    text = profile.read_text(encoding="utf-8").replace("snmp:\n", BATTERY_RULES)
    profile.write_text(text, encoding="utf-8")
    monkeypatch.setenv(stores.SITE_VARIABLE, str(path))
    return path


@pytest.fixture
def centre(site_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    """All is well but what a test says; its now stands still, for readings must not get old."""
    monkeypatch.setattr(stores, "now", lambda: NOW)
    with open_and_well(site_path, NOW) as centre:
        yield centre


def together(centre: Centre, *alerts: tuple[str, str], cause: int = 1) -> None:
    """Alerts of one incident, each device's explained by that of the cause's device."""
    for device, rule in alerts:
        centre.alert(device, rule, NOW - 20 * MINUTE)
    with centre.change(NOW - 19 * MINUTE) as tx:
        incident = Incident(began_at=NOW - 20 * MINUTE, cause_id=cause)
        tx.db.add(incident)
        tx.db.flush()
        explaining = tx.db.get_one(Alert, cause)
        for alert in tx.db.query(Alert).filter(Alert.incident_id.is_(None)):
            alert.incident_id = incident.id
            if alert.device != explaining.device:
                alert.suppressed_by = explaining.device
    alert_queries.forget_cached()


def change(centre: Centre, number: int, **values: object) -> None:
    """Set what stands in the row of an alert."""
    with centre.records.writing() as db:
        for name, value in values.items():
            setattr(db.get_one(Alert, number), name, value)
    alert_queries.forget_cached()


def flapped(centre: Centre, number: int) -> None:
    """It began to fire three times in the last hour."""
    with centre.records.writing() as db:
        alert = db.get_one(Alert, number)
        for ago in (50, 30, 10):
            at = NOW - ago * MINUTE
            db.add(Transition(alert=alert, before="pending", after="firing", at=at))
    alert_queries.forget_cached()


def power_cut(centre: Centre) -> None:
    """The UPS explains CT-2, and helium and door of MR-1."""
    together(
        centre,
        ("ups-1", "on_battery"),
        ("ct-2", "tube_hot"),
        ("mr-1", "helium_low"),
        ("mr-1", "door_open"),
    )


def screen(test: AppTest) -> str:
    """Its narrow spaces as plain ones, and words that stand beside each other in one text."""
    shown = driving.screen(test).replace(fmt.PAGE.before_unit, " ")
    return shown.replace("<bdi>", "").replace("</bdi>", "")


def links(test: AppTest) -> list[str]:
    """Without the counts of the fleet, which lead to the same page."""
    found: Any = test.get("page_link")
    labels = [link.proto.label for link in found]
    return [label for label in labels if not label.startswith("Only: ")]


def expanders(test: AppTest) -> list[str]:
    """Without the signs that keep names from being read as Markdown."""
    return [block.label.replace("\\", "") for block in test.expander]


def acknowledged(centre: Centre) -> list[str]:
    with centre.records.reading() as db:
        return [alert.acknowledged_by for alert in db.query(Alert).order_by(Alert.id)]


def in_order(db: Session) -> list[WorkOrder]:
    return list(db.query(WorkOrder).order_by(WorkOrder.id))


# Today


def test_a_power_cut_is_one_line_with_what_it_explains(centre: Centre) -> None:
    power_cut(centre)
    test = page("today")
    assert expanders(test) == ["explains 3 others: CT-2, MR-1 <b>one</b>"]
    assert links(test).count("Mains failed") == 1
    assert [b.label for b in test.button].count("Acknowledge") == 1
    members = [link for link in links(test) if link in ("The tube is hot", "Helium is low")]
    assert sorted(members) == ["Helium is low", "The tube is hot"]  # below it, each once
    assert "UPS · since" in screen(test)


def test_how_bad_it_is_is_not_how_bad_its_symptoms_are(centre: Centre) -> None:
    together(centre, ("ups-1", "on_battery"), ("mr-1", "helium_low"))
    shown = screen(page("today"))
    assert shown.index("sw-badge sw-error") < shown.index("sw-badge sw-critical")


def test_to_acknowledge_takes_all_of_it_and_says_who(centre: Centre) -> None:
    power_cut(centre)
    test = click(page("today"), "Acknowledge")
    assert acknowledged(centre) == [SARA] * 4
    assert f"acknowledged by {SARA}" in screen(test)
    assert "Acknowledge" not in [button.label for button in test.button]


def test_a_symptom_that_comes_later_asks_nobody_anew(centre: Centre) -> None:
    power_cut(centre)
    click(page("today"), "Acknowledge")
    change(centre, 4, acknowledged_at=None, acknowledged_by="")
    test = page("today")
    assert "Acknowledge" not in [button.label for button in test.button]
    change(centre, 4, suppressed_by="")  # what it does not explain does
    assert "Acknowledge" in [button.label for button in page("today").button]


def test_its_order_and_what_is_out_of_service_are_in_its_line(centre: Centre) -> None:
    power_cut(centre)
    with centre.records.writing() as db:
        downtime = downtime_rows.Downtime("ct-2", NOW - HOUR, "mains", "hard", "alerts", alert_id=2)
        db.add(downtime)
    test = page("today")
    assert "out of service: CT-2" in screen(test)
    assert "CT-2 is out of service" not in links(test)
    click(test, "Open a work order")
    with centre.records.reading() as db:
        [order] = in_order(db)
        assert (order.device, order.alert_id) == ("ups-1", 1)
    test = page("today")
    assert f"Work order {order.id}" in links(test)
    assert links(test).count("Mains failed") == 1, "the order has no second line"
    assert "Open a work order" not in [button.label for button in test.button]


def test_a_downtime_that_somebody_noted_keeps_its_own_line(centre: Centre) -> None:
    power_cut(centre)
    with centre.change(NOW) as tx:
        open_downtime(tx, "ct-2", NOW - HOUR, cause="machine", extent="hard")
        open_downtime(tx, "mr-1", NOW - HOUR, cause="planned", extent="hard")
    alert_queries.forget_cached()
    test = page("today")
    assert "CT-2 is out of service" in links(test)
    assert "out of service: CT-2<" in screen(test), "and not MR-1, which is planned"


def test_an_alert_of_before_incidents_has_its_line_and_buttons(centre: Centre) -> None:
    centre.alert("ct-2", "tube_hot", NOW - HOUR)
    test = page("today")
    assert links(test).count("The tube is hot") == 1
    assert expanders(test) == []
    click(test, "Acknowledge")
    assert acknowledged(centre) == [SARA]
    assert f"acknowledged by {SARA}" in screen(page("today"))


def test_what_broke_on_the_same_device_is_named(centre: Centre) -> None:
    together(centre, ("mr-1", "helium_low"), ("mr-1", "door_open"))
    assert expanders(page("today")) == ["and on the same device: The door is open"]


def test_more_devices_than_a_line_holds_are_counted(centre: Centre) -> None:
    power_cut(centre)
    centre.alert("spare", "tube_hot", NOW - 5 * MINUTE)
    change(centre, 5, incident_id=1, suppressed_by="ups-1")
    [label] = expanders(page("today"))
    assert label.startswith("explains 4 others: CT-2, MR-1")
    assert label.endswith("Spare")


def test_a_cause_that_is_over_says_that_the_rest_is_not(centre: Centre) -> None:
    power_cut(centre)
    change(centre, 1, state="ok", ended_at=NOW - MINUTE)
    test = page("today")
    assert "what it explained is not" in screen(test)
    assert links(test).count("Mains failed") == 1
    for number in (2, 3, 4):
        change(centre, number, state="ok", ended_at=NOW - MINUTE)
    assert "Mains failed" not in links(page("today"))


def test_what_ended_meanwhile_is_not_acknowledged_and_says_so(centre: Centre) -> None:
    power_cut(centre)
    test = page("today")
    with centre.records.writing() as db:
        db.get_one(Incident, 1).ended_at = NOW
    found = next(button for button in test.button if button.label == "Acknowledge")
    test = found.click().run()
    assert "has ended" in test.error[0].value
    assert acknowledged(centre) == [""] * 4


def test_an_incident_that_joined_another_meanwhile_is_acknowledged_with_it(centre: Centre) -> None:
    together(centre, ("ct-2", "tube_hot"))
    test = page("today")
    centre.alert("ups-1", "on_battery", NOW - 20 * MINUTE)
    with centre.change(NOW) as tx:
        whole = Incident(began_at=NOW - 20 * MINUTE, cause_id=2)
        tx.db.add(whole)
        tx.db.flush()
        part = tx.db.get_one(Incident, 1)
        part.ended_at, part.merged_into_id = NOW, whole.id
        for alert in tx.db.query(Alert):
            alert.incident_id = whole.id
    click(test, "Acknowledge")
    assert acknowledged(centre) == [SARA] * 2


def test_of_very_many_the_first_are_listed_and_the_rest_is_counted(centre: Centre) -> None:
    power_cut(centre)
    for number in range(30):
        centre.alert("spare", "tube_hot", NOW - HOUR, ended_at=NOW)
        change(centre, 5 + number, component=f"t{number}", incident_id=1, suppressed_by="ups-1")
        change(centre, 5 + number, state="firing", ended_at=None)
    test = page("today")
    assert expanders(test) == ["explains 33 others: Spare, CT-2, MR-1 <b>one</b>"]
    assert "and 13 more" in screen(test)


def test_a_pending_alert_and_a_note_have_no_line(centre: Centre) -> None:
    centre.alert("ct-2", "tube_hot", NOW - HOUR)
    centre.alert("mr-1", "door_open", NOW - HOUR)
    change(centre, 1, state="pending", fired_at=None)
    change(centre, 2, severity="info")
    assert "Nothing is broken" in screen(page("today"))


def test_today_stands_while_readings_cannot_be_read(centre: Centre, tmp_path: Path) -> None:
    power_cut(centre)
    centre.series.close()
    (tmp_path / "var" / "series.db").write_bytes(b"not a database" * 1000)
    for tail in ("-wal", "-shm"):
        (tmp_path / "var" / f"series.db{tail}").unlink(missing_ok=True)
    assert "Mains failed" in links(page("today"))


# What stands beside


def test_a_window_of_the_device_and_of_one_above_say_so(centre: Centre) -> None:
    power_cut(centre)
    with centre.change(NOW) as tx:
        window = work_now(tx, "ups-1", 2, "battery")
        tx.db.flush()
        number = window.id
    change(centre, 2, suppressed_by=f"window {number}")
    test = page("today")
    assert "nobody is told: in maintenance" in screen(test)
    assert "nobody is told while UPS is in maintenance" in screen(page("device", device="ct-2"))
    with centre.change(NOW) as tx:
        tx.db.get_one(type(window), number).ends_at = NOW - SECOND
    alert_queries.forget_cached()
    assert "nobody is told" not in screen(page("device", device="ct-2")), "it is over"


def test_a_silence_says_so_on_today(centre: Centre) -> None:
    power_cut(centre)
    with centre.change(NOW) as tx:
        silence_alert(tx, 1, NOW + HOUR, "known")
    alert_queries.forget_cached()
    assert "Silent until" in screen(page("today"))


def test_what_nobody_can_tell_any_more_does_not_look_current(centre: Centre) -> None:
    centre.alert("ct-2", "tube_hot", NOW - HOUR)
    assert "now 41.25 °C" in screen(page("device", device="ct-2"))
    change(centre, 1, unknown_since=NOW - 10 * MINUTE)
    shown = screen(page("device", device="ct-2"))
    assert "not known since" in shown
    assert "now 41.25 °C" not in shown
    assert "not known since" in screen(page("today"))


def test_value_at_firing_worst_and_now_are_told_apart(centre: Centre) -> None:
    centre.alert("mr-1", "helium_low", NOW - HOUR)
    change(centre, 1, fired_value=59.5, value=40.0)
    shown = screen(page("device", device="mr-1"))
    assert "Was 59.5 %, 0.5 % below 60 %" in shown
    assert re.search(r"59\.5 % when it fired \(.+?\) · worst 40 % · now 81\.5 % \(", shown)
    change(centre, 1, fired_value=40.0)
    shown = screen(page("device", device="mr-1"))
    assert "Was 40 %, 20 % below 60 %" in shown
    assert re.search(r">40 % when it fired \(.+?\) · now 81\.5 % \(", shown)


def test_what_is_right_again_counts_until_it_has_stayed_so(centre: Centre) -> None:
    centre.alert("ct-2", "tube_hot", NOW - HOUR)
    change(centre, 1, state="clearing", cleared_at=NOW - 2 * MINUTE)
    shown = screen(page("today"))
    assert "right again since" in shown
    assert "watched for" not in shown, "its rule watches for no time"
    flapped(centre, 1)
    for shown in (screen(page("today")), screen(page("device", device="ct-2"))):
        assert "right again since" in shown
        assert "watched for 30 min" in shown
    shown = screen(page("fleet"))
    assert "sw-badge sw-warning" in shown
    assert '<dd class="sw-ok">41.25' in shown, "the value itself is right"


# Among the tiles


def test_explained_devices_say_because_of_what_and_count_once(centre: Centre) -> None:
    power_cut(centre)
    test = page("fleet")
    shown = screen(test)
    assert shown.count("because of UPS") == 2
    assert "<b>1</b> Wrong" in shown
    assert "<b>2</b> because of another" in shown
    assert "<b>0</b> Not answering" in shown
    assert links(test)[0] == "UPS", "the group with the cause comes first"


def test_a_fault_of_its_own_beside_an_explained_one_is_its_own(centre: Centre) -> None:
    power_cut(centre)
    change(centre, 3, suppressed_by="", incident_id=None)
    shown = screen(page("fleet"))
    assert shown.count("because of UPS") == 1
    assert "<b>2</b> Wrong" in shown


def test_what_is_the_devices_own_comes_before_what_is_explained(centre: Centre) -> None:
    power_cut(centre)
    change(centre, 2, suppressed_by="", incident_id=None)  # a warning, MR-1's is critical
    found = links(page("fleet"))
    assert found.index("CT-2") < found.index("MR-1 \\<b\\>one\\</b\\>")


# History


@pytest.mark.parametrize(
    ("language", "reason", "words"),
    [
        ("en", "the rule was removed", "the rule was removed"),
        ("en", "closed by sara: probe gone", "closed by sara: probe gone"),
        ("fa", "the rule was removed", "قاعده برداشته شد"),
        ("fa", "the rule no longer covers this component", "قاعده دیگر این جزء را در بر نمی‌گیرد"),
        ("fa", "closed by sara: probe gone", "sara آن را بست: probe gone"),
    ],
)
def test_why_an_alert_ended_is_in_the_history(
    centre: Centre, site_path: Path, language: str, reason: str, words: str
) -> None:
    with site_path.open("a", encoding="utf-8") as file:
        file.write(f"language: {language}\n")
    centre.alert("ct-2", "tube_hot", NOW - 3 * HOUR, ended_at=NOW - HOUR)
    change(centre, 1, end_reason=reason)
    assert words in screen(page("device", device="ct-2"))


def test_an_incident_is_told_in_dari(centre: Centre, site_path: Path) -> None:
    with site_path.open("a", encoding="utf-8") as file:
        file.write("language: fa\n")
    power_cut(centre)
    [label] = expanders(page("today"))
    assert unmarked(label).startswith("علت 3 مورد دیگر است: CT")
    assert "به علت UPS" in screen(page("fleet"))


@pytest.mark.parametrize("section", ["incident"])
def test_every_word_of_an_incident_has_its_dari_form(section: str) -> None:
    english, dari = i18n.catalogue("en").words, i18n.catalogue("fa").words
    keys = {key for key in english if key.startswith(f"{section}.")}
    assert keys <= set(dari)

"""One engineer's day on its page: headings, why a line stands where it stands, what is done on it, whose it is."""

import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.readings import Reading
from core.time.clock import DAY, HOUR, MINUTE
from dashboard.components.day import actions
from dashboard.components.orders.order import steps_list
from dashboard.queries import agenda, stores
from dashboard.queries.incidents import open_incidents
from maintenance.work_orders.completion import complete, return_to_service, sign_off
from maintenance.work_orders.opening import open_order
from storage.records import Alert
from tests.dashboard.centre import Centre, build
from tests.dashboard.driving import click, field, page, screen
from tests.dashboard.people import SARA, person, sign_in
from tests.dashboard.sample_work import order_by_hand, order_of

NOW = time.time_ns() // 1_000_000
OVERLOADED = """
rules:
  - {id: overloaded, title: It is overloaded, metric: load_pct, above: 95, severity: critical,
     basis: engineering}
"""
COUNTED = "  examination_count: {title: Examinations, kind: counter}\n  tube_temp_c"


@pytest.fixture
def site_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """CT-2 counts its examinations, and the UPS can be overloaded."""
    path = build(tmp_path)
    with (path.parent / "profiles" / "battery.yaml").open("a") as battery:
        battery.write(OVERLOADED)
    profile = path.parent / "profiles" / "tube.yaml"
    profile.write_text(profile.read_text().replace("  tube_temp_c", COUNTED, 1))
    monkeypatch.setenv(stores.SITE_VARIABLE, str(path))
    return path


def count_examinations(centre: Centre, an_hour: int) -> None:
    """So many in each hour of the last ten days."""
    centre.hear(
        *(
            Reading("ct-2", "examination_count", float(hour * an_hour), NOW - (240 - hour) * HOUR, "dicom")
            for hour in range(240)
        )
    )  # fmt: skip


def shown(test: AppTest) -> str:
    """What stands on the screen, without the signs around names and before units."""
    text = screen(test).replace("<bdi>", "").replace("</bdi>", "")
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def headings(test: AppTest) -> list[str]:
    return [part.split("</h2>")[0] for part in screen(test).split("<h2>")[1:]]


def test_the_day_has_its_headings_and_says_that_nothing_is_wrong(centre: Centre) -> None:
    centre.all_well(NOW)
    test = page("today")
    assert headings(test)[:2] == ["Now", "Due today"]
    assert "Nothing is broken." in shown(test)
    assert "Nothing is due today." in shown(test)


def test_why_a_line_stands_where_it_stands(centre: Centre) -> None:
    count_examinations(centre, 2)
    with centre.change(NOW - HOUR) as tx:
        open_order(tx, "spare", "Lamp is dark", down="hard")
    order_by_hand(centre, NOW)
    with centre.change(NOW) as tx:
        open_order(tx, "mr-1", "Door squeaks")
    text = shown(page("today"))
    assert "about 48 examinations wait; 2 h of work (assumed)" in text
    assert "how many examinations wait is not known; 2 h of work (assumed)" in text
    assert text.index("not known") < text.index("about 48"), "unknown is not zero"
    assert "nobody has it" in text
    assert "next: start" in text
    groups = agenda.today(NOW)
    assert [line.device for line in groups["now"]] == ["spare", "ct-2", "mr-1"]
    assert [len(lines) for lines in groups.values()] == [3, 0, 0, 0]


def test_what_hangs_on_a_ups_of_which_nobody_wrote_it_is_not_nothing(centre: Centre) -> None:
    count_examinations(centre, 2)
    with centre.change(NOW - HOUR) as tx:
        open_order(tx, "ct-2", "Lamp is dark", down="hard")
    centre.alert("ups-1", "overloaded", NOW - HOUR)
    assert [line.device for line in agenda.today(NOW)["now"]] == ["ups-1", "ct-2"]
    assert "how many examinations wait is not known" in shown(page("today"))


def test_an_alert_is_begun_on_its_line_and_leads_to_its_order(centre: Centre) -> None:
    centre.alert("ct-2", "tube_hot", NOW - HOUR)
    click(page("today"), "Start")
    assert [step.state for step in order_of(centre, 1).steps] == ["open", "working"]
    text = shown(page("today"))
    assert "next: finish the work" in text
    with centre.records.reading() as db:
        assert db.get_one(Alert, 1).acknowledged_by == SARA


def test_an_alert_is_given_to_somebody_on_its_line(centre: Centre) -> None:
    centre.alert("ct-2", "tube_hot", NOW - HOUR)
    actions._give_alert(1, "Karim")
    assert order_of(centre, 1).assigned_to == "Karim"
    test = page("today")
    assert "for Karim" in shown(test)
    assert "nobody has it" not in shown(test)


def test_what_is_put_off_waits_with_its_reason_and_is_back_when_it_gets_worse(
    centre: Centre,
) -> None:
    centre.alert("ct-2", "tube_hot", NOW - HOUR)
    test = page("today")
    field(test, "Why", -1).set_value("after the clinic")
    test = click(test, "Put off")
    assert "Waiting" in headings(test)
    assert f"by {SARA}: after the clinic" in shown(test)
    assert len(agenda.today(stores.now())["waiting"]) == 1
    with centre.records.writing() as db:
        db.get_one(Alert, 1).severity = "critical"
    open_incidents.clear()
    assert len(agenda.today(stores.now())["now"]) == 1
    with centre.records.writing() as db:
        db.get_one(Alert, 1).severity = "warning"
    open_incidents.clear()
    click(page("today"), "Bring it back")
    assert [len(lines) for lines in agenda.today(stores.now()).values()] == [1, 0, 0, 0]


def test_a_technician_sees_what_is_theirs_and_may_see_the_rest(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre.alert("ct-2", "tube_hot", NOW - HOUR)
    order_by_hand(centre, NOW)
    actions._give(1, "Karim")
    sign_in(monkeypatch, person("technician", full_name="Karim"))
    test = page("today")
    links: Any = test.get("page_link")
    assert "Fan is loud" in [link.proto.label for link in links]
    assert "The tube is hot" not in [link.proto.label for link in links]
    test = test.toggle(key="everything").set_value(True).run()
    links = test.get("page_link")
    assert "The tube is hot" in [link.proto.label for link in links]


def test_the_day_is_in_dari(centre: Centre, site_path: Path) -> None:
    with site_path.open("a", encoding="utf-8") as file:
        file.write("language: fa\n")
    count_examinations(centre, 2)
    order_by_hand(centre, NOW)
    text = shown(page("today"))
    assert "حدود 48 معاینه منتظر است" in text or "حدود ۴۸ معاینه منتظر است" in text
    assert "همین حالا" in headings(page("today"))


# The history of an order


def test_what_happened_stands_in_the_order_in_which_it_happened(centre: Centre) -> None:
    number = order_by_hand(centre, NOW - HOUR)
    with centre.change(NOW) as tx:
        complete(tx, number, result="Fan changed")
        return_to_service(tx, number, "phantom")
        sign_off(tx, number)
    text = steps_list(order_of(centre, number), NOW, centre.site)
    places = [text.index(word) for word in ("Fan changed", "Back in service", "Signed off")]
    assert places == sorted(places)


@pytest.mark.parametrize("returned", [NOW - 2 * DAY, NOW + 3650 * DAY], ids=["behind", "ahead"])
def test_a_clock_that_was_wrong_moves_no_step(centre: Centre, returned: int) -> None:
    number = order_by_hand(centre, NOW - HOUR)
    with centre.change(NOW) as tx:
        complete(tx, number, result="Fan changed")
        order = return_to_service(tx, number, "phantom")
        sign_off(tx, number)
        order.returned_at = returned
    text = steps_list(order_of(centre, number), NOW + MINUTE, centre.site)
    assert text.index("Fan changed") < text.index("Back in service") < text.index("Signed off")

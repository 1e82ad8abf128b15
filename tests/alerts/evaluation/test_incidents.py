"""What breaks together is one incident with one cause, and nothing hides behind it for ever."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from alerts.evaluation.dependencies import SEEN_BEFORE, SETTLE
from alerts.evaluation.window_changes import work_now
from core.time.clock import DAY, HOUR, MINUTE
from storage.records import Alert
from storage.records.transaction import transaction
from tests.alerts.evaluation.house import T0, House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.writer.close()
    house.records.close()


def test_a_mains_failure_is_one_incident_with_all_that_follows_it(house: House) -> None:
    house.at(0, "ups-1", "battery", 1)
    house.at(3, "chiller-1", "supply", 30)
    house.at(4, "ct-1", "tube", 70)
    assert house.incidents() == [("on_battery", {"ups-1", "chiller-1", "ct-1"}, True)]
    assert house.alert("chiller-1", "supply_hot").suppressed_by == "ups-1"
    assert house.alert("ct-1", "tube_hot").suppressed_by == "ups-1"
    assert house.alert("ups-1", "on_battery").suppressed_by == ""


def test_it_is_over_when_the_last_of_it_is_over(house: House) -> None:
    house.at(0, "ups-1", "battery", 1)
    house.at(3, "chiller-1", "supply", 30)
    house.at(20, "ups-1", "battery", 0)
    assert house.incidents() == [("on_battery", {"ups-1", "chiller-1"}, True)]
    house.at(30, "chiller-1", "supply", 20)
    assert house.incidents() == [("on_battery", {"ups-1", "chiller-1"}, False)]


def test_what_the_cause_has_left_behind_is_told_by_itself_after_a_while(house: House) -> None:
    house.at(0, "ups-1", "battery", 1)
    house.at(3, "chiller-1", "supply", 30)
    house.at(20, "ups-1", "battery", 0)
    house.restart()
    house.look(20 + SETTLE / MINUTE + 1)
    assert house.incidents() == [
        ("on_battery", {"ups-1"}, False),
        ("supply_hot", {"chiller-1"}, True),
    ]
    assert house.alert("chiller-1", "supply_hot").suppressed_by == ""


def test_a_symptom_that_was_seen_first_comes_along_when_its_cause_is_seen(house: House) -> None:
    house.at(0, "ct-1", "tube", 70)
    house.at(2, "chiller-1", "supply", 30)
    assert house.incidents() == [("supply_hot", {"ct-1", "chiller-1"}, True)]
    assert house.alert("ct-1", "tube_hot").suppressed_by == "chiller-1"


def test_what_was_wrong_long_before_has_another_cause(house: House) -> None:
    house.at(0, "ct-1", "tube", 70)
    house.at(1 + SEEN_BEFORE / MINUTE, "chiller-1", "supply", 30)
    assert house.incidents() == [("tube_hot", {"ct-1"}, True), ("supply_hot", {"chiller-1"}, True)]
    assert house.alert("ct-1", "tube_hot").suppressed_by == ""


def test_what_does_not_depend_on_it_is_not_explained_by_it(house: House) -> None:
    house.at(0, "chiller-1", "supply", 30)
    house.at(1, "ct-2", "tube", 70)
    assert house.incidents() == [("supply_hot", {"chiller-1"}, True), ("tube_hot", {"ct-2"}, True)]


def test_only_the_switch_is_to_blame_when_nothing_behind_it_answers(house: House) -> None:
    behind = ("ups-1", "chiller-1", "ct-1", "ct-2")
    for minute in (0, 1, 2):
        for device in (*behind, "switch-1"):
            house.at(minute, device, "up", 0)
    assert house.incidents() == [("unreachable", {*behind, "switch-1"}, True)]
    assert house.alert("switch-1", "unreachable").suppressed_by == ""
    assert {house.alert(device, "unreachable").suppressed_by for device in behind} == {"switch-1"}


def test_a_card_that_has_been_silent_for_days_excuses_nobody(house: House) -> None:
    for minute in (0, 2):
        house.at(minute, "ups-1", "up", 0)
    day = DAY // MINUTE
    for minute in (day, day + 2):
        house.at(minute, "ct-2", "up", 0)
    assert house.alert("ct-2", "unreachable").suppressed_by == ""


def test_what_breaks_together_in_one_device_is_one_incident(house: House) -> None:
    house.at(0, "ct-1", "leak", 1)
    house.at(3, "ct-1", "tube", 70)
    house.at(60, "ct-2", "tube", 70)
    house.at(90, "ct-2", "leak", 1)
    assert house.incidents() == [
        ("leak", {"ct-1"}, True),
        ("tube_hot", {"ct-2"}, True),
        ("leak", {"ct-2"}, True),
    ]


def test_two_things_wrong_with_one_value_are_one_incident_whenever_they_fire(house: House) -> None:
    house.at(0, "ct-2", "tube", 70)
    house.at(600, "ct-2", "tube", 95)
    assert house.incidents() == [("tube_hot", {"ct-2"}, True)]


def test_the_battery_that_runs_out_belongs_to_the_mains_failure(house: House) -> None:
    house.at(0, "ups-1", "battery", 1)
    house.at(90, "ups-1", "charge", 10)
    assert house.incidents() == [("on_battery", {"ups-1"}, True)]
    assert house.alert("ups-1", "charge_low").suppressed_by == "ups-1"


def test_nobody_can_tell_of_a_value_whose_device_does_not_answer(house: House) -> None:
    house.at(0, "ct-2", "tube", 70)
    for minute in (10, 11, 12, 13):
        house.at(minute, "ct-2", "up", 0)
    alert = house.alert("ct-2", "tube_hot")
    assert (alert.state, alert.unknown_since) == ("firing", T0 + 10 * MINUTE)
    house.at(20, "ct-2", "up", 1)
    house.at(21, "ct-2", "tube", 70)
    alert = house.alert("ct-2", "tube_hot")
    assert (alert.state, alert.unknown_since) == ("firing", None)


def test_alerts_of_what_the_site_has_no_more_close_with_the_reason(house: House) -> None:
    house.at(0, "ct-2", "tube", 70)
    house.at(1, "ct-1", "leak", 1)
    devices = {name: device for name, device in house.site.devices.items() if name != "ct-2"}
    profile = devices["ct-1"].profile
    rules = [rule for rule in profile.rules if rule.id != "leak"]
    renamed = replace(devices["ct-1"], profile=profile.model_copy(update={"rules": rules}))
    house.site = replace(house.site, devices={**devices, "ct-1": renamed})
    house.restart()
    house.look(5)
    for device, rule, reason in (
        ("ct-2", "tube_hot", "the device was removed"),
        ("ct-1", "leak", "the rule was removed"),
    ):
        alert = house.alert(device, rule)
        assert (alert.state, alert.end_reason) == ("ok", reason)
        assert alert.ended_at == T0 + 5 * MINUTE
    assert [is_open for _, _, is_open in house.incidents()] == [False, False]


def test_what_comes_and_goes_is_damped_and_then_ends(house: House) -> None:
    minute = 0
    for _ in range(6):
        house.at(minute, "ct-2", "leak", 1)
        house.at(minute + 1, "ct-2", "up", 1)
        house.at(minute + 2, "ct-2", "leak", 0)
        minute += 4
    assert house.alert("ct-2", "leak").state == "clearing"
    with house.records.reading() as db:
        assert len(db.scalars(select(Alert).where(Alert.rule == "leak")).all()) == 3
    house.at(minute + HOUR / MINUTE, "ct-2", "up", 1)
    alert = house.alert("ct-2", "leak")
    assert (alert.state, alert.ended_at) == ("ok", T0 + (minute - 2) * MINUTE)


def test_it_keeps_firing_for_as_long_as_its_rule_wants(house: House) -> None:
    rules = [
        rule.model_copy(update={"keep_firing_for": 10 * MINUTE})
        for rule in house.site.devices["ct-2"].profile.rules
    ]
    device = house.site.devices["ct-2"]
    patient = replace(device, profile=device.profile.model_copy(update={"rules": rules}))
    house.site = replace(house.site, devices={**house.site.devices, "ct-2": patient})
    house.restart()
    house.at(0, "ct-2", "leak", 1)
    house.at(1, "ct-2", "leak", 0)
    house.at(5, "ct-2", "leak", 1)
    assert house.alert("ct-2", "leak").state == "firing"
    house.at(6, "ct-2", "leak", 0)
    house.restart()
    house.at(15, "ct-2", "leak", 0)
    assert house.alert("ct-2", "leak").state == "clearing"
    house.at(16, "ct-2", "up", 1)
    alert = house.alert("ct-2", "leak")
    assert (alert.state, alert.fired_at, alert.ended_at) == ("ok", T0, T0 + 6 * MINUTE)


def test_work_on_what_a_device_depends_on_silences_it_too_until_it_ends(house: House) -> None:
    house.look(0)
    with transaction(house.records, house.site, "ali", house.now()) as tx:
        window = f"window {work_now(tx, 'switch-1', 2, 'new cables').id}"
    for minute in (10, 11, 12):
        house.at(minute, "ct-2", "up", 0)
    house.at(13, "ct-2", "leak", 1)
    assert house.alert("ct-2", "unreachable").suppressed_by == window
    assert house.alert("ct-2", "leak").suppressed_by == window
    house.look(2 * HOUR / MINUTE)
    assert house.alert("ct-2", "unreachable").suppressed_by == ""


def test_what_was_wrong_before_the_work_began_is_not_silenced_by_it(house: House) -> None:
    house.at(0, "ct-2", "leak", 1)
    house.look(5)
    with transaction(house.records, house.site, "ali", house.now()) as tx:
        work_now(tx, "switch-1", 2, "new cables")
    house.look(6)
    assert house.alert("ct-2", "leak").suppressed_by == ""


def test_what_stands_alone_is_nobody_s_symptom(house: House) -> None:
    house.at(0, "ct-2", "flood", 1)
    house.at(1, "ups-1", "battery", 1)
    house.at(2, "ct-1", "flood", 1)
    assert house.incidents() == [
        ("flood", {"ct-2"}, True),
        ("on_battery", {"ups-1"}, True),
        ("flood", {"ct-1"}, True),
    ]
    assert house.alert("ct-1", "flood").suppressed_by == ""

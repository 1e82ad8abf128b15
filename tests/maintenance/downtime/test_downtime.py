"""Downtime on a timeline: opened and closed by alerts, with a proposed cause, corrected by a person."""

import pytest
from sqlalchemy import select

from core.errors import RefusedError
from core.time.clock import HOUR, MINUTE
from maintenance.downtime.lifecycle import correct
from maintenance.work_orders.lifecycle import begin, hold
from maintenance.work_orders.opening import open_for_alert
from storage.records import Audit, Downtime
from storage.records import alerts as alert_rows
from storage.records import downtime as downtime_rows
from tests.maintenance.cast import T0, House


def pieces(house: House, device: str = "ct-1") -> list[Downtime]:
    with house.look() as db:
        return downtime_rows.downtimes(db, 0, 10 * T0, device)


def test_an_alert_that_means_out_of_service_opens_downtime_and_ends_it(house: House) -> None:
    house.hot("ct-1", T0, None)
    [piece] = pieces(house)
    assert (piece.began_at, piece.ended_at, piece.extent) == (T0, None, "hard")
    assert (piece.cause, piece.opened_by) == ("machine", "maintenance")
    house.read("ct-1", "gantry_temp_c", 25.0, T0 + HOUR)
    house.judge(T0 + HOUR)
    [piece] = pieces(house)
    assert (piece.ended_at, piece.closed_by) == (T0 + HOUR, "maintenance")


def test_an_alert_that_only_warns_opens_none(house: House) -> None:
    for minute in (0, 11):
        house.read("ct-1", "gantry_temp_c", 37.0, T0 + minute * MINUTE)
    house.judge(T0 + HOUR)
    with house.look() as db:
        assert [a.rule for a in alert_rows.firing_at(db, ["ct-1"], T0 + HOUR)] == ["gantry_warm"]
    assert pieces(house) == []


def test_what_happened_before_it_was_followed_is_counted_from_when_it_began(house: House) -> None:
    house.hot("ct-1", T0, T0 + HOUR, follow=False)
    house.judge(T0 + 30 * HOUR)
    assert [(p.began_at, p.ended_at) for p in pieces(house)] == [(T0, T0 + HOUR)]


@pytest.mark.parametrize(
    ("ill", "metric", "value", "cause"),
    [
        ("ups-1", "on_battery_s", 30.0, "mains"),
        ("chiller-1", "supply_temp_c", 30.0, "cooling"),
        ("switch-1", "up", 0.0, "network"),
    ],
)
def test_the_cause_is_proposed_from_what_the_device_depends_on(
    house: House, ill: str, metric: str, value: float, cause: str
) -> None:
    component = "snmp" if metric == "up" else ""
    for minute in (0, 6):
        house.read(ill, metric, value, T0 + minute * MINUTE, component)
    house.hot("ct-1", T0 + 10 * MINUTE, None)
    assert [p.cause for p in pieces(house)] == [cause]


@pytest.mark.parametrize("mains_first", [True, False])
def test_what_the_mains_stopped_is_down_by_the_mains_though_nothing_depends_on_the_ups(
    house: House, mains_first: bool
) -> None:
    for minute in range(5):
        house.read("chiller-1", "flow_lpm", 0.0, T0 + minute * MINUTE)
        if mains_first or minute == 4:
            house.read("ups-1", "on_battery_s", 30.0, T0 + minute * MINUTE)
        house.judge(T0 + minute * MINUTE)
    assert [row.cause for row in pieces(house, "chiller-1")] == ["mains"]


def test_what_a_person_has_said_of_the_cause_stays_when_the_mains_explains_it(house: House) -> None:
    for minute in range(4):
        house.read("chiller-1", "flow_lpm", 0.0, T0 + minute * MINUTE)
        house.judge(T0 + minute * MINUTE)
    with house.change(T0 + 4 * MINUTE) as tx:
        [row] = downtime_rows.downtimes(tx.db, 0, 10 * T0, "chiller-1")
        row.corrected_at = tx.now
    house.read("ups-1", "on_battery_s", 30.0, T0 + 4 * MINUTE)
    house.judge(T0 + 5 * MINUTE)
    assert [row.cause for row in pieces(house, "chiller-1")] == ["machine"]


def test_what_was_wrong_elsewhere_and_is_over_is_no_cause(house: House) -> None:
    house.read("ups-1", "on_battery_s", 30.0, T0)
    house.read("ups-1", "on_battery_s", 0.0, T0 + MINUTE)
    house.hot("ct-1", T0 + HOUR, None)
    assert [p.cause for p in pieces(house)] == ["machine"]


def test_a_server_that_does_not_answer_is_down_and_a_scanner_s_sensor_is_not(house: House) -> None:
    for device, component in (("pacs", "snmp"), ("ct-1", "mqtt")):
        for minute in (0, 3):
            house.read(device, "up", 0, T0 + minute * MINUTE, component)
    house.judge(T0 + HOUR)
    assert [p.extent for p in pieces(house, "pacs")] == ["hard"]
    assert pieces(house, "ct-1") == []


def test_a_correction_keeps_who_and_the_old_value_in_the_audit(house: House) -> None:
    house.hot("ct-1", T0, T0 + HOUR)
    [piece] = pieces(house)
    with house.change(T0 + 2 * HOUR) as tx:
        correct(tx, piece.id, cause="operator", cases_lost=3)
    [piece] = pieces(house)
    assert (piece.cause, piece.cases_lost, piece.corrected_by) == ("operator", 3, "sara")
    with house.look() as db:
        row = db.scalars(select(Audit).where(Audit.who == "sara")).one()
    assert row.before is not None
    assert row.before["cause"] == "machine"


def test_an_end_that_a_person_has_set_is_not_changed_by_the_alert_s(house: House) -> None:
    house.hot("ct-1", T0, None)
    [piece] = pieces(house)
    with house.change(T0 + HOUR) as tx:
        correct(tx, piece.id, ended_at=T0 + 30 * MINUTE)
    house.read("ct-1", "gantry_temp_c", 25.0, T0 + 2 * HOUR)
    house.judge(T0 + 2 * HOUR)
    assert [p.ended_at for p in pieces(house)] == [T0 + 30 * MINUTE]


def test_a_correction_that_cannot_be_is_refused_and_changes_nothing(house: House) -> None:
    house.hot("ct-1", T0, T0 + HOUR)
    [piece] = pieces(house)
    with pytest.raises(RefusedError), house.change(T0 + 2 * HOUR) as tx:
        correct(tx, piece.id, ended_at=T0 - 1)
    with pytest.raises(RefusedError), house.change(T0 + 2 * HOUR) as tx:
        correct(tx, 99, cause="mains")
    assert pieces(house)[0].corrected_at is None


def test_while_its_order_waits_the_downtime_has_that_cause(house: House) -> None:
    house.hot("ct-1", T0, None)
    with house.change(T0 + HOUR) as tx:
        [alert] = [
            a for a in alert_rows.firing_at(tx.db, ["ct-1"], T0 + HOUR) if a.rule == "gantry_hot"
        ]
        order = open_for_alert(tx, alert.id).id
        begin(tx, order)
    with house.change(T0 + 2 * HOUR) as tx:
        hold(tx, order, "waiting_part")
    with house.change(T0 + 5 * HOUR) as tx:
        begin(tx, order)
    house.read("ct-1", "gantry_temp_c", 25.0, T0 + 6 * HOUR)
    house.judge(T0 + 6 * HOUR)
    assert [(p.cause, p.began_at, p.ended_at) for p in pieces(house)] == [
        ("machine", T0, T0 + 2 * HOUR),
        ("waiting_part", T0 + 2 * HOUR, T0 + 5 * HOUR),
        ("machine", T0 + 5 * HOUR, T0 + 6 * HOUR),
    ]

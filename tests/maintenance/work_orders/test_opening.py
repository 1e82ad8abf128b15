"""Opening a work order: by hand, for an alert, by a fault report; with the downtime that it means."""

import pytest

from core.errors import RefusedError
from core.time.clock import HOUR, MINUTE
from maintenance.downtime.lifecycle import close_downtime, open_downtime
from maintenance.work_orders.completion import complete, return_to_service
from maintenance.work_orders.fault_reports import report_fault
from maintenance.work_orders.opening import open_for_alert, open_order
from maintenance.work_orders.order_downtime import add_downtime
from storage.records import Alert
from storage.records import alerts as alert_rows
from storage.records import downtime as downtime_rows
from storage.records import work_orders as order_rows
from tests.maintenance.cast import T0, House
from tests.maintenance.work_orders.cast import a_fault, finish


def an_alert(house: House) -> int:
    """The CT is too hot; the number of the alert."""
    house.hot("ct-1", T0, None)
    with house.look() as db:
        [alert] = alert_rows.firing_at(db, ["ct-1"], T0 + HOUR)
        return alert.id


def test_an_order_that_says_the_device_is_down_opens_and_ends_its_downtime(house: House) -> None:
    number = a_fault(house, down="hard")
    with house.change(T0 + 3 * HOUR) as tx:
        complete(tx, number, result="Belt changed")
    with house.look() as db:
        assert [p.ended_at for p in downtime_rows.open_downtimes(db)] == [None], "not checked yet"
    with house.change(T0 + 4 * HOUR) as tx:
        return_to_service(tx, number, "all")
    with house.look() as db:
        [downtime] = downtime_rows.downtimes_of_order(db, number)
    assert (downtime.began_at, downtime.ended_at, downtime.cause) == (T0, T0 + 4 * HOUR, "machine")


def test_an_order_of_a_device_that_is_not_there_is_refused(house: House) -> None:
    with (
        pytest.raises(RefusedError, match=r"no device 'ct-11' \(did you mean"),
        house.change(T0) as tx,
    ):
        open_order(tx, "ct-11", "The table is stuck")


def test_an_alert_gives_its_order_title_fault_and_downtime_and_only_one(house: House) -> None:
    alert = an_alert(house)
    with house.change(T0 + HOUR) as tx:
        order = open_for_alert(tx, alert)
        assert (order.title, order.fault) == ("The gantry is too hot", "gantry_hot")
        assert [p.alert_id for p in downtime_rows.downtimes_of_order(tx.db, order.id)] == [alert]
    with pytest.raises(RefusedError, match="already open"), house.change(T0 + HOUR) as tx:
        open_for_alert(tx, alert)
    with pytest.raises(RefusedError, match="no alert 99"), house.change(T0 + HOUR) as tx:
        open_for_alert(tx, 99)


def test_an_alert_of_another_device_gives_no_order(house: House) -> None:
    alert = an_alert(house)
    with (
        pytest.raises(RefusedError, match=f"alert {alert} is of ct-1, not of cbct-1"),
        house.change(T0 + HOUR) as tx,
    ):
        open_for_alert(tx, alert, device="cbct-1")
    with house.change(T0 + HOUR) as tx:
        assert open_for_alert(tx, alert, device="ct-1").device == "ct-1"


def test_who_opens_an_order_for_an_alert_has_seen_it(house: House) -> None:
    alert = an_alert(house)
    with house.change(T0 + HOUR) as tx:
        open_for_alert(tx, alert)
    with house.look() as db:
        row = db.get_one(Alert, alert)
    assert (row.acknowledged_by, row.acknowledged_at) == ("sara", T0 + HOUR)


def test_an_alert_that_has_ended_is_not_acknowledged_by_its_order(house: House) -> None:
    alert = an_alert(house)
    house.read("ct-1", "gantry_temp_c", 25.0, T0 + HOUR)
    house.judge(T0 + HOUR)
    with house.change(T0 + 2 * HOUR) as tx:
        open_for_alert(tx, alert)
    with house.look() as db:
        assert db.get_one(Alert, alert).acknowledged_at is None


def test_an_alert_that_may_come_to_nothing_gets_no_order(house: House) -> None:
    house.read("ct-1", "gantry_temp_c", 50.0, T0)
    house.judge(T0)
    with pytest.raises(RefusedError, match="has fired"), house.change(T0) as tx:
        open_for_alert(tx, 1)
    house.read("ct-1", "gantry_temp_c", 25.0, T0 + MINUTE)
    house.judge(T0 + MINUTE)  # the engine may still delete it


def test_the_same_words_about_a_device_are_one_order_until_it_is_done(house: House) -> None:
    with house.change(T0, "fault form") as tx:
        first = report_fault(tx, "ct-1", "It hums\nsince noon", "hard").id
        assert report_fault(tx, "ct-1", " It hums\nsince noon ", "hard").id == first
        other = report_fault(tx, "ct-1", "It hums\nsince noon", None)
        assert (other.id, other.title) == (first + 1, "It hums")
    finish(house, first)
    with house.change(T0) as tx:
        assert report_fault(tx, "ct-1", "It hums\nsince noon", "hard").id == first + 2
    with house.look() as db:
        assert [p.extent for p in downtime_rows.downtimes_of_order(db, first)] == ["hard"]
        assert len(order_rows.orders(db, ended=True)) == 3


def test_downtime_cannot_end_before_it_began(house: House) -> None:
    with house.change(T0) as tx:
        downtime = open_downtime(tx, "ct-1", T0, cause="machine", extent="hard")
        with pytest.raises(RefusedError, match="before it began"):
            close_downtime(tx, downtime, T0 - 1)


def test_downtime_of_an_order_did_not_begin_in_the_future(house: House) -> None:
    number = a_fault(house)
    with pytest.raises(RefusedError, match="not in the future"), house.change(T0) as tx:
        add_downtime(tx, number, T0 + 1, "machine", "hard")
    with house.change(T0) as tx:
        add_downtime(tx, number, T0 - HOUR, "mains", "partial")
    with house.look() as db:
        [downtime] = downtime_rows.downtimes_of_order(db, number)
    assert (downtime.device, downtime.began_at, downtime.opened_by) == ("ct-1", T0 - HOUR, "sara")

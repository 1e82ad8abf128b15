"""The work is done: whether the device could be used meanwhile, and all of the end in one go."""

import pytest

from core.errors import RefusedError
from core.time.clock import DAY, HOUR, MINUTE
from maintenance.work_orders.completion import Unusable, complete, finish, return_to_service
from maintenance.work_orders.fault_reports import report_fault
from maintenance.work_orders.lifecycle import assign_for_alert, begin_for_alert
from maintenance.work_orders.opening import open_for_alert
from maintenance.work_orders.order_downtime import fault_began
from storage.records import Alert, Downtime
from storage.records import downtime as downtime_rows
from tests.maintenance.cast import T0, House
from tests.maintenance.work_orders.cast import a_fault, order_of, planned


def a_firing_alert(house: House, began_at: int) -> int:
    alert = Alert("ct-1", "", "hot", "It is hot", "warning", "gantry_temp_c", "firing", began_at)
    alert.fired_at = began_at + 5 * MINUTE
    with house.write(T0) as db:
        db.add(alert)
        db.flush()
        return alert.id


def downtimes(house: House, order: int) -> list[Downtime]:
    with house.look() as db:
        return downtime_rows.downtimes_of_order(db, order)


def test_who_could_not_use_it_waited_since_the_alert_and_until_it_was_back(house: House) -> None:
    alert = a_firing_alert(house, T0 - 11 * DAY)
    with house.change(T0) as tx:
        number = open_for_alert(tx, alert).id
    with house.change(T0 + 2 * HOUR) as tx:
        complete(tx, number, result="Fan changed", unusable=Unusable("hard"))
    [down] = downtimes(house, number)
    assert (down.began_at, down.ended_at, down.extent) == (T0 - 11 * DAY, None, "hard")
    with house.change(T0 + 3 * HOUR) as tx:
        return_to_service(tx, number, "phantom")
    assert downtimes(house, number)[0].ended_at == T0 + 3 * HOUR


def test_a_report_or_the_opening_is_when_it_began_where_there_is_no_alert(house: House) -> None:
    with house.change(T0) as tx:
        reported = report_fault(tx, "ct-1", "It hums", None)
        assert fault_began(tx.db, reported) == T0
    number = a_fault(house, T0 + HOUR)
    with house.change(T0 + 2 * HOUR) as tx:
        finish(tx, number, "all", result="Belt changed", unusable=Unusable("partial"))
    [down] = downtimes(house, number)
    assert (down.began_at, down.ended_at) == (T0 + HOUR, T0 + 2 * HOUR)


@pytest.mark.parametrize(
    ("began_at", "words"), [(T0 + 3 * HOUR, "begins before it ends"), (None, "noted already")]
)
def test_what_cannot_have_been_is_refused_and_nothing_is_done(
    house: House, began_at: int | None, words: str
) -> None:
    number = a_fault(house, down=None if began_at else "hard")
    with pytest.raises(RefusedError, match=words), house.change(T0 + 2 * HOUR) as tx:
        complete(tx, number, result="x", unusable=Unusable("hard", began_at))
    assert order_of(house, number).state == "open"


def test_all_of_the_end_in_one_go(house: House) -> None:
    number = a_fault(house, down="hard")
    with house.change(T0 + HOUR) as tx:
        finish(tx, number, "table up and down", result="Belt changed")
    order = order_of(house, number)
    assert [step.state for step in order.steps] == ["open", "done", "signed_off"]
    assert (order.return_check, order.signed_by) == ("table up and down", "sara")
    assert [down.ended_at for down in downtimes(house, number)] == [T0 + HOUR]


def test_without_a_check_nothing_of_it_is_done(house: House) -> None:
    number = a_fault(house)
    with pytest.raises(RefusedError, match="what was checked"), house.change(T0) as tx:
        finish(tx, number, " ", result="Belt changed")
    assert order_of(house, number).state == "open"


def test_what_took_nothing_down_needs_no_check(house: House) -> None:
    number = planned(house, "ct_daily")
    with pytest.raises(RefusedError, match="not answered"), house.change(T0 + DAY) as tx:
        finish(tx, number, "")


def test_work_begins_or_is_given_for_an_alert_with_its_order(house: House) -> None:
    alert = a_firing_alert(house, T0 - HOUR)
    with house.change(T0) as tx:
        given = assign_for_alert(tx, alert, "Karim")
        assert (given.state, given.assigned_to, given.alert_id) == ("assigned", "Karim", alert)
        assert begin_for_alert(tx, alert).id == given.id, "it is opened once"
        assert tx.db.get_one(Alert, alert).acknowledged_by == "sara"

"""Whether a repair held: what was done for the same fault before, and what its alert did since."""

import pytest

from core.time.clock import DAY, HOUR
from core.vocabulary.knowledge import Outcome
from maintenance.knowledge.precedents import before_alert, before_order, before_ticket
from maintenance.knowledge.seen_before import MOST, outcome_of, seen_before
from storage.records import (
    Alert,
    AlertFeedback,
    Labour,
    OrderStep,
    Part,
    StockMove,
    Ticket,
    Vendor,
    WorkOrder,
)
from storage.records.precedents import Precedent
from tests.maintenance.cast import T0, House


@pytest.mark.parametrize(
    ("spans", "age", "outcome", "lasted"),
    [
        ([], 40 * DAY, "held", 40 * DAY),
        ([], 12 * DAY, "not_known", 12 * DAY),
        ([], -DAY, "not_known", 0),  # a clock was ahead when the work was done
        ([(5 * DAY, 6 * DAY)], 40 * DAY, "came_back", 5 * DAY),
        ([(5 * DAY, None)], 5 * DAY + HOUR, "came_back", 5 * DAY),
        ([(90 * DAY, None)], 100 * DAY, "held", 90 * DAY),  # that is another fault by then
        ([(9 * DAY, None), (3 * DAY, 4 * DAY)], 40 * DAY, "came_back", 3 * DAY),
        ([(-2 * DAY, 2 * HOUR)], 40 * DAY, "held", 40 * DAY),  # it came right after the work
        ([(-2 * DAY, None)], 3 * DAY, "remained", 0),
        ([(-2 * DAY, 2 * DAY)], 40 * DAY, "remained", 0),
        ([(-2 * DAY, None)], 2 * HOUR, "not_known", 2 * HOUR),  # it may still come right
        ([(400 * DAY, None)], 40 * DAY, "held", 40 * DAY),  # a time ahead of now
    ],
)  # fmt: skip
def test_a_repair_held_came_back_remained_or_is_too_young(
    spans: list[tuple[int, int | None]], age: int, outcome: Outcome, lasted: int
) -> None:
    moved = [(T0 + fired, None if ended is None else T0 + ended) for fired, ended in spans]
    assert outcome_of(T0, moved, T0 + age) == (outcome, lasted)


def order(
    number: int, device: str, done_at: int, result: str = "", fault: str = "hot"
) -> WorkOrder:
    row = WorkOrder(device, "corrective", "alert", "Gantry is hot", done_at - HOUR, "signed_off")
    row.id, row.done_at, row.result, row.fault = number, done_at, result, fault
    return row


def test_the_device_s_own_come_first_each_with_work_parts_and_hours() -> None:
    mine = order(1, "ct-1", T0, "Filter\nchanged, " + "x" * 300)
    Labour(order=mine, who="sara", began_at=T0, minutes=45)
    Labour(order=mine, who="ali", began_at=T0, minutes=15)
    other = order(2, "ct-2", T0 + DAY)
    OrderStep(order=other, state="done", at=T0, who="ali", note="fan replaced")
    moves = [
        StockMove("fan", "used", -2, T0, "ali", order_id=2),
        StockMove("fan", "returned", 1, T0, "ali", order_id=2),
        StockMove("belt", "used", -1, T0, "ali", order_id=1),
        StockMove("belt", "returned", 1, T0, "ali", order_id=1),
    ]  # fmt: skip
    rows = [Precedent(other, None), Precedent(mine, None)]
    first, second = seen_before("ct-1", rows, [], moves, {"fan": "Gantry fan"}, T0 + 40 * DAY)
    assert (first.order_id, first.is_same_device, first.minutes, first.parts) == (1, True, 60, ())
    assert first.work.startswith("Filter changed, xxx")
    assert len(first.work) == 160
    assert (second.order_id, second.is_same_device, second.work) == (2, False, "fan replaced")
    assert second.parts == (("Gantry fan", 1),)


def test_of_many_the_newest_are_shown() -> None:
    rows = [Precedent(order(number, "ct-1", T0 + number * DAY), None) for number in range(1, 20)]
    repairs = seen_before("ct-1", rows, [], [], {}, T0 + 90 * DAY)
    assert [repair.order_id for repair in repairs] == [19, 18, 17, 16, 15][:MOST]


def alert(
    device: str,
    fired: int,
    ended: int | None,
    component: str = "",
    rule: str = "gantry_hot",
    suppressed_by: str = "",
) -> Alert:
    return Alert(
        device,
        component,
        rule,
        "Gantry is hot",
        "error",
        "gantry_temp_c",
        "firing" if ended is None else "ok",
        fired,
        fired_at=fired,
        ended_at=ended,
        suppressed_by=suppressed_by,
    )


def test_alert_order_and_ticket_show_the_same_repairs(any_house: House) -> None:
    now = T0 + 100 * DAY
    with any_house.write(now) as db:
        db.add_all([
            alert("ct-1", T0, T0 + DAY),
            alert("ct-1", T0 + 20 * DAY, T0 + 21 * DAY),  # wrong, as somebody said
            alert("ct-1", T0 + 25 * DAY, T0 + 26 * DAY, suppressed_by="chiller-1"),
            alert("ct-1", now - DAY, None),
            alert("ct-1", T0, T0 + DAY, component="tube"),
            alert("cbct-1", T0, T0 + DAY),  # of another kind
            alert("ct-1", T0 + 2 * DAY, T0 + 3 * DAY, rule="gantry_very_hot"),
        ])  # fmt: skip
        db.add(Vendor(id="maker", name="Maker"))
        db.add(Part(id="fan", name="Gantry fan"))
        db.flush()
        db.add(AlertFeedback(2, "false", "sara", now))
        for number, (device, about) in enumerate(
            [("ct-1", 1), ("ct-1", 5), ("cbct-1", 6), ("ct-1", 7), ("ct-1", None), ("ct-1", 4)], 1
        ):
            row = WorkOrder(device, "corrective", "alert", "Gantry is hot", T0 + number * HOUR)
            row.alert_id, row.fault = about, "gantry_hot" if about is None else ""
            if number < 6:
                row.state, row.done_at = "done", T0 + (4 + number) * DAY
            db.add(row)
            db.flush()
        db.add(Ticket("t", "ct-1", "maker", "Hot", now, "sara", order_id=6))
        db.add(Ticket("u", "ct-1", "maker", "Hot", now, "sara", alert_id=4))
        db.add(Ticket("v", "ct-1", "maker", "Other", now, "sara"))
        db.add(StockMove("fan", "used", -1, T0, "ali", order_id=1))
    with any_house.look() as db:
        repairs = before_alert(db, any_house.site, 4, now)
        assert [repair.order_id for repair in repairs] == [5, 4, 1]
        assert {repair.outcome for repair in repairs} == {"held"}
        assert repairs[-1].parts == (("Gantry fan", 1),)
        assert before_order(db, any_house.site, 6, now) == repairs
        assert [before_ticket(db, any_house.site, ticket, now) for ticket in (1, 2, 3)] == [
            repairs, repairs, [],
        ]  # fmt: skip
        assert [repair.order_id for repair in before_order(db, any_house.site, 4, now)] == [1]
        assert before_order(db, any_house.site, 99, now) == []
        assert before_alert(db, any_house.site, 99, now) == []
        assert before_ticket(db, any_house.site, 99, now) == []

"""Each thing stands once on the list of the day, under the heading where it belongs."""

from dataclasses import replace

import pytest

from core.schema.plan import Item, Plan
from core.schema.profile import Profile
from core.schema.site import Device
from core.time.clock import DAY, HOUR
from core.vocabulary.severity import Severity
from core.vocabulary.work_orders import OrderState
from dashboard.views.day import (
    DayLine,
    PlannedWork,
    When,
    group_of,
    in_order,
    is_of,
    is_this_week,
    joined,
)
from dashboard.views.device_status import AlertRow, down_row
from dashboard.views.incidents import IncidentOrder, IncidentRow
from maintenance.planning.day_order import WorkTime
from storage.records import Downtime, ScheduledTask, Snooze, WorkOrder
from tests.maintenance.cast import KABUL, T0

NOW = T0 + 2 * HOUR  # Saturday, ten o'clock
CT = Device("ct-1", "CT one", "", "", "ct", Profile(title="CT"), (), ())


def alert(number: int, severity: Severity = "error", *, seen: bool = False) -> AlertRow:
    return AlertRow(
        CT.id, "", "hot", "It is hot", severity, "gantry_temp_c", "firing", T0, T0, None, 50.0, 40.0, number,
        acknowledged_at=T0 if seen else None, acknowledged_by="Sara" if seen else "",
    )  # fmt: skip


def downtime(number: int, order: int | None = None, alert_id: int | None = None) -> Downtime:
    row = Downtime(CT.id, T0, "machine", "hard", "sara", order_id=order, alert_id=alert_id)
    row.id = number
    return row


def order(number: int, state: OrderState = "open", **other: object) -> WorkOrder:
    row = WorkOrder(CT.id, "corrective", "hand", "Fan is loud", T0, state=state, **other)  # type: ignore[arg-type]
    row.id = number
    return row


def planned(
    when: When, order_of_it: WorkOrder | None = None, at: int = NOW, who: str = "engineer"
) -> PlannedWork:
    task = ScheduledTask("oil", CT.id, T0, at, "calendar", T0, at + DAY)
    task.id = 3
    plan = Plan(
        id="oil",
        title="Change the oil",
        every="30d",
        minutes=90,
        who=who,
        items=[Item(id="oil", text="Oil")],
    )
    return PlannedWork(task, CT, plan, order_of_it, when, at)


def incident(
    *alerts: AlertRow, orders: tuple[IncidentOrder, ...] = (), down: tuple[Downtime, ...] = ()
) -> IncidentRow:
    rows = tuple(down_row(row) for row in down)
    return IncidentRow(9, False, alerts, orders, rows, frozenset(row.id for row in rows))


# Once


def test_alert_order_and_downtime_are_one_line() -> None:
    down = downtime(5, order=7, alert_id=1)
    row = incident(alert(1), orders=(IncidentOrder(7, 1, "open", ""),), down=(down,))
    [line] = joined([row], [], [order(7, alert_id=1)], [down])
    assert line.key == "incident-1"
    assert line.main_order == IncidentOrder(7, 1, "open", "")
    assert [fault.id for fault in line.faults] == [5]


def test_a_reported_fault_and_the_downtime_that_it_began_are_one_line() -> None:
    [line] = joined([], [], [order(7)], [downtime(5, order=7)])
    assert (line.key, [row.id for row in line.down], line.severity) == ("order-7", [5], "error")


def test_planned_work_its_order_and_its_downtime_are_one_line() -> None:
    down = downtime(5, order=7)
    down.cause = "planned"
    [line] = joined([], [planned("today", order(7, "working"))], [order(7, "working")], [down])
    assert (line.key, line.faults) == ("task-3", [])
    assert group_of(line, NOW, KABUL) == "now", "somebody is at it"


def test_what_belongs_to_nothing_keeps_its_line() -> None:
    row = incident(alert(1), down=(downtime(5, alert_id=1),))
    lines = joined([row], [planned("today")], [order(7)], [downtime(6), downtime(8, order=99)])
    assert [line.key for line in lines] == ["incident-1", "task-3", "order-7", "down-6", "down-8"]


def test_several_orders_of_an_incident_are_not_listed_again() -> None:
    orders = (IncidentOrder(7, 2, "done", ""), IncidentOrder(8, 1, "open", "Karim"))
    [line] = joined(
        [incident(alert(1), alert(2), orders=orders)], [], [order(7, "done"), order(8)], []
    )
    assert line.main_order is not None
    assert (line.main_order.number, line.people) == (8, ("Karim",)), "of its cause"


# Where


SNOOZE = Snooze("alert:1", NOW, NOW + HOUR, "later", "Sara", "error", 10.0)


def with_order(state: OrderState, *, seen: bool = True) -> DayLine:
    return DayLine(CT.id, incident(alert(1, seen=seen), orders=(IncidentOrder(7, 1, state, ""),)))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (DayLine(CT.id, incident(alert(1))), "now"),
        (DayLine(CT.id, incident(alert(1, seen=True))), "now"),
        (with_order("working"), "now"),
        (with_order("waiting_part"), "waiting"),
        (with_order("done"), "waiting"),
        (with_order("waiting_part", seen=False), "now"),  # something new in it
        (replace(with_order("open"), snooze=SNOOZE), "waiting"),
        (DayLine(CT.id, incident(alert(1)), limit_at=NOW + 9 * DAY), "now"),  # nobody has seen it
        (DayLine(CT.id, incident(alert(1, seen=True)), limit_at=NOW + 9 * DAY), "week"),
        (DayLine(CT.id, incident(alert(1, seen=True)), limit_at=NOW + 3 * HOUR), "today"),
        (DayLine(CT.id, incident(alert(1, seen=True)), limit_at=NOW - DAY), "today"),
        (DayLine(CT.id, work=planned("overdue")), "today"),
        (DayLine(CT.id, work=planned("today")), "today"),
        (DayLine(CT.id, work=planned("open")), "week"),
        (DayLine(CT.id, order=order(7)), "now"),
        (DayLine(CT.id, order=order(7, "waiting_vendor")), "waiting"),
        (DayLine(CT.id, order=order(7, "done")), "waiting"),
        (DayLine(CT.id, down=(downtime(5),)), "now"),
    ],
)  # fmt: skip
def test_the_heading_of_a_line(line: DayLine, expected: str) -> None:
    assert group_of(line, NOW, KABUL) == expected


@pytest.mark.parametrize(
    ("when", "at", "expected"),
    [
        ("later", NOW + 6 * DAY, True),
        ("later", NOW + 7 * DAY, False),
        ("later", NOW + 4000 * DAY, False),
        ("overdue", NOW - 400 * DAY, True),
        ("open", NOW + 20 * DAY, True),
        ("done", NOW, False),
    ],
)
def test_what_is_of_this_week(when: When, at: int, expected: bool) -> None:
    assert is_this_week(planned(when, at=at), NOW, KABUL) is expected


def test_of_equal_ones_the_first_stays_first_and_who_waits_goes_before() -> None:
    lines = [
        DayLine(CT.id, order=order(1)),
        DayLine(CT.id, order=order(2)),
        DayLine(CT.id, down=(downtime(3),), examinations=2.0, time=WorkTime(4.0, "past")),
        DayLine(CT.id, down=(downtime(4),), examinations=2.0, time=WorkTime(1.0, "past")),
    ]
    assert [line.key for line in in_order(lines)] == ["down-4", "down-3", "order-1", "order-2"]


# Put off


def test_a_downtime_that_is_joined_later_was_not_put_off() -> None:
    before = DayLine(CT.id, incident(alert(1)))
    after = DayLine(CT.id, incident(alert(1), down=(downtime(5),)))
    assert [standing.subject for standing in before.standings] == ["alert:1"]
    assert [standing.subject for standing in after.standings] == ["alert:1", "downtime:5"]
    assert before.standings[0].beyond == 10.0


def test_what_becomes_overdue_is_worse_than_it_was() -> None:
    [due], [overdue] = (
        DayLine(CT.id, work=planned(when)).standings for when in ("today", "overdue")
    )
    assert (due, overdue) == (("task:3", "warning", 0.0), ("task:3", "error", 0.0))
    assert DayLine(CT.id, order=order(7)).standings[0].subject == "order:7"


# Whose


@pytest.mark.parametrize(
    ("line", "roles", "expected"),
    [
        (DayLine(CT.id, incident(alert(1))), ["engineer"], True),
        (DayLine(CT.id, incident(alert(1))), ["technician"], False),
        (DayLine(CT.id, incident(alert(1, seen=True))), ["technician"], True),  # she has it
        (DayLine(CT.id, order=order(7, assigned_to="SARA")), ["technician"], True),
        (DayLine(CT.id, order=order(7, assigned_to="Karim")), ["technician"], False),
        (DayLine(CT.id, order=order(7, "done")), ["manager"], True),  # for a signature
        (DayLine(CT.id, order=order(7, "open")), ["manager"], False),
        (DayLine(CT.id, work=planned("today", who="technician")), ["technician"], True),
        (DayLine(CT.id, work=planned("today", who="it")), ["IT"], True),
        (DayLine(CT.id, work=planned("today")), ["technician"], False),
        (DayLine(CT.id, work=planned("today", order(7, assigned_to="Karim"), who="technician")), ["technician"], False),
    ],
)  # fmt: skip
def test_whose_a_line_is(line: DayLine, roles: list[str], expected: bool) -> None:
    assert is_of(line, "Sara", roles, may_sign="manager" in roles) is expected

"""The list of a day: what is wrong and what is due, each thing once, and where it stands. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from core.schema.plan import Plan
from core.schema.site import Device
from core.time.clock import from_ms
from core.vocabulary.severity import Severity
from core.vocabulary.work_orders import OrderState
from dashboard.views.device_status import DownRow, down_row
from dashboard.views.incidents import IncidentOrder, IncidentRow
from maintenance.planning.day_order import ASSUMED, Urgency, WorkTime, urgency
from maintenance.planning.snooze import DayStanding, beyond_limit
from storage.records import Downtime, ScheduledTask, Snooze, WorkOrder

WEEK = timedelta(days=7)
WAITS: tuple[OrderState, ...] = ("waiting_part", "waiting_vendor", "done")  # on somebody else

When = Literal["overdue", "today", "open", "later", "done", "skipped"]
Group = Literal["now", "today", "waiting", "week"]
GROUPS: tuple[Group, ...] = ("now", "today", "waiting", "week")
_TASK_SEVERITY: dict[When, Severity] = {"overdue": "error", "today": "warning"}


@dataclass(frozen=True, slots=True)
class PlannedWork:
    """One time that a plan asks for its work, with its order if that is open."""

    task: ScheduledTask
    device: Device
    plan: Plan
    order: WorkOrder | None
    when: When
    at: int  # when it stands in the calendar: planned or due; done, if it was done


@dataclass(frozen=True, slots=True)
class AgendaDay:
    """A day of the month with what is planned on it."""

    day: date
    work: Sequence[PlannedWork]
    is_off: bool


@dataclass(frozen=True, slots=True)
class DayLine:
    """An incident, planned work, an order or a downtime, with all that belongs to it.

    The first of `incident`, `work`, `order` and `down` that is there is what the line is about.
    """

    device: str
    incident: IncidentRow | None = None
    work: PlannedWork | None = None
    order: WorkOrder | None = None
    down: tuple[Downtime, ...] = ()  # not that of an incident
    limit_at: int | None = None  # when a limit is reached, UTC ms, where no more than that is wrong
    examinations: float | None = 0.0  # at stake; None: nobody knows how many
    time: WorkTime = ASSUMED
    snooze: Snooze | None = None  # None: it is not put off

    @property
    def key(self) -> str:
        """What tells it from the others."""
        if self.incident is not None:
            return f"incident-{self.incident.cause.id}"
        if self.work is not None:
            return f"task-{self.work.task.id}"
        if self.order is not None:
            return f"order-{self.order.id}"
        return f"down-{self.down[0].id}"

    @property
    def title(self) -> str:
        """What is to be done, in the words of its rule, plan or order; of a downtime its note."""
        if self.incident is not None:
            return self.incident.cause.title
        if self.work is not None:
            return self.work.plan.title
        return self.order.title if self.order is not None else self.down[0].note

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        if self.incident is not None:
            return self.incident.severity
        if self.faults:
            return "error" if any(row.is_hard for row in self.faults) else "warning"
        if self.work is not None:
            return _TASK_SEVERITY.get(self.work.when, "info")
        return "info" if self.down else "warning"

    @property
    def faults(self) -> list[DownRow]:
        """What cannot be used because of it, or only in part; no planned work."""
        if self.incident is not None:
            return list(self.incident.down)
        return [down_row(row) for row in self.down if row.cause != "planned"]

    @property
    def main_order(self) -> IncidentOrder | None:
        """By which it is done: of an incident's orders that of its cause, else the newest."""
        if self.incident is not None:
            cause = self.incident.cause.id
            orders = sorted(self.incident.orders, key=lambda order: order.alert == cause)
            return orders[-1] if orders else None
        order = self.order or (self.work.order if self.work else None)
        return None if order is None else IncidentOrder(order.id, 0, order.state, order.assigned_to)

    @property
    def people(self) -> tuple[str, ...]:
        """Who has it: assigned, else who has acknowledged it."""
        order = self.main_order
        if order is not None and order.assigned_to:
            return (order.assigned_to,)
        return () if self.incident is None else self.incident.acknowledged_by

    @property
    def due_at(self) -> int | None:
        """Until when; None where it is for now."""
        return self.limit_at if self.work is None else self.work.task.due_at

    @property
    def standings(self) -> list[DayStanding]:
        """How all of it stands, for a snooze."""
        if self.incident is None and not self.down:
            task = None if self.work is None else self.work.task.id
            number = None if self.order is None else self.order.id
            name = f"order:{number}" if task is None else f"task:{task}"
            return [DayStanding(name, self.severity)]
        alerts = () if self.incident is None else self.incident.own_alerts
        down = {row.id: "hard" if row.is_hard else "partial" for row in self.faults}
        down |= {row.id: row.extent for row in self.down}
        return [
            *(
                DayStanding(f"alert:{row.id}", row.severity, beyond_limit(row.value, row.limit))
                for row in alerts
            ),
            *(
                DayStanding(f"downtime:{number}", "error" if extent == "hard" else "warning")
                for number, extent in down.items()
            ),
        ]

    @property
    def urgency(self) -> Urgency:
        """Its place among those of its group."""
        return urgency(self.examinations, self.time, self.severity)


def joined(
    incidents: Iterable[IncidentRow],
    works: Iterable[PlannedWork],
    orders: Iterable[WorkOrder],
    down: Iterable[Downtime],
) -> list[DayLine]:
    """Each thing once: an order or a downtime that belongs to what stands before it is in its line."""
    lines = [DayLine(row.cause.device, incident=row) for row in incidents]
    shown = {order.number for line in lines if line.incident for order in line.incident.orders}
    own = {number for line in lines if line.incident for number in line.incident.own_downtimes}
    rest = [row for row in down if row.id not in own]
    for work in works:
        number = None if work.order is None else work.order.id
        if number not in shown or number is None:
            lines.append(DayLine(work.device.id, work=work, down=_of_order(rest, number)))
        shown |= {number} if number is not None else set()
    for order in orders:
        if order.id not in shown:
            shown.add(order.id)
            lines.append(DayLine(order.device, order=order, down=_of_order(rest, order.id)))
    loose = [row for row in rest if row.order_id not in shown]
    return lines + [DayLine(row.device, down=(row,)) for row in loose]


def group_of(line: DayLine, now: int, zone: ZoneInfo) -> Group:
    """Now, due today, waiting for somebody or for a time, or this week."""
    if line.snooze is not None:
        return "waiting"
    order, incident = line.main_order, line.incident
    if order is not None and order.state == "working":
        return "now"
    if incident is not None and not incident.is_acknowledged:
        return "now"
    if order is not None and order.state in WAITS:
        return "waiting"
    if incident is not None and line.limit_at is not None:
        today = from_ms(now, zone).date()
        return "today" if from_ms(line.limit_at, zone).date() <= today else "week"
    if line.work is not None:
        return "today" if line.work.when in ("overdue", "today") else "week"
    if line.order is not None and line.order.kind == "preventive" and not line.down:
        return "week"
    return "now"


def in_order(lines: Iterable[DayLine]) -> list[DayLine]:
    """As they are to be done; equal ones as they stood."""
    return sorted(lines, key=lambda line: line.urgency)


def is_this_week(work: PlannedWork, now: int, zone: ZoneInfo) -> bool:
    """It is to be done, within a week from today."""
    if work.when == "later":
        ends = from_ms(now, zone).date() + WEEK
        return from_ms(work.at, zone).date() < ends
    return work.when in ("overdue", "today", "open")


def is_of(line: DayLine, name: str, roles: Iterable[str], *, may_sign: bool) -> bool:
    """Is it this person's? What they have, what their role does, what waits for their signature.

    All of it is the engineer's.
    """
    own = {role.lower() for role in roles}
    order, people = line.main_order, {person.casefold() for person in line.people}
    if "engineer" in own or name.casefold() in people:
        return True
    if order is not None and order.state == "done" and may_sign:
        return True
    return line.work is not None and not people and line.work.plan.who in own


def _of_order(down: Iterable[Downtime], order: int | None) -> tuple[Downtime, ...]:
    return tuple(row for row in down if order is not None and row.order_id == order)

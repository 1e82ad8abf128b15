"""What is asked of the work of the house: assets, plans, orders, downtime, parts, tickets."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from core.vocabulary.files import FileOwner
from core.vocabulary.work_orders import ENDED_ORDERS, OrderState
from storage.records.assets import Asset, Component, Contract, File, Vendor
from storage.records.base import Alert, Base, Service, Transition, Verdict
from storage.records.stock import Part, StockMove
from storage.records.tickets import Ticket, TicketStep
from storage.records.work import Downtime, ManualReading, Occurrence, OrderItem, WorkOrder

Kind = TypeVar("Kind", bound=Base)


def all_of(db: Session, kind: type[Kind]) -> list[Kind]:
    """Every row of a table, by its key."""
    return list(db.scalars(select(kind).order_by(*kind.__table__.primary_key)))


def assets(db: Session) -> list[Asset]:
    """Every sheet, by id."""
    return list(db.scalars(select(Asset).order_by(Asset.id)))


def vendors(db: Session) -> list[Vendor]:
    """Every vendor, by id."""
    return list(db.scalars(select(Vendor).order_by(Vendor.id)))


def contracts(db: Session) -> list[Contract]:
    """Every contract, the one that ends first at the top."""
    return list(db.scalars(select(Contract).order_by(Contract.ends_on, Contract.id)))


def contract_of(db: Session, device: str) -> Contract | None:
    """The contract on a device's sheet."""
    return db.scalars(
        select(Contract).join(Asset, Asset.contract_id == Contract.id).where(Asset.id == device)
    ).first()


def under_contract(db: Session, contract: int) -> list[Asset]:
    """The assets that a contract is for."""
    return list(db.scalars(select(Asset).where(Asset.contract_id == contract).order_by(Asset.id)))


def components(db: Session, name: str) -> list[Component]:
    """The components of that name which are in an asset now."""
    asked = select(Component).where(Component.name == name, Component.removed_on == "")
    return list(db.scalars(asked.order_by(Component.id)))


def open_occurrences(db: Session, device: str | None = None) -> list[Occurrence]:
    """What plans ask for and nobody has done or skipped, the most urgent first."""
    asked = select(Occurrence).where(Occurrence.done_at.is_(None), Occurrence.skipped_at.is_(None))
    if device is not None:
        asked = asked.where(Occurrence.device == device)
    return list(db.scalars(asked.order_by(Occurrence.due_at, Occurrence.id)))


def occurrences(db: Session, start: int, end: int) -> list[Occurrence]:
    """What plans asked for with a due time in [start, end)."""
    asked = select(Occurrence).where(Occurrence.due_at >= start, Occurrence.due_at < end)
    return list(db.scalars(asked.order_by(Occurrence.due_at, Occurrence.id)))


def open_occurrence(db: Session, plan: str, device: str) -> Occurrence | None:
    """The one that waits to be done, if there is one."""
    return db.scalars(
        select(Occurrence).where(
            Occurrence.plan == plan,
            Occurrence.device == device,
            Occurrence.done_at.is_(None),
            Occurrence.skipped_at.is_(None),
        )
    ).first()


def known_since(db: Session, device: str) -> int | None:
    """When the first plan of a device began to count."""
    asked = select(func.min(Occurrence.counted_from)).where(Occurrence.device == device)
    return db.scalar(asked)


def last_occurrence(db: Session, plan: str, device: str) -> Occurrence | None:
    """The one that was done or skipped last."""
    return db.scalars(
        select(Occurrence)
        .where(
            Occurrence.plan == plan,
            Occurrence.device == device,
            or_(Occurrence.done_at.is_not(None), Occurrence.skipped_at.is_not(None)),
        )
        .order_by(func.coalesce(Occurrence.done_at, Occurrence.skipped_at).desc())
    ).first()


def orders(
    db: Session, *, device: str | None = None, state: OrderState | None = None, ended: bool = False
) -> list[WorkOrder]:
    """Work orders, the newest first; without `ended` only those still to be done."""
    asked = select(WorkOrder)
    if device is not None:
        asked = asked.where(WorkOrder.device == device)
    if state is not None:
        asked = asked.where(WorkOrder.state == state)
    elif not ended:
        asked = asked.where(WorkOrder.state.not_in(ENDED_ORDERS))
    return list(db.scalars(asked.order_by(WorkOrder.opened_at.desc(), WorkOrder.id.desc())))


def order_of_occurrence(db: Session, occurrence: int) -> WorkOrder | None:
    """The order that was opened for it."""
    return db.scalars(select(WorkOrder).where(WorkOrder.occurrence_id == occurrence)).first()


def accounts(db: Session, device: str) -> list[WorkOrder]:
    """Every order of a device, with its steps, labour and costs, the oldest first."""
    parts = (WorkOrder.steps, WorkOrder.labour, WorkOrder.costs)
    asked = select(WorkOrder).where(WorkOrder.device == device).order_by(WorkOrder.id)
    return list(db.scalars(asked.options(*(selectinload(part) for part in parts))))


def orders_of_open_occurrences(db: Session) -> dict[int, WorkOrder]:
    """The orders that were opened for what is not done or skipped yet, by occurrence."""
    rows = db.execute(
        select(Occurrence.id, WorkOrder)
        .join(WorkOrder, WorkOrder.occurrence_id == Occurrence.id)
        .where(Occurrence.done_at.is_(None), Occurrence.skipped_at.is_(None))
    )
    return {number: order for number, order in rows}


def open_order_of_alert(db: Session, alert: int) -> WorkOrder | None:
    """The order that somebody has already opened for an alert."""
    asked = select(WorkOrder).where(
        WorkOrder.alert_id == alert, WorkOrder.state.not_in(ENDED_ORDERS)
    )
    return db.scalars(asked).first()


def open_order_of_fault(db: Session, device: str, fault: str) -> WorkOrder | None:
    """The corrective order for a fault that is already being worked on."""
    asked = select(WorkOrder).where(
        WorkOrder.device == device,
        WorkOrder.kind == "corrective",
        WorkOrder.fault == fault,
        WorkOrder.state.not_in(ENDED_ORDERS),
    )
    return db.scalars(asked).first()


def answers(db: Session, device: str, plan: str, item: str, since: int) -> list[float]:
    """The numbers that one item gave on a device at or after `since`, oldest first."""
    asked = (
        select(OrderItem.value)
        .join(WorkOrder, OrderItem.order_id == WorkOrder.id)
        .join(Occurrence, WorkOrder.occurrence_id == Occurrence.id)
        .where(
            WorkOrder.device == device,
            Occurrence.plan == plan,
            OrderItem.item == item,
            OrderItem.answer == "measured",
            OrderItem.at >= since,
        )
        .order_by(OrderItem.at, OrderItem.id)
    )
    return [value for value in db.scalars(asked) if value is not None]


def last_service(db: Session, device: str) -> int | None:
    """When something was last done to a device that changes what is normal."""
    return db.scalar(select(func.max(Service.at)).where(Service.device == device))


def failures(db: Session, device: str, since: int) -> list[int]:
    """When corrective orders of a device were opened, at or after `since`; cancelled ones do not count."""
    asked = select(WorkOrder.opened_at).where(
        WorkOrder.device == device,
        WorkOrder.kind == "corrective",
        WorkOrder.state != "cancelled",
        WorkOrder.opened_at >= since,
    )
    return list(db.scalars(asked.order_by(WorkOrder.opened_at)))


def open_downtimes(db: Session, device: str | None = None) -> list[Downtime]:
    """What is out of service now, the oldest first."""
    asked = select(Downtime).where(Downtime.ended_at.is_(None))
    if device is not None:
        asked = asked.where(Downtime.device == device)
    return list(db.scalars(asked.order_by(Downtime.began_at, Downtime.id)))


def downtimes(db: Session, start: int, end: int, device: str | None = None) -> list[Downtime]:
    """Downtime that touches [start, end), the oldest first."""
    asked = select(Downtime).where(
        Downtime.began_at < end, or_(Downtime.ended_at.is_(None), Downtime.ended_at > start)
    )
    if device is not None:
        asked = asked.where(Downtime.device == device)
    return list(db.scalars(asked.order_by(Downtime.began_at, Downtime.id)))


def downtimes_of_alert(db: Session, alert: int) -> list[Downtime]:
    """The downtime that an alert means, in the pieces that its causes make of it."""
    asked = select(Downtime).where(Downtime.alert_id == alert)
    return list(db.scalars(asked.order_by(Downtime.began_at)))


def downtimes_of_order(db: Session, order: int) -> list[Downtime]:
    """The downtime that an order ends or makes."""
    asked = select(Downtime).where(Downtime.order_id == order)
    return list(db.scalars(asked.order_by(Downtime.began_at)))


def transitions_after(db: Session, cursor: int, limit: int) -> list[tuple[Transition, Alert]]:
    """What alerts did, in the order in which it was written."""
    rows = db.execute(
        select(Transition, Alert)
        .join(Alert, Transition.alert_id == Alert.id)
        .where(Transition.id > cursor)
        .order_by(Transition.id)
        .limit(limit)
    )
    return [(transition, alert) for transition, alert in rows]


def raised(db: Session, device: str, start: int, end: int) -> list[tuple[int, int | None]]:
    """When each alert that fired in [start, end) did so, and when it was acknowledged, UTC ms."""
    rows = db.execute(
        select(Alert.fired_at, Alert.acknowledged_at)
        .where(Alert.device == device, Alert.fired_at >= start, Alert.fired_at < end)
        .order_by(Alert.fired_at)
    )
    return [(fired, acknowledged) for fired, acknowledged in rows if fired is not None]


def firing_at(db: Session, devices: Iterable[str], at: int) -> list[Alert]:
    """Alerts that were firing on any of these devices at that moment, the oldest first."""
    asked = select(Alert).where(
        Alert.device.in_(list(devices)),
        Alert.fired_at <= at,
        or_(Alert.ended_at.is_(None), Alert.ended_at >= at),
    )
    return list(db.scalars(asked.order_by(Alert.began_at, Alert.id)))


def manual_readings_to_take(db: Session, position: int, limit: int) -> list[ManualReading]:
    """Those that are not taken, or after the position that the series know, in order of entry."""
    asked = select(ManualReading).where(
        or_(ManualReading.taken_at.is_(None), ManualReading.id > position)
    )
    return list(db.scalars(asked.order_by(ManualReading.id).limit(limit)))


def manual_readings(db: Session, device: str, limit: int) -> list[ManualReading]:
    """What was last entered by hand of a device, newest first."""
    asked = select(ManualReading).where(ManualReading.device == device)
    return list(db.scalars(asked.order_by(ManualReading.id.desc()).limit(limit)))


def parts(db: Session) -> list[Part]:
    """Every part, by id."""
    return list(db.scalars(select(Part).order_by(Part.id)))


def stock(db: Session) -> dict[str, int]:
    """How many of each part there are; a part that never moved is not here."""
    asked = select(StockMove.part_id, func.sum(StockMove.quantity)).group_by(StockMove.part_id)
    return {part: int(quantity) for part, quantity in db.execute(asked)}


def moves(
    db: Session, *, part: str | None = None, orders: Sequence[int] | None = None
) -> list[StockMove]:
    """How parts came and went, the oldest first."""
    asked = select(StockMove)
    if part is not None:
        asked = asked.where(StockMove.part_id == part)
    if orders is not None:
        asked = asked.where(StockMove.order_id.in_(orders))
    return list(db.scalars(asked.order_by(StockMove.at, StockMove.id)))


def newest_verdict(db: Session, device: str, detector: str) -> Verdict | None:
    """The last thing that a detector said of a device."""
    return db.scalars(
        select(Verdict)
        .where(Verdict.device == device, Verdict.detector == detector)
        .order_by(Verdict.at.desc())
    ).first()


def tickets(db: Session, *, device: str | None = None, closed: bool = False) -> list[Ticket]:
    """Tickets, the newest first; without `closed` only those that wait for something."""
    asked = select(Ticket)
    if device is not None:
        asked = asked.where(Ticket.device == device)
    if not closed:
        asked = asked.where(Ticket.state != "closed")
    return list(db.scalars(asked.order_by(Ticket.opened_at.desc(), Ticket.id.desc())))


def files(db: Session, about: FileOwner, about_id: str) -> list[File]:
    """The photos and documents of one thing, in the order in which they were brought."""
    asked = select(File).where(File.about == about, File.about_id == about_id)
    return list(db.scalars(asked.order_by(File.id)))


def orders_of_alerts(db: Session, alerts: Sequence[int]) -> dict[int, int]:
    """The newest order of each of these alerts, by the alert's id."""
    asked = select(WorkOrder.alert_id, WorkOrder.id).where(WorkOrder.alert_id.in_(alerts))
    return {alert: order for alert, order in db.execute(asked.order_by(WorkOrder.id)) if alert}


def orders_of_occurrences(db: Session, occurrences: Sequence[int]) -> dict[int, WorkOrder]:
    """The order of each of these occurrences, by the occurrence's id."""
    asked = select(WorkOrder).where(WorkOrder.occurrence_id.in_(occurrences))
    return {one.occurrence_id: one for one in db.scalars(asked) if one.occurrence_id}


def follow_ups(db: Session, order: int) -> list[WorkOrder]:
    """The corrective orders that a checklist has opened."""
    asked = select(WorkOrder).where(WorkOrder.follows_id == order)
    return list(db.scalars(asked.order_by(WorkOrder.id)))


def tickets_of(db: Session, *, order: int | None = None, alert: int | None = None) -> list[Ticket]:
    """The tickets that were opened from an order or an alert."""
    asked = select(Ticket)
    if order is not None:
        asked = asked.where(Ticket.order_id == order)
    if alert is not None:
        asked = asked.where(Ticket.alert_id == alert)
    return list(db.scalars(asked.order_by(Ticket.id)))


def ticket_steps(db: Session, ticket: int) -> list[TicketStep]:
    """The states that a ticket has been in, in order."""
    asked = select(TicketStep).where(TicketStep.ticket_id == ticket)
    return list(db.scalars(asked.order_by(TicketStep.id)))

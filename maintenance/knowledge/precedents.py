"""What is read to say whether a fault was seen before, for an alert, an order or a ticket."""

from sqlalchemy.orm import Session

from core.schema.site import Site
from maintenance.knowledge.seen_before import EarlierRepair, seen_before
from storage.records import Alert, Ticket, WorkOrder
from storage.records import parts as part_rows
from storage.records import precedents as precedent_rows
from storage.records.precedents import FaultKey


def before_alert(db: Session, site: Site, alert_id: int, now: int) -> list[EarlierRepair]:
    """Earlier repairs of the fault that an alert is about; empty if it is gone."""
    alert = db.get(Alert, alert_id)
    if alert is None:
        return []
    key = FaultKey(alert.rule, alert.component, alert.metric)
    return _earlier(db, site, alert.device, key, now)


def before_order(db: Session, site: Site, order_id: int, now: int) -> list[EarlierRepair]:
    """Earlier repairs of the fault that an order is about; empty if nobody noted which it is.

    Of an order that is done those that were done before it.
    """
    order = db.get(WorkOrder, order_id)
    key = None if order is None else precedent_rows.fault_of(db, order)
    if order is None or key is None:
        return []
    return _earlier(db, site, order.device, key, now, but=order)


def before_ticket(db: Session, site: Site, ticket_id: int, now: int) -> list[EarlierRepair]:
    """The same for the order, or else the alert, that a case with a vendor is about."""
    ticket = db.get(Ticket, ticket_id)
    if ticket is None:
        return []
    if ticket.order_id is not None:
        return before_order(db, site, ticket.order_id, now)
    return [] if ticket.alert_id is None else before_alert(db, site, ticket.alert_id, now)


def _earlier(
    db: Session, site: Site, device: str, key: FaultKey, now: int, but: WorkOrder | None = None
) -> list[EarlierRepair]:
    devices = _of_its_kind(site, device)
    before = now if but is None or but.done_at is None else min(but.done_at, now)
    rows = precedent_rows.precedents(db, key, devices, before, but=None if but is None else but.id)
    if not rows:
        return []
    rules = {row.key.rule for row in rows}
    since = min(row.order.done_at or 0 for row in rows)
    return seen_before(
        device,
        rows,
        precedent_rows.firings(db, devices, rules, since),
        part_rows.stock_moves(db, orders=[row.order.id for row in rows]),
        {part.id: part.name for part in part_rows.parts(db)},
        now,
    )


def _of_its_kind(site: Site, device: str) -> list[str]:
    """The device, and those with the same profile."""
    known = site.devices.get(device)
    if known is None:
        return [device]
    return [other.id for other in site.devices.values() if other.profile_name == known.profile_name]

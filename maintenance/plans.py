"""Keeps one open occurrence of every plan of every device, and opens its order when it is time.

`Planner.round` may be called as often as one likes, by any process, and be killed at any moment: one
occurrence is open per plan and device, one order per occurrence, and the database holds to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.clock import DAY, HOUR
from core.errors import RefusedError
from core.plan import Plan
from core.profile import AnomalyRule, ForecastRule
from core.site import Device, Site
from maintenance import orders
from maintenance.checklist import asked_of
from maintenance.due import Busy, Due, Used, due, free_slot
from maintenance.risk import MONTH, RiskClass, risk_class, score
from maintenance.usage import busy_hours, used_since
from storage.records import Occurrence, Records, WorkOrder, house
from storage.records.work import SkipKind
from storage.series.store import SeriesStore

WHO = "maintenance"  # in the audit
LOOK_BACK = 18 * MONTH  # for failures
NOT_WORTH_MOVING = 1 * DAY  # a forecast of use wavers; so little is no news

Key = tuple[str, str]  # plan, device


@dataclass(frozen=True, slots=True)
class _Known:
    """What the readings say, looked up before the records are locked."""

    used: Mapping[Key, Used]
    busy: Mapping[str, Busy]


class Planner:
    """Plans the work of a site."""

    def __init__(self, site: Site, series: SeriesStore, records: Records) -> None:
        self._site = site
        self._series = series
        self._records = records

    def round(self, now: int) -> list[int]:
        """Bring every occurrence up to date; the numbers of the orders that were opened."""
        known = self._look(now)
        opened = []
        with self._records.writing(WHO, now) as db:
            for device in self._site.devices.values():
                for plan in device.plans:
                    order = self._plan(db, device, plan, known, now)
                    opened += [] if order is None else [order.id]
        return opened

    def _look(self, now: int) -> _Known:
        with self._records.reading() as db:
            begun = {(o.plan, o.device): o for o in house.open_occurrences(db)}
        used: dict[Key, Used] = {}
        busy: dict[str, Busy] = {}
        for device in self._site.devices.values():
            for plan in device.plans:
                one = begun.get((plan.id, device.id))
                if plan.use and plan.use.metric in device.profile.metrics and one:
                    found = used_since(
                        self._series, device.id, plan.use.metric, one.counted_from, now
                    )
                    used |= {} if found is None else {(plan.id, device.id): found}
                if one and one.planned_at is None and one.opens_at <= now + HOUR:
                    busy.setdefault(
                        device.id, busy_hours(self._series, device, self._site.zone, now)
                    )
        return _Known(used, busy)

    def _plan(
        self, db: Session, device: Device, plan: Plan, known: _Known, now: int
    ) -> WorkOrder | None:
        occurrence = house.open_occurrence(db, plan.id, device.id)
        if occurrence is not None and _is_missed(plan, occurrence, now):
            occurrence = None if _give_up(db, occurrence, now) else occurrence
        if occurrence is None:
            occurrence = _new(db, device, plan, now)
        found = self._due(db, device, plan, occurrence, known.used.get((plan.id, device.id)), now)
        order = house.order_of_occurrence(db, occurrence.id)
        if found is not None and _is_news(occurrence, found, is_open=order is not None):
            _move(occurrence, plan, found)
        if order is not None or now < occurrence.opens_at:
            return None
        hours = device.hours(self._site.zone)
        window = (max(now, occurrence.opens_at), max(now, occurrence.late_at))
        busy = known.busy.get(device.id, {})
        occurrence.planned_at = free_slot(busy, hours, *window, plan.minutes)
        return _open(db, device, plan, occurrence, now)

    def _due(
        self,
        db: Session,
        device: Device,
        plan: Plan,
        occurrence: Occurrence,
        used: Used | None,
        now: int,
    ) -> Due | None:
        conditions = _conditions(db, device, plan, now) if plan.brought_forward_by else []
        hours = device.hours(self._site.zone)
        return due(plan, occurrence.counted_from, hours, used, conditions, now)


def skip(
    db: Session, site: Site, occurrence_id: int, kind: SkipKind, reason: str, *, by: str, now: int
) -> Occurrence:
    """It is not done this time, for a reason; the next is counted from when this one was due."""
    occurrence = db.get(Occurrence, occurrence_id)
    if occurrence is None or occurrence.done_at is not None or occurrence.skipped_at is not None:
        raise RefusedError(f"there is no open occurrence {occurrence_id}")
    if kind in ("", "missed") or not reason.strip():
        raise RefusedError("say why: in use, not located, or another reason in words")
    order = house.order_of_occurrence(db, occurrence_id)
    if order is not None:
        orders.close_for_skip(db, order, by=by, now=now, why=reason)
    occurrence.skipped_at, occurrence.skipped_by = now, by
    occurrence.skip_kind, occurrence.skip_reason = kind, reason.strip()
    return occurrence


def record_done(
    db: Session, device: Device, plan: Plan, done_at: int, *, by: str, now: int
) -> Occurrence:
    """It was last done then, before Scanward knew; from there the next one is counted.

    RefusedError if Scanward knows of it being done later, or if its order is already open.
    """
    last = house.last_occurrence(db, plan.id, device.id)
    if done_at > now or (last is not None and (last.done_at or 0) >= done_at):
        raise RefusedError("it was done in the past, and after the last time that is known")
    occurrence = house.open_occurrence(db, plan.id, device.id) or _new(db, device, plan, now)
    if house.order_of_occurrence(db, occurrence.id) is not None:
        raise RefusedError("its order is open: complete that")
    occurrence.due_at = occurrence.opens_at = occurrence.counted_from = done_at
    occurrence.late_at, occurrence.done_at = done_at, done_at
    occurrence.due_by = "hand"
    db.flush()
    return occurrence


def is_service(db: Session, site: Site, order: WorkOrder) -> bool:
    """Does this order change the device, so that detectors must learn anew? Corrective ones do."""
    if order.occurrence_id is None:
        return order.kind == "corrective"
    device = site.devices.get(order.device)
    plan = device.plan(db.get_one(Occurrence, order.occurrence_id).plan) if device else None
    return plan is not None and plan.is_service


def device_class(db: Session, device: Device, now: int) -> RiskClass:
    """The risk class of a device today; one without a score is outside the programme."""
    number = device_score(db, device, now)
    return "outside" if number is None else risk_class(number)


def device_score(db: Session, device: Device, now: int) -> int | None:
    """The Fennigkoh-Smith score of a device today; None if no file of plans gives its parts."""
    if device.risk is None:
        return None
    return score(device.risk, house.failures(db, device.id, now - LOOK_BACK), now)


def _new(db: Session, device: Device, plan: Plan, now: int) -> Occurrence:
    """Counted from the last one: when it was really done, or when it was due and left undone.

    Of days on which Scanward itself was off no occurrence is made up afterwards: nobody could have
    said that the work was done.
    """
    last = house.last_occurrence(db, plan.id, device.id)
    counted_from = now
    if last is not None and last.done_at is not None:
        counted_from = last.done_at
    elif last is not None:
        counted_from = max(last.due_at, now - (plan.every or now))
    far = counted_from + 3660 * DAY  # until something says when
    occurrence = Occurrence(
        plan=plan.id,
        device=device.id,
        counted_from=counted_from,
        due_at=far,
        due_by="use",
        opens_at=far,
        late_at=far,
        risk_class=device_class(db, device, now),
    )
    db.add(occurrence)
    db.flush()
    return occurrence


def _is_news(occurrence: Occurrence, found: Due, *, is_open: bool) -> bool:
    """Once its order is open it can only become more urgent."""
    if found.by == occurrence.due_by and abs(found.at - occurrence.due_at) < NOT_WORTH_MOVING:
        return False
    return found.at < occurrence.due_at if is_open else found.at != occurrence.due_at


def _move(occurrence: Occurrence, plan: Plan, found: Due) -> None:
    occurrence.due_at, occurrence.due_by = found.at, found.by
    occurrence.opens_at = max(found.at - plan.opens_before, occurrence.counted_from)
    occurrence.late_at = found.at + plan.late_after


def _is_missed(plan: Plan, occurrence: Occurrence, now: int) -> bool:
    """A whole interval late: by now the next one is due. What only use counts is never missed."""
    if plan.every is None:
        return False
    return now >= max(occurrence.due_at + plan.every, occurrence.late_at)


def _give_up(db: Session, occurrence: Occurrence, now: int) -> bool:
    """Note that nobody did it; False if somebody is at it right now."""
    order = house.order_of_occurrence(db, occurrence.id)
    if order is not None:
        if order.state not in ("open", "assigned"):
            return False
        orders.close_for_skip(db, order, by=WHO, now=now, why="the next one is due")
    occurrence.skipped_at, occurrence.skipped_by = now, WHO
    occurrence.skip_kind, occurrence.skip_reason = "missed", "the next one is due"
    db.flush()
    return True


def _open(db: Session, device: Device, plan: Plan, occurrence: Occurrence, now: int) -> WorkOrder:
    return orders.open_order(
        db,
        device=device.id,
        kind="preventive",
        opened_by="plan",
        title=plan.title,
        by=WHO,
        now=now,
        takes_down=plan.takes_down,
        items=asked_of(db, device, plan),
        occurrence=occurrence,
    )


def _conditions(db: Session, device: Device, plan: Plan, now: int) -> list[int]:
    """When detectors' alerts on the plan's metrics fired that still fire."""
    kinds = {
        rule.id
        for rule in device.profile.rules
        if isinstance(rule, AnomalyRule | ForecastRule)
        and device.profile.metric_of(rule) in plan.brought_forward_by
    }
    alerts = house.firing_at(db, [device.id], now)
    return [a.fired_at for a in alerts if a.rule in kinds and a.fired_at is not None]

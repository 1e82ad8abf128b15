"""Keeps one open occurrence of every plan of every device, and opens its order when it is time.

`Planner.round` may be called as often as one likes, by any process, and be killed at any moment: one
occurrence is open per plan and device, one order per occurrence, and the database holds to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.errors import RefusedError
from core.schema.plan import Plan
from core.schema.site import Device, Site
from core.time.clock import DAY, HOUR
from core.vocabulary.planning import SkipKind
from maintenance.planning.due import Busy, Due, Used, due, free_slot
from maintenance.planning.risk import MONTH, RiskClass, risk_class, score
from maintenance.planning.usage import busy_hours, used_since
from maintenance.work_orders import lifecycle as orders
from maintenance.work_orders.checklist import asked_of
from storage.records import Records, WorkOrder
from storage.records import alerts as alert_rows
from storage.records import planning as task_rows
from storage.records import work_orders as order_rows
from storage.records.planning import ScheduledTask
from storage.series.store import SeriesStore

WHO = "maintenance"  # in the audit
LOOK_BACK = 18 * MONTH  # for failures
LONG_WORK_MIN = 60  # from here on it is planned into hours when the device is free
NOT_WORTH_MOVING = 1 * DAY  # a forecast of use wavers; so little is no news

Key = tuple[str, str]  # plan, device


@dataclass(frozen=True, slots=True)
class _Read:
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
        read = self._look(now)
        with self._records.writing(WHO, now) as db:
            round_ = _Round(db, self._site, read, now)
            orders = [
                round_.plan(device, plan)
                for device in self._site.devices.values()
                for plan in device.plans
            ]
            return [order.id for order in orders if order is not None]

    def _look(self, now: int) -> _Read:
        with self._records.reading() as db:
            begun = {(one.plan, one.device): one for one in task_rows.open_tasks(db)}
        used: dict[Key, Used] = {}
        busy: dict[str, Busy] = {}
        for device in self._site.devices.values():
            for plan in device.plans:
                one = begun.get((plan.id, device.id))
                if one is None or one.planned_at is not None:
                    continue  # its order is open: nothing of this would move it
                if plan.use is not None and plan.use.metric in device.profile.metrics:
                    found = used_since(
                        self._series, device.id, plan.use.metric, one.counted_from, now
                    )
                    used |= {} if found is None else {(plan.id, device.id): found}
                if one.opens_at <= now + HOUR and device.id not in busy and _wants_slot(plan):
                    busy[device.id] = busy_hours(self._series, device, self._site.zone, now)
        return _Read(used, busy)


class _Round:
    """One transaction's view: what is open, what fires, and what comes of it."""

    def __init__(self, db: Session, site: Site, read: _Read, now: int) -> None:
        self._db = db
        self._site = site
        self._read = read
        self._now = now
        self._open = {(one.plan, one.device): one for one in task_rows.open_tasks(db)}
        self._orders = order_rows.orders_of_open_tasks(db)
        self._firing = alert_rows.firing_at(db, site.devices, now)

    def plan(self, device: Device, plan: Plan) -> WorkOrder | None:
        """Bring one plan of one device up to date; the order if it was opened now."""
        db, now = self._db, self._now
        one = self._open.get((plan.id, device.id))
        order = self._orders.get(one.id) if one else None
        if one is not None and _is_missed(plan, one, now) and _give_up(db, one, order, now):
            one, order = None, None
        if one is None:
            one = _new(db, device, plan, now)
        self._move(device, plan, one, is_open=order is not None)
        if order is not None or now < one.opens_at:
            return None
        one.planned_at = self._slot(device, plan, one)
        return _open(db, device, plan, one, now)

    def _move(self, device: Device, plan: Plan, one: ScheduledTask, *, is_open: bool) -> None:
        hours = device.hours(self._site.zone)
        used = self._read.used.get((plan.id, device.id))
        conditions = self._conditions(device, plan)
        found = due(plan, one.counted_from, hours, used, conditions, self._now)
        if found is not None and _is_news(one, found, is_open=is_open):
            one.due_at, one.due_by = found.at, found.by
            one.opens_at = max(found.at - plan.opens_before, one.counted_from)
            one.late_at = found.at + plan.late_after

    def _conditions(self, device: Device, plan: Plan) -> list[int]:
        """When alerts of detectors on the plan's metrics fired that still fire."""
        profile = device.profile
        rules = {
            rule.id
            for rule in profile.rules
            if rule.detector_id is not None
            and rule.watched_metric(profile) in plan.brought_forward_by
        }
        return [
            alert.fired_at
            for alert in self._firing
            if alert.device == device.id and alert.rule in rules and alert.fired_at is not None
        ]

    def _slot(self, device: Device, plan: Plan, one: ScheduledTask) -> int:
        """When the device is free for it; for a short look, when it is due."""
        now = self._now
        if not _wants_slot(plan):
            return max(now, one.due_at)
        hours = device.hours(self._site.zone)
        window = (max(now, one.opens_at), max(now, one.late_at))
        slot = free_slot(self._read.busy.get(device.id, {}), hours, *window, plan.minutes)
        return max(now, one.due_at) if slot is None else slot


def _wants_slot(plan: Plan) -> bool:
    return plan.takes_down or plan.minutes >= LONG_WORK_MIN


def skip(
    db: Session, site: Site, occurrence_id: int, kind: SkipKind, reason: str, *, by: str, now: int
) -> ScheduledTask:
    """It is not done this time, for a reason; the next is counted from when this one was due."""
    occurrence = db.get(ScheduledTask, occurrence_id)
    if occurrence is None or occurrence.done_at is not None or occurrence.skipped_at is not None:
        raise RefusedError("there is no open occurrence {occurrence}", occurrence=occurrence_id)
    if kind in ("", "missed") or not reason.strip():
        raise RefusedError("say why: in use, not located, or another reason in words")
    order = order_rows.order_of_task(db, occurrence_id)
    if order is not None:
        orders.close_for_skip(db, order, by=by, now=now, why=reason)
    occurrence.skipped_at, occurrence.skipped_by = now, by
    occurrence.skip_kind, occurrence.skip_reason = kind, reason.strip()
    return occurrence


def record_done(
    db: Session, device: Device, plan: Plan, done_at: int, *, by: str, now: int
) -> ScheduledTask:
    """It was last done then, before Scanward knew; from there the next one is counted.

    RefusedError if Scanward knows of it being done later, or if its order is already open.
    """
    last = task_rows.last_task(db, plan.id, device.id)
    if done_at > now or (last is not None and (last.done_at or 0) >= done_at):
        raise RefusedError("it was done in the past, and after the last time that is known")
    occurrence = task_rows.open_task(db, plan.id, device.id) or _new(db, device, plan, now)
    if order_rows.order_of_task(db, occurrence.id) is not None:
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
    plan = device.plan(db.get_one(ScheduledTask, order.occurrence_id).plan) if device else None
    return plan is not None and plan.is_service


def device_class(db: Session, device: Device, now: int) -> RiskClass:
    """The risk class of a device today; one without a score is outside the programme."""
    number = device_score(db, device, now)
    return "outside" if number is None else risk_class(number)


def device_score(db: Session, device: Device, now: int) -> int | None:
    """The Fennigkoh-Smith score of a device today; None if no file of plans gives its parts."""
    if device.risk is None:
        return None
    failures = order_rows.failure_times(db, device.id, now - LOOK_BACK)
    return score(device.risk, failures, task_rows.counted_since(db, device.id) or now, now)


def _new(db: Session, device: Device, plan: Plan, now: int) -> ScheduledTask:
    """Counted from the last one: when it was really done, or when it was due and left undone.

    Of days on which Scanward itself was off no occurrence is made up afterwards: nobody could have
    said that the work was done.
    """
    last = task_rows.last_task(db, plan.id, device.id)
    counted_from = now
    if last is not None and last.done_at is not None:
        counted_from = last.done_at
    elif last is not None:
        counted_from = max(last.due_at, now - (plan.every or now))
    far = counted_from + 3660 * DAY  # until something says when
    occurrence = ScheduledTask(
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


def _is_news(occurrence: ScheduledTask, found: Due, *, is_open: bool) -> bool:
    """Once its order is open it can only become more urgent."""
    if found.by == occurrence.due_by and abs(found.at - occurrence.due_at) < NOT_WORTH_MOVING:
        return False
    return found.at < occurrence.due_at if is_open else found.at != occurrence.due_at


def _is_missed(plan: Plan, occurrence: ScheduledTask, now: int) -> bool:
    """A whole interval late: by now the next one is due. What only use counts is never missed."""
    if plan.every is None:
        return False
    return now >= max(occurrence.due_at + plan.every, occurrence.late_at)


def _give_up(db: Session, occurrence: ScheduledTask, order: WorkOrder | None, now: int) -> bool:
    """Note that nobody did it; False if somebody is at it right now."""
    if order is not None:
        if order.state not in ("open", "assigned"):
            return False
        orders.close_for_skip(db, order, by=WHO, now=now, why="the next one is due")
    occurrence.skipped_at, occurrence.skipped_by = now, WHO
    occurrence.skip_kind, occurrence.skip_reason = "missed", "the next one is due"
    db.flush()
    return True


def _open(
    db: Session, device: Device, plan: Plan, occurrence: ScheduledTask, now: int
) -> WorkOrder:
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

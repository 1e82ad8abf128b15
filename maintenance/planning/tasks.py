"""What is done about a scheduled task: planned, begun, skipped, missed, or done before it was known."""

from core.errors import RefusedError
from core.schema.plan import Plan
from core.schema.site import Device
from core.schema.strict_model import did_you_mean
from core.time.clock import DAY
from core.vocabulary.planning import SkipKind
from maintenance.planning.device_score import device_class
from maintenance.work_orders.lifecycle import begin
from maintenance.work_orders.states import enter_state
from storage.records import ScheduledTask, WorkOrder
from storage.records import planning as task_rows
from storage.records import work_orders as order_rows
from storage.records.transaction import Transaction, needs

MISSED = "the next one is due"


def schedule(tx: Transaction, device: Device, plan: Plan) -> ScheduledTask:
    """A new task, counted from the last one: when it was really done, or was due and left undone.

    Of days on which Scanward itself was off no task is made up afterwards: nobody could have said
    that the work was done.
    """
    last = task_rows.last_task(tx.db, plan.id, device.id)
    counted_from = tx.now
    if last is not None and last.done_at is not None:
        counted_from = last.done_at
    elif last is not None:
        counted_from = max(last.due_at, tx.now - (plan.every or tx.now))
    far = counted_from + 3660 * DAY  # until something says when
    task = ScheduledTask(
        plan=plan.id,
        device=device.id,
        counted_from=counted_from,
        due_at=far,
        due_by="use",
        opens_at=far,
        late_at=far,
        risk_class=device_class(tx.db, device, tx.now),
    )
    tx.db.add(task)
    tx.db.flush()
    return task


@needs("do planned work")
def begin_task(tx: Transaction, task_id: int, *, quiet: bool = True) -> WorkOrder:
    """Somebody is at it: its order, begun; `quiet` as in `begin`."""
    order = order_rows.order_of_task(tx.db, task_id)
    if order is None:
        raise RefusedError("its order is not open yet")
    return begin(tx, order.id, quiet=quiet)


@needs("skip planned work")
def skip(tx: Transaction, task_id: int, kind: SkipKind, reason: str) -> ScheduledTask:
    """It is not done this time, for a reason; the next is counted from when this one was due."""
    task = tx.db.get(ScheduledTask, task_id)
    if task is None or task.done_at is not None or task.skipped_at is not None:
        raise RefusedError("there is no open occurrence {occurrence}", occurrence=task_id)
    if kind in ("", "missed") or not reason.strip():
        raise RefusedError("say why: in use, not located, or another reason in words")
    order = order_rows.order_of_task(tx.db, task_id)
    if order is not None:
        enter_state(tx, order.id, "cancelled", reason)
    _note_skip(tx, task, kind, reason.strip())
    return task


def give_up(tx: Transaction, task: ScheduledTask, order: WorkOrder | None) -> bool:
    """Note that nobody did it; False if somebody is at it right now."""
    if order is not None:
        if order.state not in ("open", "assigned"):
            return False
        enter_state(tx, order.id, "cancelled", MISSED)
    _note_skip(tx, task, "missed", MISSED)
    tx.db.flush()
    return True


@needs("do planned work")
def record_done(tx: Transaction, device: str, plan: str, done_at: int) -> ScheduledTask:
    """It was last done then (UTC ms), before Scanward knew; from there the next one is counted.

    RefusedError if Scanward knows of it being done later, or if its order is already open.
    """
    known_device = tx.device(device)
    known_plan = _plan(known_device, plan)
    last = task_rows.last_task(tx.db, plan, device)
    if done_at > tx.now or (last is not None and (last.done_at or 0) >= done_at):
        raise RefusedError("it was done in the past, and after the last time that is known")
    open_task = task_rows.open_task(tx.db, plan, device)
    task = open_task or schedule(tx, known_device, known_plan)
    if order_rows.order_of_task(tx.db, task.id) is not None:
        raise RefusedError("its order is open: complete that")
    task.due_at = task.opens_at = task.counted_from = done_at
    task.late_at, task.done_at = done_at, done_at
    task.due_by = "hand"
    tx.db.flush()
    return task


def _note_skip(tx: Transaction, task: ScheduledTask, kind: SkipKind, reason: str) -> None:
    task.skipped_at, task.skipped_by = tx.now, tx.by
    task.skip_kind, task.skip_reason = kind, reason


def _plan(device: Device, name: str) -> Plan:
    plan = device.plan(name)
    if plan is None:
        hint = did_you_mean(name, [known.id for known in device.plans])
        raise RefusedError(
            "{device} has no plan {plan!r}{hint}", device=device.id, plan=name, hint=hint
        )
    return plan

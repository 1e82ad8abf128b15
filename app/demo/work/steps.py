"""What people do with a work order, as rows of a story: each is a function of the order's number."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Unpack

from app.demo.work.calendar import Moment
from app.demo.work.people import ENGINEER, MANAGER, Colleague
from app.demo.work.photo import photo
from core.time.clock import MINUTE
from core.vocabulary.downtime import DowntimeCause, DowntimeExtent
from core.vocabulary.parts import StockMoveKind
from core.vocabulary.work_orders import OrderKind, OrderState
from maintenance.downtime.lifecycle import Correction, correct
from maintenance.parts import stock
from maintenance.work_orders import completion, lifecycle
from maintenance.work_orders.attachments import attach
from maintenance.work_orders.costs import add_cost, add_labour
from maintenance.work_orders.fault_reports import ReportDetails, report_fault
from maintenance.work_orders.opening import open_order
from maintenance.work_orders.order_downtime import add_downtime
from storage.records import WorkOrder
from storage.records import downtime as downtime_rows
from storage.records.transaction import Transaction

Opening = Callable[[Transaction, str], WorkOrder]  # of a device
Step = Callable[[Transaction, int], object]
StepRow = tuple[Moment, Colleague, Step]

HOUR_CENTS = 600  # what an hour of the house's own people costs


def opened(
    title: str,
    text: str = "",
    *,
    kind: OrderKind = "corrective",
    takes_down: bool = False,
    down: DowntimeExtent | None = None,
) -> Opening:
    """By hand."""

    def do(tx: Transaction, device: str) -> WorkOrder:
        return open_order(tx, device, title, kind=kind, text=text, takes_down=takes_down, down=down)

    return do


def reported(text: str, down: DowntimeExtent | None, phone: str = "") -> Opening:
    """By whoever stands at the device, on the form that its code leads to."""
    details = ReportDetails(name="Maryam", phone=phone)

    def do(tx: Transaction, device: str) -> WorkOrder:
        return report_fault(tx, device, text, down, details)

    return do


def assigned(person: Colleague) -> Step:
    return partial(_with_words, lifecycle.assign, person.full_name)


def started(note: str = "") -> Step:
    return partial(_with_words, lifecycle.begin, note)


def waits(state: OrderState, note: str) -> Step:
    return lambda tx, order: lifecycle.hold(tx, order, state, note)


def cancelled(why: str) -> Step:
    return partial(_with_words, lifecycle.cancel, why)


def uses(part: str, quantity: int = 1, kind: StockMoveKind = "used") -> Step:
    return lambda tx, order: stock.move(tx, part, kind, quantity, order_id=order)


def worked(minutes: int) -> Step:
    """Their own time, up to this moment."""

    def do(tx: Transaction, order: int) -> object:
        cents, began_at = minutes * HOUR_CENTS // 60, tx.now - minutes * MINUTE
        return add_labour(tx, order, minutes=minutes, began_at=began_at, cost_cents=cents)

    return do


def billed(cents: int, text: str) -> Step:
    return lambda tx, order: add_cost(tx, order, cents, text)


def photographed(name: str, words: str) -> Step:
    content = partial(photo, words)
    return lambda tx, order: attach(tx, "order", str(order), name, "image/jpeg", content())


def completed(result: str) -> Step:
    return lambda tx, order: completion.complete(tx, order, result=result)


def returned(check: str) -> Step:
    return partial(_with_words, completion.return_to_service, check)


def was_down(began_at: int, cause: DowntimeCause, extent: DowntimeExtent) -> Step:
    """Since a moment in UTC milliseconds, which nobody had noted."""
    return lambda tx, order: add_downtime(tx, order, began_at, cause, extent)


def corrected(**changes: Unpack[Correction]) -> Step:
    """Of each downtime of the order, by who knows better: when it ended, its cause, what it cost."""

    def do(tx: Transaction, order: int) -> None:
        for downtime in downtime_rows.downtimes_of_order(tx.db, order):
            correct(tx, downtime.id, **changes)

    return do


def ended(
    at: Moment, result: str, check: str, *, minutes: int, by: Colleague = ENGINEER
) -> Iterator[StepRow]:
    """The work is noted, done and checked at that moment."""
    yield at, by, worked(minutes)
    yield at, by, completed(result)
    yield at, ENGINEER, returned(check)


def signed(at: Moment, by: Colleague = MANAGER) -> StepRow:
    return at, by, completion.sign_off


def _with_words(
    act: Callable[[Transaction, int, str], object], text: str, tx: Transaction, order: int
) -> object:
    return act(tx, order, text)

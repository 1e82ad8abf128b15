"""What people do about the alerts that the history of a demo makes fire: seen, silenced, repaired, asked about.

The engine judges the history after the start. So each answer is written when its alert has fired, at the
times at which its authors would have given it: some hours after the alert, and never after now.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from alerts.evaluation.acknowledge import acknowledge
from alerts.evaluation.window_changes import silence_alert
from app.clock import now
from app.demo.work.acts import Act, WrittenWork, perform
from app.demo.work.people import ENGINEER, MANAGER, PHYSICIST, Colleague
from app.demo.work.steps import Step, assigned, completed, returned, started, waits, worked
from app.demo.work.tickets import HELIA, NORD, moves, reads, replies, sends
from core.errors import RefusedError, ScanwardError
from core.schema.site import Site
from core.time.clock import DAY, HOUR, MINUTE
from maintenance.tickets import lifecycle
from maintenance.tickets.diagnostics import DiagnosticsRequest, attach_bundle, make_bundle
from maintenance.work_orders import completion
from maintenance.work_orders.opening import open_for_alert
from storage.records import Records
from storage.records import alerts as alert_rows
from storage.records import work_orders as order_rows
from storage.records.transaction import Transaction, transaction
from storage.series.store import open_store

log = logging.getLogger(__name__)

EVERY_S = 5.0  # looks whether another has fired
LATELY = 3 * HOUR  # who has seen it so long ago still takes care of it
SILENT_FOR = 3 * DAY
ORDER, TICKET = "order", "ticket"  # of the alert, among what is written


class AnsweredAlert(NamedTuple):
    """An alert that has fired, and the present, at which the last answer to it may be given; UTC ms."""

    id: int
    device: str
    fired_at: int
    now: int

    def after(self, delay: int) -> int:
        """So long after it fired, but never after now."""
        return min(self.fired_at + delay, self.now)

    def lately(self) -> int:
        """A while ago, but never before it fired."""
        return max(self.now - LATELY, self.fired_at)


class AlertAnswer(NamedTuple):
    """The rule of a device, and what is done when it has fired."""

    device: str
    rule: str
    acts: Callable[[AnsweredAlert], Sequence[Act]]
    even_ended: bool = False  # it is answered though it is over
    # What follows when sealed diagnostics of so many milliseconds lie with the ticket.
    diagnostics_of: int = 0
    acts_on_diagnostics: Callable[[AnsweredAlert], Sequence[Act]] | None = None


async def answer_alerts(site: Site) -> None:
    """Answer each alert of the table once, as it comes; returns when all have come."""
    records = Records(site.records_url, now=now)
    left = list(ANSWERS)
    while left:
        left = await asyncio.to_thread(_still_to_come, records, site, left)
        await asyncio.sleep(EVERY_S)
    records.close()


def _still_to_come(
    records: Records, site: Site, answers: Sequence[AlertAnswer]
) -> list[AlertAnswer]:
    left = []
    for answer in answers:
        try:
            if not give_answer(records, site, answer, now()):
                left.append(answer)
        except RefusedError as refusal:  # somebody who tries the demo was first
            log.info("the alert %s of %s: %s", answer.rule, answer.device, refusal)
        except ScanwardError as error:  # the records are busy
            log.info("the alert %s of %s waits: %s", answer.rule, answer.device, error)
            left.append(answer)
    return left


def give_answer(records: Records, site: Site, answer: AlertAnswer, at: int) -> bool:
    """True if the alert has fired and is answered, now or before."""
    with records.reading() as db:
        alerts = [
            alert
            for alert in alert_rows.alerts_since(db, 0, answer.device)
            if alert.rule == answer.rule and alert.fired_at is not None
            if alert.ended_at is None or answer.even_ended
        ]
        if not alerts:
            return False
        alert = alerts[0]
        if alert.acknowledged_at is not None or order_rows.orders_of_alerts(db, [alert.id]):
            return True
        known = AnsweredAlert(alert.id, alert.device, alert.fired_at or at, at)
    written = WrittenWork()
    _perform(records, site, answer.acts(known), written)
    if answer.acts_on_diagnostics is not None:
        _seal(records, site, answer, written.tickets[TICKET], at)
        _perform(records, site, answer.acts_on_diagnostics(known), written)
    return True


def _perform(records: Records, site: Site, acts: Sequence[Act], written: WrittenWork) -> None:
    with transaction(records, site, acts[0].who.full_name, acts[0].at) as tx:
        perform(tx, acts, written)


def _seal(records: Records, site: Site, answer: AlertAnswer, ticket: int, at: int) -> None:
    request = DiagnosticsRequest(answer.device, answer.diagnostics_of, ticket_id=ticket)
    bundle = make_bundle(site, open_store(site), records, request, at)
    with transaction(records, site, ENGINEER.full_name, at, ENGINEER.rights) as tx:
        attach_bundle(tx, ticket, bundle)


def _is_seen(alert: AnsweredAlert) -> list[Act]:
    """The physicist takes care of it, says so again when that has lapsed, and there is nothing to repair yet."""

    def do(tx: Transaction, written: WrittenWork) -> None:
        acknowledge(tx, alert.id)

    return [Act(alert.after(2 * HOUR), PHYSICIST, do), Act(alert.lately(), PHYSICIST, do)]


def _is_silenced(alert: AnsweredAlert) -> list[Act]:
    def do(tx: Transaction, written: WrittenWork) -> None:
        silence_alert(
            tx, alert.id, tx.now + SILENT_FOR, "Known: the supplier is asked, ticket is open"
        )

    return [Act(alert.lately(), PHYSICIST, do)]


def _battery_is_tested(alert: AnsweredAlert) -> list[Act]:
    over = alert.after(7 * HOUR)
    return [
        Act(alert.after(HOUR), ENGINEER, partial(_open_order, alert)),
        _on_order(alert.after(6 * HOUR), ENGINEER, started("When it was charged again")),
        _on_order(over, ENGINEER, worked(60)),
        _on_order(over, ENGINEER, completed("Self-test of the batteries passed; runtime as last year")),
        _on_order(over, ENGINEER, returned("On the mains, fully charged")),
        _on_order(alert.after(DAY), MANAGER, completion.sign_off),
    ]  # fmt: skip


def _helium_is_ordered(alert: AnsweredAlert) -> list[Act]:
    return [
        Act(alert.after(3 * HOUR), ENGINEER, partial(_open_order, alert)),
        _on_order(alert.after(3 * HOUR + 20 * MINUTE), MANAGER, assigned(ENGINEER)),
        Act(
            alert.after(4 * HOUR),
            ENGINEER,
            partial(_open_ticket, alert, "helia-cryo", "Vessel loses more helium than by boil-off"),
        ),
        _on_ticket(alert.after(4 * HOUR + 5 * MINUTE), ENGINEER, sends("The level falls faster since some days; the chart is on your page of this case.")),
        _on_ticket(alert.after(9 * HOUR), HELIA, replies("Thank you. We look at seals and cold head; a refill can come within ten days.")),
        _on_ticket(alert.after(10 * HOUR), ENGINEER, reads()),
        _on_order(alert.after(10 * HOUR), ENGINEER, waits("waiting_vendor", "Visit and refill are asked for")),
    ]  # fmt: skip


def _tube_goes_to_the_supplier(alert: AnsweredAlert) -> list[Act]:
    return [
        Act(alert.after(2 * HOUR), ENGINEER, partial(_open_order, alert)),
        _on_order(alert.after(2 * HOUR), MANAGER, assigned(ENGINEER)),
        Act(
            alert.after(3 * HOUR),
            ENGINEER,
            partial(_open_ticket, alert, "nord-imaging", "Tube cools more slowly each week"),
        ),
        _on_ticket(alert.after(3 * HOUR), ENGINEER, sends("The tube needs longer to cool, with the same load. Please look at the pump.")),
        _on_ticket(alert.after(6 * HOUR), NORD, replies("Please send your measurements of this month.")),
        _on_ticket(alert.after(7 * HOUR), ENGINEER, moves("waiting_us", "Measurements")),
    ]  # fmt: skip


def _supplier_compares(alert: AnsweredAlert) -> list[Act]:
    return [
        _on_ticket(alert.now, ENGINEER, sends("The sealed measurements are here; the key comes by telephone.")),
        _on_ticket(alert.now, NORD, replies("They came in and open. We compare them with the factory's.")),
        _on_ticket(alert.now, ENGINEER, moves("acknowledged", "The supplier compares")),
    ]  # fmt: skip


ANSWERS = (
    AlertAnswer("ups-1", "charge_low", _battery_is_tested, even_ended=True),
    AlertAnswer("mri-2", "helium_leaks", _helium_is_ordered),
    AlertAnswer(
        "ct-2",
        "tube_cools_badly",
        _tube_goes_to_the_supplier,
        diagnostics_of=7 * DAY,
        acts_on_diagnostics=_supplier_compares,
    ),
    AlertAnswer("ct-1", "water_ct_number_drifts", _is_seen),
    AlertAnswer("dxa-1", "phantom_drifts", _is_silenced),
)


def _open_order(alert: AnsweredAlert, tx: Transaction, written: WrittenWork) -> None:
    written.orders[ORDER] = open_for_alert(tx, alert.id).id


def _open_ticket(
    alert: AnsweredAlert, vendor: str, subject: str, tx: Transaction, written: WrittenWork
) -> None:
    order = written.orders[ORDER]
    ticket = lifecycle.open_ticket(
        tx, alert.device, vendor, subject, alert_id=alert.id, order_id=order
    )
    written.tickets[TICKET] = ticket.id


def _on_order(at: int, who: Colleague, step: Step) -> Act:
    return Act(at, who, lambda tx, written: step(tx, written.orders[ORDER]))


def _on_ticket(at: int, who: Colleague, step: Step) -> Act:
    return Act(at, who, lambda tx, written: step(tx, written.tickets[TICKET]))

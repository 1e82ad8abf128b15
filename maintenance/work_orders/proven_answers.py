"""Lines of a checklist that a source can prove: what is seen of them, and a person's confirmation.

Nothing is answered by itself: a proof is looked for when somebody looks at the order, and counts when
a person has confirmed it. What was seen then is stored with the answer and never changed.
"""

from collections.abc import Collection, Iterator
from dataclasses import asdict

from sqlalchemy.orm import Session

from core.errors import RefusedError
from core.schema.proof import Proof
from core.schema.site import Device, Site
from core.time.clock import MINUTE
from core.vocabulary.work_orders import ENDED_ORDERS
from maintenance.proofs.case import Case, window_of
from maintenance.proofs.facts import ProofVerdict
from maintenance.proofs.gathering import observe
from maintenance.proofs.judging import judge
from maintenance.work_orders.answers import is_within_limits, open_item
from maintenance.work_orders.states import get
from storage.records import ItemProof, OrderItem, ScheduledTask, WorkOrder
from storage.records import manual_readings as manual_rows
from storage.records.transaction import Transaction, needs

# What was shown may be confirmed so long; then it is looked at again. Scanward's default.
SHOWN_FOR = 15 * MINUTE


def proofs_of(
    db: Session, site: Site, order: WorkOrder, now: int, by: str = ""
) -> dict[str, ProofVerdict]:
    """What is seen now of each open line that the plan gives a proof, by the item's id.

    `by` is who would confirm it; empty where nobody in particular looks.
    """
    if order.state in ENDED_ORDERS:
        return {}
    return {
        case.item.item: _verdict(db, site, case, by)
        for case in _cases(db, site, order, now)
        if case.item.answer == "open"
    }


@needs("work on an order")
def confirm_proofs(
    tx: Transaction, order_id: int, items: Collection[str] = (), *, seen_at: int | None = None
) -> list[OrderItem]:
    """Answer lines by their proofs: these, or all that are proven; the lines that were answered.

    `seen_at` (UTC ms) is when the person was shown them: it is judged once more as of then, by all
    that is known now. Refused if a line is not proven any more, and if a person has answered it.
    """
    seen_at = tx.now if seen_at is None else seen_at
    if not tx.now - SHOWN_FOR <= seen_at <= tx.now:
        raise RefusedError("the proofs were looked at too long ago: look again")
    order = get(tx.db, order_id)
    for item in items:
        _refuse_answered(open_item(tx.db, order_id, item))
    cases = {case.item.item: case for case in _cases(tx.db, tx.site, order, seen_at)}
    confirmed = list[OrderItem]()
    for item in items or [name for name, case in cases.items() if case.item.answer == "open"]:
        if item not in cases:
            raise RefusedError("nothing can prove {item!r}", item=item)
        verdict = _verdict(tx.db, tx.site, cases[item], tx.by)
        if verdict.is_proven:
            confirmed.append(_confirm(tx, cases[item], verdict))
        elif items:
            text = cases[item].item.text
            raise RefusedError(
                "{item} is not proven: {reason}", item=text, reason=verdict.reasons[0]
            )
    if not confirmed:
        raise RefusedError("no line of order {order} is proven now", order=order_id)
    return confirmed


def refuse_withdrawn(tx: Transaction, order: WorkOrder) -> None:
    """RefusedError if a reading that proved a line was corrected or withdrawn after it was confirmed."""
    for item in order.items:
        for fact in item.proof:
            who = _corrected_since(tx.db, order.device, fact)
            if who:
                raise RefusedError(
                    "{item} is not proven any more: a reading of {title} was corrected or withdrawn by {who}",
                    item=item.text,
                    title=fact.title,
                    who=who,
                )


def _cases(db: Session, site: Site, order: WorkOrder, now: int) -> Iterator[Case]:
    """The lines of an order of a plan that have a proof, as the plan is now."""
    device = site.devices.get(order.device)
    if device is None or order.task_id is None:
        return
    proofs = _proofs(device, db.get_one(ScheduledTask, order.task_id).plan)
    for item in order.items:
        if (proof := proofs.get(item.item)) is not None:
            yield Case(device, item, proof, now, order.id)


def _proofs(device: Device, plan_id: str) -> dict[str, Proof]:
    plan = device.plan(plan_id)
    items = () if plan is None else plan.items
    return {item.id: item.proof for item in items if item.proof is not None}


def _verdict(db: Session, site: Site, case: Case, by: str) -> ProofVerdict:
    window = window_of(db, site, case)
    return judge(case.proof, observe(db, site, case, window), window, by)


def _refuse_answered(row: OrderItem) -> None:
    if row.answer != "open":
        raise RefusedError("{item} is answered by {who}", item=row.text, who=row.who)


def _confirm(tx: Transaction, case: Case, verdict: ProofVerdict) -> OrderItem:
    """Write the answer down with its proof. A number is a reading already: it is not entered again."""
    row, newest = case.item, verdict.newest
    row.answer, row.value, row.within = "ok", None, None
    if row.metric:
        assert newest.newest is not None  # its proof is of this metric (core/schema/plan.py)
        row.answer, row.value, row.low, row.high = (
            "measured",
            newest.newest,
            newest.low,
            newest.high,
        )
        row.within = is_within_limits(row, newest.newest)
    row.at, row.who, row.note, row.proved_at = tx.now, tx.by, "", tx.now
    for fact in verdict.facts:
        proof = ItemProof(
            kind=case.proof.kind, because=case.proof.because,
            confirmed_at=tx.now, confirmed_by=tx.by, **asdict(fact),
        )  # fmt: skip
        row.every_proof.append(proof)
    return row


def _corrected_since(db: Session, device: str, fact: ItemProof) -> str:
    rows = manual_rows.last_versions(
        db, device, fact.subject, fact.component, fact.start, fact.end + 1
    )
    late = (row.who for row in rows if row.corrects_id and row.entered_at > fact.confirmed_at)
    return next(late, "")

"""Lines of an order's checklist that a source can prove: what is seen of them, and a confirmation."""

from typing import Annotated

from pydantic import Field

from dashboard.http.api.endpoint import ReadEndpoint
from dashboard.http.api.items import ApiItem, ApiTime
from dashboard.http.api.orders import OrderChecklistItem, ProofFactItem
from dashboard.http.api.parameters import NumberQuery
from dashboard.http.api.problems import ProblemError
from dashboard.http.api.reading_writes import BodyMoment
from dashboard.http.api.request_body import RequestBody
from dashboard.http.api.write_endpoint import WriteEndpoint, existing
from dashboard.queries import stores
from maintenance.proofs.facts import ProofVerdict
from maintenance.work_orders.proven_answers import confirm_proofs, proofs_of
from storage.records import WorkOrder
from storage.records.transaction import Transaction


class SeenLineItem(ApiItem):
    """One line: proven by `facts`, or not, for `reasons`."""

    item: str
    is_proven: bool
    facts: list[ProofFactItem]
    reasons: list[str]


class OrderProofsAnswer(ApiItem):
    """The open lines that have a proof, as they are seen `at` that moment: confirm them with it."""

    at: ApiTime
    lines: list[SeenLineItem]


class ConfirmBody(RequestBody):
    """The lines to be confirmed, all that are proven without any; `seen_at` is the `at` of what was shown."""

    items: list[Annotated[str, Field(max_length=200)]] = Field(default=[], max_length=500)
    seen_at: BodyMoment | None = None


def proofs(query: NumberQuery) -> OrderProofsAnswer:
    """What is seen now."""
    now = stores.now()
    with stores.records().reading() as db:
        order = db.get(WorkOrder, query.number)
        if order is None:
            raise ProblemError(404, f"there is no order {query.number}")
        verdicts = proofs_of(db, stores.site(), order, now)
    lines = [_line(item, verdict) for item, verdict in verdicts.items()]
    return OrderProofsAnswer.model_validate({"at": now, "lines": lines})


def confirm(tx: Transaction, query: NumberQuery, body: ConfirmBody) -> list[OrderChecklistItem]:
    """Answer the lines by what is seen of them; gives them with their proofs."""
    existing(tx.db.get(WorkOrder, query.number), "order", query.number)
    rows = confirm_proofs(tx, query.number, body.items, seen_at=body.seen_at)
    return [OrderChecklistItem.model_validate(row) for row in rows]


def _line(item: str, verdict: ProofVerdict) -> SeenLineItem:
    return SeenLineItem(
        item=item,
        is_proven=verdict.is_proven,
        facts=[ProofFactItem.model_validate(fact) for fact in verdict.facts],
        reasons=[str(reason) for reason in verdict.reasons],
    )


READS = [
    ReadEndpoint(
        "/orders/{number}/proofs", "What proves the lines of a checklist now", NumberQuery,
        OrderProofsAnswer, proofs,
    ),
]  # fmt: skip
WRITES = [
    WriteEndpoint(
        "/orders/{number}/proofs", "Confirm the lines that are proven", "work on an order",
        NumberQuery, ConfirmBody, OrderChecklistItem, confirm, is_list=True,
    ),
]  # fmt: skip

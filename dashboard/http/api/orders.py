"""Work orders, and what cannot be used meanwhile."""

from core.time.clock import DAY
from core.vocabulary.downtime import DowntimeCause, DowntimeExtent
from core.vocabulary.knowledge import Outcome
from core.vocabulary.proofs import ProofKind
from core.vocabulary.work_orders import ENDED_ORDERS, ItemAnswer, OpenedBy, OrderKind, OrderState
from dashboard.http.api.endpoint import ReadEndpoint
from dashboard.http.api.items import ApiItem, ApiTime
from dashboard.http.api.paging import ItemPage, by_number
from dashboard.http.api.parameters import DevicePageQuery, Moment, NumberQuery, device_named
from dashboard.http.api.problems import ProblemError
from dashboard.queries import knowledge, stores
from dashboard.queries import orders as order_queries
from storage.records import WorkOrder
from storage.records import downtime as downtime_rows
from storage.records import work_orders as order_rows


class OrdersQuery(DevicePageQuery):
    """Those still to be done; of a state, or ended ones too, where that is asked."""

    state: OrderState | None = None
    ended: bool = False


class DowntimesQuery(DevicePageQuery):
    """What touches [since, until)."""

    since: Moment | None = None
    until: Moment | None = None


class OrderItemOfList(ApiItem):
    """A piece of work on one device."""

    id: int
    device: str
    kind: OrderKind
    opened_by: OpenedBy
    title: str
    opened_at: ApiTime
    state: OrderState
    text: str
    assigned_to: str
    alert_id: int | None
    follows_id: int | None
    takes_down: bool
    done_at: ApiTime | None
    result: str
    returned_at: ApiTime | None
    returned_by: str
    signed_at: ApiTime | None
    signed_by: str


class OrderStepItem(ApiItem):
    """It came into a state."""

    state: OrderState
    at: ApiTime
    who: str
    note: str


class ProofFactItem(ApiItem):
    """What is seen of one metric, or of one kind of event, from `start` to `end`."""

    subject: str
    title: str
    component: str
    unit: str
    source: str
    count: int
    start: ApiTime
    end: ApiTime
    lowest: float | None
    highest: float | None
    newest: float | None
    newest_at: ApiTime | None
    low: float | None
    high: float | None
    coverage_pct: float | None


class ItemProofItem(ProofFactItem):
    """The same as it was seen when a person confirmed the line by it."""

    kind: ProofKind
    because: str
    confirmed_at: ApiTime
    confirmed_by: str


class OrderChecklistItem(ApiItem):
    """One item of the checklist, its answer, and what proved it if a person did not answer it."""

    item: str
    text: str
    metric: str
    unit: str
    low: float | None
    high: float | None
    answer: ItemAnswer
    value: float | None
    within: bool | None
    at: ApiTime | None
    who: str
    note: str
    proof: list[ItemProofItem]


class FaultReportItem(ApiItem):
    """What somebody at the machine reported without an account; the photo is among the files."""

    at: ApiTime
    usual_faults: list[str]
    name: str
    phone: str
    tried: str


class EarlierRepairItem(ApiItem):
    """An earlier order about the same fault; `lasted` (ms): until its alert fired again, or until now."""

    order_id: int
    device: str
    is_same_device: bool
    title: str
    done_at: ApiTime
    work: str
    parts: list[tuple[str, int]]
    minutes: int
    outcome: Outcome
    lasted: int


class OrderAnswer(OrderItemOfList):
    """An order with its steps, checklist, costs (in hundredths of the site's currency) and what refers to it."""

    steps: list[OrderStepItem]
    items: list[OrderChecklistItem]
    may_become: list[OrderState]
    cost_cents: int
    tickets: list[int]
    follow_ups: list[int]
    files: list[str]
    reports: list[FaultReportItem]
    seen_before: list[EarlierRepairItem]


class DowntimeItem(ApiItem):
    """A device could not be used, or only in part (`soft`)."""

    id: int
    device: str
    began_at: ApiTime
    ended_at: ApiTime | None
    cause: DowntimeCause
    extent: DowntimeExtent
    alert_id: int | None
    order_id: int | None
    cases_lost: int | None
    note: str


def orders(query: OrdersQuery) -> ItemPage[OrderItemOfList]:
    """Orders, newest first."""
    device = None if query.device is None else device_named(query.device).id
    ended = query.ended or query.state in ENDED_ORDERS
    with stores.records().reading() as db:
        rows = order_rows.orders(db, device=device, state=query.state, ended=ended)
    page, cursor = by_number(query, rows, lambda row: row.id)
    return ItemPage([OrderItemOfList.model_validate(row) for row in page], cursor)


def order(query: NumberQuery) -> OrderAnswer:
    """All of one order."""
    details = order_queries.order_details(query.number)
    if details is None:
        raise ProblemError(404, f"there is no order {query.number}")
    row = details.order
    return OrderAnswer(
        **fields_of(row),
        steps=[OrderStepItem.model_validate(step) for step in row.steps],
        items=[OrderChecklistItem.model_validate(item) for item in row.items],
        may_become=list(details.may_become),
        cost_cents=details.cost_cents,
        tickets=[ticket.id for ticket in details.tickets],
        follow_ups=[other.id for other in details.follow_ups],
        files=[file.name for file in details.files],
        reports=[FaultReportItem.model_validate(report) for report in details.reports],
        seen_before=[
            EarlierRepairItem.model_validate(repair) for repair in knowledge.before_order(row.id)
        ],
    )


def downtimes(query: DowntimesQuery) -> ItemPage[DowntimeItem]:
    """Downtime, newest first; by default of the last year."""
    device = None if query.device is None else device_named(query.device).id
    now = stores.now()
    since = now - 365 * DAY if query.since is None else query.since
    until = now + 1 if query.until is None else query.until
    with stores.records().reading() as db:
        rows = downtime_rows.downtimes(db, since, until, device)
    page, cursor = by_number(query, rows, lambda row: row.id)
    return ItemPage([DowntimeItem.model_validate(row) for row in page], cursor)


def fields_of(row: WorkOrder) -> dict[str, object]:
    """What a list shows of an order."""
    return {name: getattr(row, name) for name in OrderItemOfList.model_fields}


ENDPOINTS = [
    ReadEndpoint("/orders", "Work orders", OrdersQuery, OrderItemOfList, orders, is_list=True),
    ReadEndpoint("/orders/{number}", "One work order", NumberQuery, OrderAnswer, order),
    ReadEndpoint("/downtimes", "Downtime", DowntimesQuery, DowntimeItem, downtimes, is_list=True),
]

"""Measures of the vendor report: tickets, promises kept and hours waited. Pure."""

from collections.abc import Callable, Sequence

from core.schema.site import Device
from core.time.covered_hours import Interval
from core.vocabulary.downtime import DowntimeCause
from core.vocabulary.tickets import TicketState
from maintenance.kpi.formulas import Figure
from maintenance.reports import measures
from maintenance.reports.dataset import Dataset
from maintenance.reports.measures import Span, period_of
from maintenance.tickets import sla
from storage.records import Ticket

WAITING: tuple[DowntimeCause, ...] = ("waiting_vendor", "waiting_part")
SlaClock = Callable[[Sequence[sla.Step], sla.Promise, int], sla.Clock]


def opened(dataset: Dataset, vendors: Sequence[str], span: Span) -> Figure:
    """How many tickets were opened; None before the site's first ticket."""
    period = period_of(dataset, span)
    n = len(opened_in(dataset, vendors, period))
    return Figure(float(n) if is_known(dataset, period) else None, "", n, needs="1 ticket")


def is_known(dataset: Dataset, period: Interval) -> bool:
    """Was there any ticket by its end? Before the first, nobody wrote calls to vendors down."""
    return any(ticket.opened_at < period[1] for ticket in dataset.tickets)


def opened_in(dataset: Dataset, vendors: Sequence[str], period: Interval) -> list[Ticket]:
    """The tickets with these vendors that were opened in the period."""
    start, end = period
    return [
        ticket
        for ticket in dataset.tickets
        if ticket.vendor_id in vendors and start <= ticket.opened_at < end
    ]


def answered(dataset: Dataset, vendors: Sequence[str], span: Span) -> Figure:
    """Tickets that were answered within the promised hours, in percent."""
    return _promises_kept(
        dataset, vendors, span, sla.response_clock, lambda promise: promise.response
    )


def solved(dataset: Dataset, vendors: Sequence[str], span: Span) -> Figure:
    """Tickets that were solved within the promised hours, in percent."""
    return _promises_kept(
        dataset, vendors, span, sla.resolution_clock, lambda promise: promise.resolution
    )


def _promises_kept(
    dataset: Dataset,
    vendors: Sequence[str],
    span: Span,
    clock: SlaClock,
    promised: Callable[[sla.Promise], int | None],
) -> Figure:
    """Promises that were kept / promises that were kept or broken in the period, in percent.

    A promise is decided when it is kept, or when its time is up.
    """
    start, end = period_of(dataset, span)
    in_time = decided = 0
    for ticket in dataset.tickets:
        promise = promise_of(dataset, ticket)
        if ticket.vendor_id not in vendors or promise is None or promised(promise) is None:
            continue
        before, after = (clock_at(ticket, promise, clock, moment) for moment in (start, end))
        if (after.is_over or after.is_broken) and not (before.is_over or before.is_broken):
            decided += 1
            in_time += not after.is_broken
    return Figure(100 * in_time / decided if decided else None, "%", decided, needs="1 ticket")


def clock_at(ticket: Ticket, promise: sla.Promise, clock: SlaClock, moment: int) -> sla.Clock:
    """The clock as it stood at a moment, from the steps before it."""
    steps = [sla.Step(step.state, step.at) for step in ticket.steps if step.at < moment]
    if not steps:
        return sla.Clock(0, None, is_over=False, is_broken=False)
    return clock(steps, promise, moment)


def promise_of(dataset: Dataset, ticket: Ticket) -> sla.Promise | None:
    """What the ticket's contract promises; None without a contract."""
    contract = dataset.contracts.get(ticket.contract_id or 0)
    return sla.promise_of(contract, dataset.site.zone)


def waited(dataset: Dataset, vendor: str | None, span: Span) -> Figure:
    """Covered hours of downtime that waited for a vendor or a part; of one vendor's devices."""
    devices = _devices(dataset, vendor)
    hours_by_cause = measures.by_cause(dataset, devices, span)
    down = measures.out_of_service(dataset, devices, span)
    value = None if down.value is None else sum(hours_by_cause.get(cause, 0.0) for cause in WAITING)
    return Figure(value, "h", down.n, down.hours, down.excluded_h, down.needs)


def _devices(dataset: Dataset, vendor: str | None) -> list[Device]:
    devices = list(dataset.site.devices.values())
    if vendor is None:
        return devices
    return [device for device in devices if _vendor_of(dataset, device) == vendor]


def _vendor_of(dataset: Dataset, device: Device) -> str | None:
    """Who must help with it: by its contract, else who supplied it."""
    sheet = dataset.assets.get(device.id)
    if sheet is None:
        return None
    contract = dataset.contracts.get(sheet.contract_id or 0)
    return contract.vendor_id if contract else sheet.supplier_id


def state_at(ticket: Ticket, at: int) -> TicketState | None:
    """Its state at a moment; None before it was opened."""
    states = [step.state for step in ticket.steps if step.at < at]
    return states[-1] if states else None

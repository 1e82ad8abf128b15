"""The vendor report: did those who promised help give it in time, and what did waiting cost."""

from collections.abc import Callable, Sequence
from functools import partial

from core.schema.site import Device
from core.time.clock import DAY, HOUR
from core.time.covered_hours import Interval
from core.vocabulary.downtime import DowntimeCause
from core.vocabulary.tickets import TicketState
from maintenance.kpi.device_history import last_moment
from maintenance.kpi.formulas import Figure
from maintenance.reports import measures
from maintenance.reports.builder import Desk, hours
from maintenance.reports.dataset import Facts
from maintenance.reports.locale import Speech
from maintenance.reports.measures import Span, period_of
from maintenance.reports.model import Cell, Chart, Column, Moment, Quantity, Report, Series, Table
from maintenance.tickets import sla
from storage.records import Contract, Ticket

WAITING: tuple[DowntimeCause, ...] = ("waiting_vendor", "waiting_part")
Clock = Callable[[Sequence[sla.Step], sla.Promise, int], sla.Clock]


def build(facts: Facts, speech: Speech) -> Report:
    """Every vendor with whom there is a contract, a ticket, or both."""
    desk = Desk(facts, speech)
    everyone = [vendor.id for vendor in facts.vendors]
    tiles = [
        desk.tile("tickets", 0, partial(_opened, facts, everyone), "basis.cases"),
        desk.tile("answered", 0, partial(_answered, facts, everyone), "basis.tickets"),
        desk.tile("solved", 0, partial(_solved, facts, everyone), "basis.tickets"),
        desk.tile("waited", 1, partial(_waited, facts, None), "basis.hours"),
    ]
    bars = [
        float(len(_opened_in(facts, everyone, period))) if _is_known(facts, period) else None
        for period in facts.periods
    ]
    series = [Series(speech.t("figure.tickets"), bars)]
    chart = Chart(speech.t("chart.tickets"), "", "bars", desk.months(), series)
    details = [_tickets(desk), _sessions(desk), _contracts(desk)]
    return desk.report("vendor", tiles, chart, _vendors(desk), details)


def _opened(facts: Facts, vendors: Sequence[str], span: Span) -> Figure:
    period = period_of(facts, span)
    n = len(_opened_in(facts, vendors, period))
    return Figure(float(n) if _is_known(facts, period) else None, "", n, needs="1 ticket")


def _is_known(facts: Facts, period: Interval) -> bool:
    """Was there any ticket by its end? Before the first, nobody wrote down who was asked."""
    return any(ticket.opened_at < period[1] for ticket in facts.tickets)


def _opened_in(facts: Facts, vendors: Sequence[str], period: Interval) -> list[Ticket]:
    start, end = period
    return [
        one for one in facts.tickets if one.vendor_id in vendors and start <= one.opened_at < end
    ]


def _answered(facts: Facts, vendors: Sequence[str], span: Span) -> Figure:
    return _kept(facts, vendors, span, sla.response_clock, lambda promise: promise.response)


def _solved(facts: Facts, vendors: Sequence[str], span: Span) -> Figure:
    return _kept(facts, vendors, span, sla.resolution_clock, lambda promise: promise.resolution)


def _kept(
    facts: Facts,
    vendors: Sequence[str],
    span: Span,
    clock: Clock,
    promised: Callable[[sla.Promise], int | None],
) -> Figure:
    """Promises that were kept / promises that were kept or broken in the period, in percent.

    A promise is decided when it is kept, or when its time is up.
    """
    start, end = period_of(facts, span)
    kept = decided = 0
    for ticket in facts.tickets:
        promise = _promise(facts, ticket)
        if ticket.vendor_id not in vendors or promise is None or promised(promise) is None:
            continue
        before, after = (_at(ticket, promise, clock, moment) for moment in (start, end))
        if (after.is_over or after.is_broken) and not (before.is_over or before.is_broken):
            decided += 1
            kept += not after.is_broken
    return Figure(100 * kept / decided if decided else None, "%", decided, needs="1 ticket")


def _at(ticket: Ticket, promise: sla.Promise, clock: Clock, moment: int) -> sla.Clock:
    steps = [sla.Step(one.state, one.at) for one in ticket.steps if one.at < moment]
    if not steps:
        return sla.Clock(0, None, is_over=False, is_broken=False)
    return clock(steps, promise, moment)


def _promise(facts: Facts, ticket: Ticket) -> sla.Promise | None:
    contract = facts.contracts.get(ticket.contract_id or 0)
    return sla.promise_of(contract, facts.site.zone)


def _waited(facts: Facts, vendor: str | None, span: Span) -> Figure:
    """Covered hours of downtime that waited for a vendor or a part; of one vendor's devices."""
    devices = _devices(facts, vendor)
    found = measures.by_cause(facts, devices, span)
    known = measures.out_of_service(facts, devices, span)
    value = None if known.value is None else sum(found.get(cause, 0.0) for cause in WAITING)
    return Figure(value, "h", known.n, known.hours, known.excluded_h, known.needs)


def _devices(facts: Facts, vendor: str | None) -> list[Device]:
    everything = list(facts.site.devices.values())
    if vendor is None:
        return everything
    return [one for one in everything if _vendor_of(facts, one) == vendor]


def _vendor_of(facts: Facts, device: Device) -> str | None:
    """Who must help with it: by its contract, else who supplied it."""
    sheet = facts.assets.get(device.id)
    if sheet is None:
        return None
    contract = facts.contracts.get(sheet.contract_id or 0)
    return contract.vendor_id if contract else sheet.supplier_id


def _state(ticket: Ticket, at: int) -> TicketState | None:
    """In which state it was; None before it was opened."""
    states = [one.state for one in ticket.steps if one.at < at]
    return states[-1] if states else None


def _vendors(desk: Desk) -> Table:
    t, facts = desk.speech.t, desk.facts
    names = ("opened", "open")
    columns = [Column(t("column.vendor"), 2.4)]
    columns += [Column(t(f"column.{name}"), 0.9, "end") for name in names]
    columns += [Column(desk.label(key), 1.5, "end") for key in ("answered", "solved", "waited")]
    rows: list[list[Cell]] = []
    for vendor in facts.vendors:
        mine = [vendor.id]
        still = [
            one
            for one in facts.tickets
            if one.vendor_id == vendor.id
            and _state(one, facts.period[1]) not in (None, "draft", "solved", "closed")
        ]
        rows.append(
            [
                vendor.name,
                desk.cell(_opened(facts, mine, "month"), 0),
                Quantity(float(len(still))),
                desk.cell(_answered(facts, mine, "month"), 0),
                desk.cell(_solved(facts, mine, "month"), 0),
                desk.cell(_waited(facts, vendor.id, "month"), 1),
            ]
        )
    return Table(t("table.vendors"), columns, rows, t("table.no_vendors"))


def _tickets(desk: Desk) -> Table:
    t, facts = desk.speech.t, desk.facts
    columns = [
        Column(t("column.ticket"), 0.8, "end"),
        Column(t("column.vendor"), 1.6),
        Column(t("column.device"), 1.6),
        Column(t("column.subject"), 2.4),
        Column(t("column.opened"), 1.3),
        Column(t("column.state"), 1.4),
        Column(t("column.answer_h"), 1.1, "end"),
        Column(t("column.solution_h"), 1.1, "end"),
    ]
    start, end = facts.period
    rows = [
        _ticket(desk, one)
        for one in facts.tickets
        if one.opened_at < end and _state(one, start) != "closed"
    ]
    about = t("table.tickets_about")
    return Table(t("table.tickets"), columns, rows, t("table.no_tickets"), about)


def _ticket(desk: Desk, ticket: Ticket) -> list[Cell]:
    facts, end = desk.facts, desk.facts.period[1]
    names = {vendor.id: vendor.name for vendor in facts.vendors}
    promise = _promise(facts, ticket)
    return [
        Quantity(float(ticket.id)),
        names.get(ticket.vendor_id, ticket.vendor_id),
        facts.name(ticket.device),
        ticket.subject,
        Moment(ticket.opened_at, has_time=False),
        desk.speech.data(_state(ticket, end) or ticket.state),
        _used(ticket, promise, sla.response_clock, end),
        _used(ticket, promise, sla.resolution_clock, end),
    ]


def _used(ticket: Ticket, promise: sla.Promise | None, clock: Clock, at: int) -> Cell:
    if promise is None:
        return "–"
    return hours(_at(ticket, promise, clock, at).used / HOUR)


def _sessions(desk: Desk) -> Table:
    t, facts = desk.speech.t, desk.facts
    names = ("ticket", "device", "who", "allowed", "from", "to", "done")
    weights = (0.8, 1.6, 1.4, 1.2, 1.7, 1.7, 2.2)
    columns = [
        Column(t(f"column.{name}"), weight, "end" if name == "ticket" else "start")
        for name, weight in zip(names, weights, strict=True)
    ]
    start, end = facts.period
    rows: list[list[Cell]] = [
        [
            Quantity(float(ticket.id)),
            facts.name(ticket.device),
            one.person,
            one.allowed_by,
            Moment(one.began_at),
            Moment(one.ended_at),
            one.done,
        ]
        for ticket in facts.tickets
        for one in ticket.sessions
        if start <= one.began_at < end
    ]
    return Table(t("table.sessions"), columns, rows, t("table.no_sessions"))


def _contracts(desk: Desk) -> Table:
    t, facts = desk.speech.t, desk.facts
    names = ("vendor", "number", "promised_answer", "promised_solution", "ends", "left")
    columns = [
        Column(t(f"column.{name}"), 1.4, "start" if at < 2 else "end")
        for at, name in enumerate(names)
    ]
    rows = [_contract(desk, one) for one in facts.contracts.values()]
    return Table(t("table.contracts"), columns, rows, t("table.no_contracts"))


def _contract(desk: Desk, contract: Contract) -> list[Cell]:
    facts = desk.facts
    vendor = next((one.name for one in facts.vendors if one.id == contract.vendor_id), "")
    ends = last_moment(contract, facts.site)
    promised = (contract.response_h, contract.resolution_h)
    return [
        vendor,
        contract.number,
        *("–" if value is None else hours(value) for value in promised),
        Moment(ends - 1, has_time=False),
        Quantity(max((ends - facts.period[1]) / DAY, 0.0), "d"),
    ]

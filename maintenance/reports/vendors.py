"""The vendor report: did those who promised help give it in time, and what did waiting cost."""

from functools import partial

from core.time.clock import DAY, HOUR
from maintenance.kpi.device_costs import contract_period
from maintenance.reports.builder import ReportBuilder, hours
from maintenance.reports.dataset import Dataset
from maintenance.reports.locale import ReportLocale
from maintenance.reports.model import (
    Cell,
    Chart,
    ChartSeries,
    Moment,
    Quantity,
    Report,
    ReportTable,
    TableColumn,
)
from maintenance.reports.vendor_measures import (
    SlaClock,
    answered,
    clock_at,
    is_known,
    opened,
    opened_in,
    promise_of,
    solved,
    state_at,
    waited,
)
from maintenance.tickets import sla
from storage.records import Contract, Ticket


def build(dataset: Dataset, locale: ReportLocale) -> Report:
    """Every vendor with whom there is a contract, a ticket, or both."""
    builder = ReportBuilder(dataset, locale)
    everyone = [vendor.id for vendor in dataset.vendors]
    tiles = [
        builder.tile("tickets", 0, partial(opened, dataset, everyone), "basis.cases"),
        builder.tile("answered", 0, partial(answered, dataset, everyone), "basis.tickets"),
        builder.tile("solved", 0, partial(solved, dataset, everyone), "basis.tickets"),
        builder.tile("waited", 1, partial(waited, dataset, None), "basis.hours"),
    ]
    bars = [
        float(len(opened_in(dataset, everyone, period))) if is_known(dataset, period) else None
        for period in dataset.periods
    ]
    series = [ChartSeries(locale.t("figure.tickets"), bars)]
    chart = Chart(locale.t("chart.tickets"), "", "bars", builder.month_names(), series)
    details = [_tickets(builder), _sessions(builder), _contracts(builder)]
    return builder.report("vendor", tiles, chart, _vendors(builder), details)


def _vendors(builder: ReportBuilder) -> ReportTable:
    t, dataset = builder.locale.t, builder.dataset
    names = ("opened", "open")
    columns = [TableColumn(t("column.vendor"), 2.4)]
    columns += [TableColumn(t(f"column.{name}"), 0.9, "end") for name in names]
    columns += [
        TableColumn(builder.label(key), 1.5, "end") for key in ("answered", "solved", "waited")
    ]
    rows: list[list[Cell]] = []
    for vendor in dataset.vendors:
        only_vendor = [vendor.id]
        open_tickets = [
            ticket
            for ticket in dataset.tickets
            if ticket.vendor_id == vendor.id
            and state_at(ticket, dataset.period[1])
            not in (None, "draft", "to_send", "solved", "closed")
        ]
        rows.append(
            [
                vendor.name,
                builder.cell(opened(dataset, only_vendor, "month"), 0),
                Quantity(float(len(open_tickets))),
                builder.cell(answered(dataset, only_vendor, "month"), 0),
                builder.cell(solved(dataset, only_vendor, "month"), 0),
                builder.cell(waited(dataset, vendor.id, "month"), 1),
            ]
        )
    return ReportTable(t("table.vendors"), columns, rows, t("table.no_vendors"))


def _tickets(builder: ReportBuilder) -> ReportTable:
    t, dataset = builder.locale.t, builder.dataset
    columns = [
        TableColumn(t("column.ticket"), 0.8, "end"),
        TableColumn(t("column.vendor"), 1.6),
        TableColumn(t("column.device"), 1.6),
        TableColumn(t("column.subject"), 2.4),
        TableColumn(t("column.opened"), 1.3),
        TableColumn(t("column.state"), 1.4),
        TableColumn(t("column.answer_h"), 1.1, "end"),
        TableColumn(t("column.solution_h"), 1.1, "end"),
    ]
    start, end = dataset.period
    rows = [
        _ticket(builder, ticket)
        for ticket in dataset.tickets
        if ticket.opened_at < end and state_at(ticket, start) != "closed"
    ]
    about = t("table.tickets_about")
    return ReportTable(t("table.tickets"), columns, rows, t("table.no_tickets"), about)


def _ticket(builder: ReportBuilder, ticket: Ticket) -> list[Cell]:
    dataset, end = builder.dataset, builder.dataset.period[1]
    names = {vendor.id: vendor.name for vendor in dataset.vendors}
    promise = promise_of(dataset, ticket)
    return [
        Quantity(float(ticket.id)),
        names.get(ticket.vendor_id, ticket.vendor_id),
        dataset.name(ticket.device),
        ticket.subject,
        Moment(ticket.opened_at, has_time=False),
        builder.locale.data(state_at(ticket, end) or ticket.state),
        _used(ticket, promise, sla.response_clock, end),
        _used(ticket, promise, sla.resolution_clock, end),
    ]


def _used(ticket: Ticket, promise: sla.ServiceLevel | None, clock: SlaClock, at: int) -> Cell:
    if promise is None:
        return "–"
    return hours(clock_at(ticket, promise, clock, at).used / HOUR)


def _sessions(builder: ReportBuilder) -> ReportTable:
    t, dataset = builder.locale.t, builder.dataset
    names = ("ticket", "device", "who", "asked", "allowed", "reach", "from", "to", "done")
    weights = (0.8, 1.5, 1.3, 1.2, 1.2, 1.5, 1.5, 1.5, 2.0)
    columns = [
        TableColumn(t(f"column.{name}"), weight, "end" if name == "ticket" else "start")
        for name, weight in zip(names, weights, strict=True)
    ]
    start, end = dataset.period
    rows: list[list[Cell]] = [
        [
            Quantity(float(ticket.id)),
            dataset.name(ticket.device),
            session.person,
            session.requested_by,
            session.allowed_by,
            " · ".join(text for text in (session.way, session.opened) if text),
            Moment(session.began_at),
            Moment(session.ended_at),
            session.done,
        ]
        for ticket in dataset.tickets
        for session in ticket.sessions
        if start <= session.began_at < end
    ]
    return ReportTable(t("table.sessions"), columns, rows, t("table.no_sessions"))


def _contracts(builder: ReportBuilder) -> ReportTable:
    t, dataset = builder.locale.t, builder.dataset
    names = ("vendor", "number", "promised_answer", "promised_solution", "ends", "left")
    columns = [
        TableColumn(t(f"column.{name}"), 1.4, "start" if at < 2 else "end")
        for at, name in enumerate(names)
    ]
    rows = [_contract(builder, contract) for contract in dataset.contracts.values()]
    return ReportTable(t("table.contracts"), columns, rows, t("table.no_contracts"))


def _contract(builder: ReportBuilder, contract: Contract) -> list[Cell]:
    dataset = builder.dataset
    vendor = next(
        (vendor.name for vendor in dataset.vendors if vendor.id == contract.vendor_id), ""
    )
    _, ends = contract_period(contract, dataset.site)
    promised = (contract.response_h, contract.resolution_h)
    return [
        vendor,
        contract.number,
        *("–" if value is None else hours(value) for value in promised),
        Moment(ends - 1, has_time=False),
        Quantity(max((ends - dataset.period[1]) / DAY, 0.0), "d"),
    ]

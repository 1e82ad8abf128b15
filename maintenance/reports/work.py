"""The maintenance report: was the planned work done in time, what else was done, what did it cost."""

from collections.abc import Iterator
from functools import partial

from core.clock import DAY
from core.covered import Interval
from maintenance import figures
from maintenance.figures import Due, Figure
from maintenance.reports import measures
from maintenance.reports.facts import Facts
from maintenance.reports.measures import Span, accounts_of, period_of
from maintenance.reports.model import Cell, Chart, Column, Moment, Quantity, Report, Series, Table
from maintenance.reports.parts import Desk, Row, lasted
from maintenance.reports.speech import Speech
from storage.records import Occurrence, OrderItem, WorkOrder
from storage.records.work import OrderKind

CLASSES = ("high", "medium", "low", "outside")
DEVICE, ORDER = 1.8, 0.8  # widths of columns that several tables have


def build(facts: Facts, speech: Speech) -> Report:
    """All devices of the site."""
    desk = Desk(facts, speech)
    highest = _highest(facts)
    tiles = [
        desk.tile("compliance", 0, partial(_compliance, facts, highest), f"basis.{highest}"),
        desk.tile("overdue", 0, partial(_overdue, facts), "basis.due"),
        desk.tile("orders", 0, partial(_done, facts, None), "basis.cases"),
        desk.tile("cost", 0, partial(_cost, facts), "basis.cost"),
    ]
    first = _classes(desk)
    details = [
        _late(desk),
        desk.figures(speech.t("table.work_figures"), _rows(facts)),
        _orders_done(desk),
        _orders_open(desk),
        _out_of_limits(desk),
        _parts_used(desk),
    ]
    return desk.report("maintenance", tiles, _bars(desk), first, details)


def _rows(facts: Facts) -> list[Row]:
    return [
        ("orders_preventive", 0, partial(_done, facts, "preventive")),
        ("orders_corrective", 0, partial(_done, facts, "corrective")),
        ("first_time_fix", 0, partial(_first_time_fix, facts)),
        ("post_maintenance", 0, partial(_post_maintenance, facts)),
        ("mttr", 1, partial(measures.mttr, facts, list(facts.site.devices.values()))),
        ("functional", 0, partial(_functional, facts)),
        ("cost", 0, partial(_cost, facts)),
        ("cost_ratio", 1, partial(_cost_ratio, facts)),
    ]


def _dues(facts: Facts, span: Span) -> list[Due]:
    accounts = accounts_of(facts, list(facts.site.devices.values()), span)
    return [one._replace(risk_class=one.risk_class or "outside") for a in accounts for one in a.due]


def _compliance(facts: Facts, risk_class: str, span: Span) -> Figure:
    found = figures.compliance(_dues(facts, span), period_of(facts, span), facts.now)
    return found.get(risk_class, Figure(None, "%", 0, needs="1 due occurrence"))


def _highest(facts: Facts) -> str:
    """The class to put first: the highest in which anything was due."""
    present = {one.risk_class for one in _dues(facts, "year")}
    return next((name for name in CLASSES if name in present), CLASSES[0])


def _overdue(facts: Facts, span: Span) -> Figure:
    """How many occurrences were late and neither done nor skipped when the period ended."""
    at = period_of(facts, span)[1]
    begun = [one for one in facts.occurrences if one.opens_at < at]
    late = [one for one in begun if one.late_at < at and _is_open(one, at)]
    value = float(len(late)) if begun else None
    return Figure(value, "", len(begun), needs="1 due occurrence")


def _is_open(one: Occurrence, at: int) -> bool:
    return all(end is None or end >= at for end in (one.done_at, one.skipped_at))


def _done(facts: Facts, kind: OrderKind | None, span: Span) -> Figure:
    n = len(list(_done_in(facts, period_of(facts, span), kind)))
    return Figure(float(n), "", n)


def _done_in(facts: Facts, period: Interval, kind: OrderKind | None) -> Iterator[WorkOrder]:
    for order in facts.orders:
        at = order.done_at
        if at is not None and period[0] <= at < period[1] and kind in (None, order.kind):
            yield order


def _first_time_fix(facts: Facts, span: Span) -> Figure:
    fixes = [one for account in _last(facts) for one in account.fixes]
    return figures.first_time_fix(fixes, period_of(facts, span), facts.now)


def _post_maintenance(facts: Facts, span: Span) -> Figure:
    maintained = [one for account in _last(facts) for one in account.maintained]
    failed = [one for account in _last(facts) for one in account.failed]
    period = period_of(facts, span)
    return figures.post_maintenance_failures(maintained, failed, period, facts.now)


def _last(facts: Facts) -> list[measures.Account]:
    """What holds all of the past is in each account: one of each device."""
    return [accounts[-1] for accounts in facts.accounts.values()]


def _functional(facts: Facts, span: Span) -> Figure:
    """As the sheets say today; nobody keeps how it was."""
    here = [sheet.condition for sheet in facts.assets.values()] if span == "month" else []
    return figures.functional_assets(here)


def _cost(facts: Facts, span: Span) -> Figure:
    accounts = accounts_of(facts, list(facts.site.devices.values()), span)
    return Figure(sum(one.cost_cents for one in accounts) / 100, "currency", len(facts.accounts))


def _cost_ratio(facts: Facts, span: Span) -> Figure:
    """Of the devices whose price is known."""
    priced = [
        (device, price)
        for device in facts.site.devices.values()
        if (sheet := facts.assets.get(device.id)) and (price := sheet.price_cents)
    ]
    accounts = accounts_of(facts, [device for device, _ in priced], span)
    cost, price = sum(one.cost_cents for one in accounts), sum(price for _, price in priced)
    return figures.cost_of_service_ratio(cost, price or None, period_of(facts, span))


def _bars(desk: Desk) -> Chart:
    facts, t = desk.facts, desk.speech.t
    kinds: tuple[OrderKind, OrderKind] = ("preventive", "corrective")
    series = [
        Series(
            desk.speech.data(kind),
            [float(len(list(_done_in(facts, period, kind)))) for period in facts.periods],
        )
        for kind in kinds
    ]
    return Chart(t("chart.orders"), "", "bars", desk.months(), series)


def _classes(desk: Desk) -> Table:
    t, facts = desk.speech.t, desk.facts
    spans: tuple[Span, ...] = ("month", "before", "year")
    names = ("class", *spans, "scheduled", "in_use", "not_located")
    columns = [
        Column(t(f"column.{name}"), 1.6 if name == "class" else 1.0, "start" if not at else "end")
        for at, name in enumerate(names)
    ]
    present = {one.risk_class for one in _dues(facts, "year")}
    rows: list[list[Cell]] = []
    for name in (one for one in CLASSES if one in present):
        found = [_compliance(facts, name, span) for span in spans]
        mine = [one for one in _dues(facts, "month") if one.risk_class == name]
        apart = figures.apart(mine, facts.period)
        counts = (found[0].n, apart["in_use"], apart["not_located"])
        rows.append(
            [
                desk.speech.data(name),
                *(desk.cell(one, 0) for one in found),
                *(Quantity(float(n)) for n in counts),
            ]
        )
    title = f"{t('table.classes')} {desk.note('compliance')}"
    return Table(title, columns, rows, t("table.no_plans"))


def _late(desk: Desk) -> Table:
    t, facts = desk.speech.t, desk.facts
    columns = [
        Column(t("column.device"), DEVICE),
        Column(t("column.plan"), 2.6),
        Column(t("column.due"), 1.3),
        Column(t("column.done"), 1.3),
        Column(t("column.late"), 1.0, "end"),
        Column(t("column.why"), 2.0),
    ]
    start, end = facts.period
    due = [one for one in facts.occurrences if start <= one.due_at < end]
    late = [one for one in due if not _was_on_time(one, facts.now)]
    about = t("table.late_about")
    return Table(
        t("table.late"),
        columns,
        [_late_row(desk, one) for one in late],
        t("table.none_late"),
        about,
    )


def _was_on_time(one: Occurrence, now: int) -> bool:
    if one.done_at is not None:
        return one.done_at <= one.late_at
    return one.skipped_at is None and one.late_at > now


def _late_row(desk: Desk, one: Occurrence) -> list[Cell]:
    facts, speech = desk.facts, desk.speech
    device = facts.site.devices.get(one.device)
    plan = device.plan(one.plan) if device else None
    ended = one.done_at or (None if one.skipped_at is None else one.skipped_at)
    days = ((facts.now if ended is None else ended) - one.due_at) / DAY
    done: Cell = "–" if one.done_at is None else Moment(one.done_at, has_time=False)
    why = speech.data(f"skip_{one.skip_kind}") if one.skip_kind else ""
    if one.skip_kind not in ("", "missed") and one.skip_reason:
        why = f"{why}: {one.skip_reason}"
    if one.done_at is None and one.skipped_at is None:
        why = speech.t("value.still_open")
    title = plan.title if plan else one.plan
    due = Moment(one.due_at, has_time=False)
    return [facts.name(one.device), title, due, done, Quantity(max(days, 0.0), "d", 1), why]


def _orders_done(desk: Desk) -> Table:
    t, facts = desk.speech.t, desk.facts
    columns = [
        Column(t("column.order"), ORDER, "end"),
        Column(t("column.device"), DEVICE),
        Column(t("column.kind"), 1.1),
        Column(t("column.what"), 2.6),
        Column(t("column.done"), 1.3),
        Column(t("column.open_for"), 1.2, "end"),
        Column(t("column.cost"), 1.2, "end"),
    ]
    rows: list[list[Cell]] = [
        [
            Quantity(float(one.id)),
            facts.name(one.device),
            desk.speech.data(one.kind),
            one.title,
            Moment(one.done_at, has_time=False),
            lasted((one.done_at or one.opened_at) - one.opened_at),
            Quantity(_cost_of(facts, one) / 100, facts.site.file.currency),
        ]
        for one in sorted(_done_in(facts, facts.period, None), key=lambda o: (o.done_at, o.id))
    ]
    return Table(t("table.orders_done"), columns, rows, t("table.no_orders_done"))


def _cost_of(facts: Facts, order: WorkOrder) -> int:
    """Everything that an order cost, whenever it was spent."""
    parts = sum(-one.quantity * one.cost_cents for one in facts.moves if one.order_id == order.id)
    spent = (one.cost_cents for row in (order.labour, order.costs) for one in row)
    return parts + sum(spent)


def _orders_open(desk: Desk) -> Table:
    t, facts = desk.speech.t, desk.facts
    columns = [
        Column(t("column.order"), ORDER, "end"),
        Column(t("column.device"), DEVICE),
        Column(t("column.kind"), 1.1),
        Column(t("column.what"), 2.6),
        Column(t("column.opened"), 1.3),
        Column(t("column.state"), 1.3),
        Column(t("column.who"), 1.2),
    ]
    rows: list[list[Cell]] = [
        [
            Quantity(float(one.id)),
            facts.name(one.device),
            desk.speech.data(one.kind),
            one.title,
            Moment(one.opened_at, has_time=False),
            desk.speech.data(one.state),
            one.assigned_to or "–",
        ]
        for one in facts.orders
        if one.state not in ("done", "signed_off", "cancelled")
    ]
    return Table(t("table.orders_open"), columns, rows, t("table.no_orders_open"))


def _out_of_limits(desk: Desk) -> Table:
    t, facts = desk.speech.t, desk.facts
    columns = [
        Column(t("column.device"), DEVICE),
        Column(t("column.what"), 2.8),
        Column(t("column.measured"), 1.2, "end"),
        Column(t("column.limits"), 1.6, "end"),
        Column(t("column.when"), 1.6),
        Column(t("column.order"), ORDER, "end"),
    ]
    start, end = facts.period
    rows = [
        _failing(desk, order, item)
        for order in facts.orders
        for item in order.items
        if (item.within is False or item.answer == "not_ok") and start <= (item.at or 0) < end
    ]
    return Table(t("table.limits"), columns, rows, t("table.none_out"))


def _failing(desk: Desk, order: WorkOrder, item: OrderItem) -> list[Cell]:
    speech = desk.speech
    found: Cell = speech.data("not_ok")
    if item.value is not None:
        found = Quantity(item.value, item.unit, 2)
    ends = [speech.number(v, 2) if v is not None else "…" for v in (item.low, item.high)]
    limits = " – ".join(ends) if item.value is not None else "–"
    number = Quantity(float(order.id))
    return [desk.facts.name(order.device), item.text, found, limits, Moment(item.at), number]


def _parts_used(desk: Desk) -> Table:
    t, facts = desk.speech.t, desk.facts
    columns = [
        Column(t("column.part"), 2.6),
        Column(t("column.quantity"), 1.0, "end"),
        Column(t("column.cost"), 1.2, "end"),
        Column(t("column.when"), 1.6),
        Column(t("column.order"), ORDER, "end"),
        Column(t("column.note"), 2.0),
    ]
    start, end = facts.period
    rows: list[list[Cell]] = [
        [
            facts.parts[move.part_id].name,
            Quantity(float(-move.quantity)),
            Quantity(-move.quantity * move.cost_cents / 100, facts.site.file.currency),
            Moment(move.at, has_time=False),
            "–" if move.order_id is None else Quantity(float(move.order_id)),
            move.note,
        ]
        for move in facts.moves
        if move.kind == "used" and start <= move.at < end
    ]
    return Table(t("table.parts"), columns, rows, t("table.no_parts"))

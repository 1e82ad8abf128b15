"""The maintenance report: was the planned work done in time, what else was done, what did it cost."""

from collections.abc import Sequence
from functools import partial

from core.schema.site import Device
from core.vocabulary.work_orders import OrderKind
from maintenance.kpi import formulas
from maintenance.kpi.device_history import Account
from maintenance.kpi.formulas import Due, Figure
from maintenance.reports import costs, measures, work_tables
from maintenance.reports.builder import Desk, Row
from maintenance.reports.dataset import Facts
from maintenance.reports.locale import Speech
from maintenance.reports.measures import Span, accounts_of, is_noted, period_of
from maintenance.reports.model import Cell, Chart, Column, Quantity, Report, Series, Table
from storage.records.planning import ScheduledTask

CLASSES = ("high", "medium", "low", "outside")


def build(facts: Facts, speech: Speech) -> Report:
    """All devices of the site."""
    desk = Desk(facts, speech)
    highest, everything = _highest(facts), list(facts.site.devices.values())
    tiles = [
        desk.tile("compliance", 0, partial(_compliance, facts, highest), f"basis.{highest}"),
        desk.tile("overdue", 0, partial(_overdue, facts), "basis.due"),
        desk.tile("orders", 0, partial(_done, facts, None), "basis.cases"),
        desk.tile("cost", 0, partial(costs.cost, facts, everything), "basis.cost"),
    ]
    first = _classes(desk)
    details = [
        work_tables.plans(desk),
        desk.figures(speech.t("table.work_figures"), _rows(facts, everything)),
        costs.table(desk, everything),
        work_tables.orders_done(desk),
        work_tables.orders_open(desk),
        work_tables.out_of_limits(desk),
        work_tables.parts_used(desk),
    ]
    return desk.report("maintenance", tiles, _bars(desk), first, details)


def _rows(facts: Facts, everything: Sequence[Device]) -> list[Row]:
    return [
        ("orders_preventive", 0, partial(_done, facts, "preventive")),
        ("orders_corrective", 0, partial(_done, facts, "corrective")),
        ("first_time_fix", 0, partial(_first_time_fix, facts)),
        ("post_maintenance", 0, partial(_post_maintenance, facts)),
        ("mttr", 1, partial(measures.mttr, facts, everything)),
        ("mtta", 1, partial(measures.mtta, facts, everything)),
        ("functional", 0, partial(_functional, facts)),
        ("cost", 0, partial(costs.cost, facts, everything)),
        ("cost_ratio", 1, partial(costs.ratio, facts, everything)),
        ("per_scan", 2, partial(costs.per_scan, facts, everything)),
        ("cost_downtime", 0, partial(costs.of_downtime, facts, everything)),
    ]


def _dues(facts: Facts, span: Span) -> list[Due]:
    accounts = accounts_of(facts, list(facts.site.devices.values()), span)
    return [one._replace(risk_class=one.risk_class or "outside") for a in accounts for one in a.due]


def _compliance(facts: Facts, risk_class: str, span: Span) -> Figure:
    found = formulas.compliance(_dues(facts, span), period_of(facts, span), facts.now)
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


def _is_open(one: ScheduledTask, at: int) -> bool:
    return all(end is None or end >= at for end in (one.done_at, one.skipped_at))


def _done(facts: Facts, kind: OrderKind | None, span: Span) -> Figure:
    period = period_of(facts, span)
    n = len(list(work_tables.done_in(facts, period, kind)))
    value = float(n) if is_noted(facts, period) else None
    return Figure(value, "", n, needs="1 work order")


def _first_time_fix(facts: Facts, span: Span) -> Figure:
    fixes = [one for account in _last(facts) for one in account.fixes]
    return formulas.first_time_fix(fixes, period_of(facts, span), facts.now)


def _post_maintenance(facts: Facts, span: Span) -> Figure:
    maintained = [one for account in _last(facts) for one in account.maintained]
    failed = [one for account in _last(facts) for one in account.failed]
    period = period_of(facts, span)
    return formulas.post_maintenance_failures(maintained, failed, period, facts.now)


def _last(facts: Facts) -> list[Account]:
    """What holds all of the past is in each account: one of each device."""
    return [accounts[-1] for accounts in facts.accounts.values()]


def _functional(facts: Facts, span: Span) -> Figure:
    """As they are today; nobody keeps how it was."""
    return formulas.functional_assets(facts.conditions.values() if span == "month" else [])


def _bars(desk: Desk) -> Chart:
    facts, t = desk.facts, desk.speech.t
    kinds: tuple[OrderKind, OrderKind] = ("preventive", "corrective")
    series = [
        Series(
            desk.speech.data(kind),
            [
                float(len(list(work_tables.done_in(facts, period, kind))))
                if is_noted(facts, period)
                else None
                for period in facts.periods
            ],
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
        apart = formulas.apart(mine, facts.period)
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

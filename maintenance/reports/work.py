"""The maintenance report: was the planned work done in time, what else was done, what did it cost."""

from collections.abc import Sequence
from functools import partial

from core.schema.site import Device
from core.vocabulary.work_orders import OrderKind
from maintenance.kpi import formulas
from maintenance.kpi.device_history import DeviceHistory
from maintenance.kpi.formulas import DueTask, Figure
from maintenance.reports import costs, measures, work_tables
from maintenance.reports.builder import FigureRow, ReportBuilder
from maintenance.reports.dataset import Dataset
from maintenance.reports.locale import ReportLocale
from maintenance.reports.measures import Span, histories_of, is_noted, period_of
from maintenance.reports.model import (
    Cell,
    Chart,
    ChartSeries,
    Quantity,
    Report,
    ReportTable,
    TableColumn,
)
from storage.records.planning import ScheduledTask

CLASSES = ("high", "medium", "low", "outside")


def build(dataset: Dataset, locale: ReportLocale) -> Report:
    """All devices of the site."""
    builder = ReportBuilder(dataset, locale)
    highest, everything = _highest(dataset), list(dataset.site.devices.values())
    tiles = [
        builder.tile("compliance", 0, partial(_compliance, dataset, highest), f"basis.{highest}"),
        builder.tile("overdue", 0, partial(_overdue, dataset), "basis.due"),
        builder.tile("orders", 0, partial(_done, dataset, None), "basis.cases"),
        builder.tile("cost", 0, partial(costs.cost, dataset, everything), "basis.cost"),
    ]
    first = _classes(builder)
    details = [
        work_tables.plans(builder),
        builder.figures(locale.t("table.work_figures"), _rows(dataset, everything)),
        costs.table(builder, everything),
        work_tables.orders_done(builder),
        work_tables.orders_open(builder),
        work_tables.out_of_limits(builder),
        work_tables.proven_lines(builder),
        work_tables.parts_used(builder),
    ]
    return builder.report("maintenance", tiles, _bars(builder), first, details)


def _rows(dataset: Dataset, everything: Sequence[Device]) -> list[FigureRow]:
    return [
        ("orders_preventive", 0, partial(_done, dataset, "preventive")),
        ("orders_corrective", 0, partial(_done, dataset, "corrective")),
        ("first_time_fix", 0, partial(_first_time_fix, dataset)),
        ("post_maintenance", 0, partial(_post_maintenance, dataset)),
        ("mttr", 1, partial(measures.mttr, dataset, everything)),
        ("mtta", 1, partial(measures.mtta, dataset, everything)),
        ("functional", 0, partial(_functional, dataset)),
        ("cost", 0, partial(costs.cost, dataset, everything)),
        ("cost_ratio", 1, partial(costs.cost_of_service_ratio, dataset, everything)),
        ("per_scan", 2, partial(costs.cost_per_scan, dataset, everything)),
        ("cost_downtime", 0, partial(costs.cost_of_downtime, dataset, everything)),
    ]


def _due_tasks(dataset: Dataset, span: Span) -> list[DueTask]:
    histories = histories_of(dataset, list(dataset.site.devices.values()), span)
    return [
        task._replace(risk_class=task.risk_class or "outside")
        for history in histories
        for task in history.due_tasks
    ]


def _compliance(dataset: Dataset, risk_class: str, span: Span) -> Figure:
    figures = formulas.compliance(_due_tasks(dataset, span), period_of(dataset, span), dataset.now)
    return figures.get(risk_class, Figure(None, "%", 0, needs="1 due occurrence"))


def _highest(dataset: Dataset) -> str:
    """The class to put first: the highest in which anything was due."""
    present = {task.risk_class for task in _due_tasks(dataset, "year")}
    return next((name for name in CLASSES if name in present), CLASSES[0])


def _overdue(dataset: Dataset, span: Span) -> Figure:
    """How many tasks were late and neither done nor skipped when the period ended."""
    at = period_of(dataset, span)[1]
    started = [task for task in dataset.tasks if task.opens_at < at]
    late = [task for task in started if task.late_at < at and _is_open(task, at)]
    value = float(len(late)) if started else None
    return Figure(value, "", len(started), needs="1 due occurrence")


def _is_open(task: ScheduledTask, at: int) -> bool:
    return all(end is None or end >= at for end in (task.done_at, task.skipped_at))


def _done(dataset: Dataset, kind: OrderKind | None, span: Span) -> Figure:
    period = period_of(dataset, span)
    n = len(list(work_tables.done_in(dataset, period, kind)))
    value = float(n) if is_noted(dataset, period) else None
    return Figure(value, "", n, needs="1 work order")


def _first_time_fix(dataset: Dataset, span: Span) -> Figure:
    fixes = [fix for history in _newest_histories(dataset) for fix in history.fixes]
    return formulas.first_time_fix(fixes, period_of(dataset, span), dataset.now)


def _post_maintenance(dataset: Dataset, span: Span) -> Figure:
    maintained = [done for history in _newest_histories(dataset) for done in history.maintained]
    failed = [failure for history in _newest_histories(dataset) for failure in history.failed]
    period = period_of(dataset, span)
    return formulas.post_maintenance_failures(maintained, failed, period, dataset.now)


def _newest_histories(dataset: Dataset) -> list[DeviceHistory]:
    """One of each device: what holds all of the past is the same in every month's history."""
    return [histories[-1] for histories in dataset.histories.values()]


def _functional(dataset: Dataset, span: Span) -> Figure:
    """Of the conditions of today, for the month alone: nobody keeps how they were."""
    return formulas.functional_assets(dataset.conditions.values() if span == "month" else [])


def _bars(builder: ReportBuilder) -> Chart:
    dataset, t = builder.dataset, builder.locale.t
    kinds: tuple[OrderKind, OrderKind] = ("preventive", "corrective")
    series = [
        ChartSeries(
            builder.locale.data(kind),
            [
                float(len(list(work_tables.done_in(dataset, period, kind))))
                if is_noted(dataset, period)
                else None
                for period in dataset.periods
            ],
        )
        for kind in kinds
    ]
    return Chart(t("chart.orders"), "", "bars", builder.month_names(), series)


def _classes(builder: ReportBuilder) -> ReportTable:
    t, dataset = builder.locale.t, builder.dataset
    spans: tuple[Span, ...] = ("month", "before", "year")
    names = ("class", *spans, "scheduled", "in_use", "not_located")
    columns = [
        TableColumn(
            t(f"column.{name}"), 1.6 if name == "class" else 1.0, "start" if not at else "end"
        )
        for at, name in enumerate(names)
    ]
    present = {task.risk_class for task in _due_tasks(dataset, "year")}
    rows: list[list[Cell]] = []
    for name in (name for name in CLASSES if name in present):
        figures = [_compliance(dataset, name, span) for span in spans]
        tasks = [task for task in _due_tasks(dataset, "month") if task.risk_class == name]
        undone = formulas.undone_by_reason(tasks, dataset.period)
        counts = (figures[0].n, undone["in_use"], undone["not_located"])
        rows.append(
            [
                builder.locale.data(name),
                *(builder.cell(figure, 0) for figure in figures),
                *(Quantity(float(n)) for n in counts),
            ]
        )
    title = f"{t('table.classes')} {builder.note('compliance')}"
    return ReportTable(title, columns, rows, t("table.no_plans"))

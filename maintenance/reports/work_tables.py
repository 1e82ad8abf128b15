"""The lists of the maintenance report: plans, repairs, open orders, what was out of limits, parts."""

from collections import Counter
from collections.abc import Iterator, Sequence

from core.time.covered_hours import Interval
from core.vocabulary.work_orders import OrderKind
from maintenance.reports.builder import ReportBuilder, duration
from maintenance.reports.dataset import Dataset
from maintenance.reports.model import Cell, Moment, Quantity, ReportTable, TableColumn
from storage.records import ItemProof, OrderItem, WorkOrder
from storage.records.planning import ScheduledTask

DEVICE, ORDER = 1.8, 0.8  # widths of columns that several tables have


def done_in(dataset: Dataset, period: Interval, kind: OrderKind | None) -> Iterator[WorkOrder]:
    """Orders of that kind, or of both, whose work was done in the period."""
    for order in dataset.orders:
        at = order.done_at
        if at is not None and period[0] <= at < period[1] and kind in (None, order.kind):
            yield order


def plans(builder: ReportBuilder) -> ReportTable:
    """One row a plan and device: a daily check that was missed thirty times is one thing to see."""
    t, dataset = builder.locale.t, builder.dataset
    names = ("due", "on_time", "late", "missed", "skipped", "not_yet")
    columns = [TableColumn(t("column.device"), DEVICE), TableColumn(t("column.plan"), 2.6)]
    columns += [TableColumn(t(f"column.{name}"), 1.0, "end") for name in names]
    columns.append(TableColumn(t("column.why"), 1.8))
    start, end = dataset.period
    tasks_by_plan: dict[tuple[str, str], list[ScheduledTask]] = {}
    for task in dataset.tasks:
        if start <= task.due_at < end:
            tasks_by_plan.setdefault((task.device, task.plan), []).append(task)
    outcomes = {
        key: Counter(_outcome(task, dataset.now) for task in tasks)
        for key, tasks in tasks_by_plan.items()
    }
    worst = sorted(
        tasks_by_plan, key=lambda key: (outcomes[key]["on_time"] - len(tasks_by_plan[key]), key)
    )
    rows: list[list[Cell]] = [
        [
            dataset.name(device),
            _title(dataset, device, plan),
            Quantity(float(len(tasks_by_plan[device, plan]))),
            *(Quantity(float(outcomes[device, plan][name])) for name in names[1:]),
            "; ".join(_reasons(builder, tasks_by_plan[device, plan])),
        ]
        for device, plan in worst
    ]
    return ReportTable(t("table.plans"), columns, rows, t("table.none_due"), t("table.plans_about"))


def _outcome(task: ScheduledTask, now: int) -> str:
    """What became of a task, by the names of the columns."""
    if task.done_at is not None:
        return "on_time" if task.done_at <= task.late_at else "late"
    if task.skipped_at is not None:
        return "missed" if task.skip_kind == "missed" else "skipped"
    return "not_yet" if task.late_at > now else "late"


def _title(dataset: Dataset, device: str, plan: str) -> str:
    known = dataset.site.devices.get(device)
    entry = known.plan(plan) if known else None
    return entry.title if entry else plan


def _reasons(builder: ReportBuilder, due: Sequence[ScheduledTask]) -> list[str]:
    """Why people skipped the tasks, each reason once."""
    reasons = [
        f"{builder.locale.data(f'skip_{task.skip_kind}')}: {task.skip_reason}"
        for task in due
        if task.skip_kind not in ("", "missed")
    ]
    return list(dict.fromkeys(reasons))


def orders_done(builder: ReportBuilder) -> ReportTable:
    """Orders done in the month that repaired, stopped the device or cost anything."""
    t, dataset = builder.locale.t, builder.dataset
    columns = [
        TableColumn(t("column.order"), ORDER, "end"),
        TableColumn(t("column.device"), DEVICE),
        TableColumn(t("column.kind"), 1.1),
        TableColumn(t("column.what"), 2.6),
        TableColumn(t("column.done"), 1.3),
        TableColumn(t("column.open_for"), 1.2, "end"),
        TableColumn(t("column.cost"), 1.2, "end"),
    ]
    rows: list[list[Cell]] = [
        [
            Quantity(float(order.id)),
            dataset.name(order.device),
            builder.locale.data(order.kind),
            order.title,
            Moment(order.done_at, has_time=False),
            duration((order.done_at or order.opened_at) - order.opened_at),
            Quantity(_cost_of(dataset, order) / 100, dataset.site.file.currency),
        ]
        for order in sorted(
            done_in(dataset, dataset.period, None), key=lambda order: (order.done_at, order.id)
        )
        if order.kind == "corrective" or order.takes_down or _cost_of(dataset, order)
    ]
    about = t("table.orders_done_about")
    return ReportTable(t("table.orders_done"), columns, rows, t("table.no_orders_done"), about)


def _cost_of(dataset: Dataset, order: WorkOrder) -> int:
    """Everything that an order cost, whenever it was spent."""
    parts = sum(
        -move.quantity * move.cost_cents for move in dataset.moves if move.order_id == order.id
    )
    spent = (entry.cost_cents for entries in (order.labour, order.costs) for entry in entries)
    return parts + sum(spent)


def orders_open(builder: ReportBuilder) -> ReportTable:
    """Orders that are not done, as of now."""
    t, dataset = builder.locale.t, builder.dataset
    columns = [
        TableColumn(t("column.order"), ORDER, "end"),
        TableColumn(t("column.device"), DEVICE),
        TableColumn(t("column.kind"), 1.1),
        TableColumn(t("column.what"), 2.6),
        TableColumn(t("column.opened"), 1.3),
        TableColumn(t("column.state"), 1.3),
        TableColumn(t("column.who"), 1.2),
    ]
    rows: list[list[Cell]] = [
        [
            Quantity(float(order.id)),
            dataset.name(order.device),
            builder.locale.data(order.kind),
            order.title,
            Moment(order.opened_at, has_time=False),
            builder.locale.data(order.state),
            order.assigned_to or "–",
        ]
        for order in dataset.orders
        if order.state not in ("done", "signed_off", "cancelled")
    ]
    return ReportTable(t("table.orders_open"), columns, rows, t("table.no_orders_open"))


def out_of_limits(builder: ReportBuilder) -> ReportTable:
    """Checks of the month that failed."""
    t, dataset = builder.locale.t, builder.dataset
    columns = [
        TableColumn(t("column.device"), DEVICE),
        TableColumn(t("column.what"), 2.8),
        TableColumn(t("column.measured"), 1.2, "end"),
        TableColumn(t("column.limits"), 1.6, "end"),
        TableColumn(t("column.when"), 1.6),
        TableColumn(t("column.order"), ORDER, "end"),
    ]
    start, end = dataset.period
    rows = [
        _failing(builder, order, item)
        for order in dataset.orders
        for item in order.items
        if (item.within is False or item.answer == "not_ok") and start <= (item.at or 0) < end
    ]
    return ReportTable(t("table.limits"), columns, rows, t("table.none_out"))


def proven_lines(builder: ReportBuilder) -> ReportTable:
    """Lines of checklists that a source proved and a person confirmed in the month, with what was seen."""
    t, dataset = builder.locale.t, builder.dataset
    columns = [
        TableColumn(t("column.device"), DEVICE),
        TableColumn(t("column.what"), 2.8),
        TableColumn(t("column.measured"), 2.4),
        TableColumn(t("column.when"), 1.6),
        TableColumn(t("column.order"), ORDER, "end"),
    ]
    start, end = dataset.period
    rows: list[list[Cell]] = [
        [
            dataset.name(order.device),
            item.text,
            "; ".join(_seen(builder, fact) for fact in item.proof),
            Moment(item.at),
            Quantity(float(order.id)),
        ]
        for order in dataset.orders
        for item in order.items
        if item.proof and start <= (item.at or 0) < end
    ]
    return ReportTable(t("table.proven"), columns, rows, t("table.none_proven"))


def _seen(builder: ReportBuilder, fact: ItemProof) -> str:
    """`21 – 22 °C (145)`: the values and how many; of events the kind and how many."""
    if fact.lowest is None or fact.highest is None:
        return f"{fact.subject} ({fact.count})"
    ends = dict.fromkeys(builder.locale.number(v, 2) for v in (fact.lowest, fact.highest))
    return f"{' – '.join(ends)} {fact.unit} ({fact.count})"


def _failing(builder: ReportBuilder, order: WorkOrder, item: OrderItem) -> list[Cell]:
    locale = builder.locale
    result: Cell = locale.data("not_ok")
    if item.value is not None:
        result = Quantity(item.value, item.unit, 2)
    ends = [locale.number(v, 2) if v is not None else "…" for v in (item.low, item.high)]
    limits = " – ".join(ends) if item.value is not None else "–"
    number = Quantity(float(order.id))
    return [builder.dataset.name(order.device), item.text, result, limits, Moment(item.at), number]


def parts_used(builder: ReportBuilder) -> ReportTable:
    """Parts taken from stock in the month, and for which order."""
    t, dataset = builder.locale.t, builder.dataset
    columns = [
        TableColumn(t("column.part"), 2.6),
        TableColumn(t("column.quantity"), 1.0, "end"),
        TableColumn(t("column.cost"), 1.2, "end"),
        TableColumn(t("column.when"), 1.6),
        TableColumn(t("column.order"), ORDER, "end"),
        TableColumn(t("column.note"), 2.0),
    ]
    start, end = dataset.period
    rows: list[list[Cell]] = [
        [
            dataset.parts[move.part_id].name,
            Quantity(float(-move.quantity)),
            Quantity(-move.quantity * move.cost_cents / 100, dataset.site.file.currency),
            Moment(move.at, has_time=False),
            "–" if move.order_id is None else Quantity(float(move.order_id)),
            move.note,
        ]
        for move in dataset.moves
        if move.kind == "used" and start <= move.at < end
    ]
    return ReportTable(t("table.parts"), columns, rows, t("table.no_parts"))

"""The lists of the maintenance report: plans, repairs, open orders, what was out of limits, parts."""

from collections import Counter
from collections.abc import Iterator, Sequence

from core.time.covered_hours import Interval
from core.vocabulary.work_orders import OrderKind
from maintenance.reports.builder import Desk, lasted
from maintenance.reports.dataset import Facts
from maintenance.reports.model import Cell, Column, Moment, Quantity, Table
from storage.records import OrderItem, WorkOrder
from storage.records.planning import ScheduledTask

DEVICE, ORDER = 1.8, 0.8  # widths of columns that several tables have


def done_in(facts: Facts, period: Interval, kind: OrderKind | None) -> Iterator[WorkOrder]:
    """Orders of that kind, or of both, whose work was done in the period."""
    for order in facts.orders:
        at = order.done_at
        if at is not None and period[0] <= at < period[1] and kind in (None, order.kind):
            yield order


def plans(desk: Desk) -> Table:
    """One row a plan and device: a daily check that was missed thirty times is one thing to see."""
    t, facts = desk.speech.t, desk.facts
    names = ("due", "on_time", "late", "missed", "skipped", "not_yet")
    columns = [Column(t("column.device"), DEVICE), Column(t("column.plan"), 2.6)]
    columns += [Column(t(f"column.{name}"), 1.0, "end") for name in names]
    columns.append(Column(t("column.why"), 1.8))
    start, end = facts.period
    found: dict[tuple[str, str], list[ScheduledTask]] = {}
    for one in facts.occurrences:
        if start <= one.due_at < end:
            found.setdefault((one.device, one.plan), []).append(one)
    fates = {key: Counter(_fate(one, facts.now) for one in due) for key, due in found.items()}
    worst = sorted(found, key=lambda key: (fates[key]["on_time"] - len(found[key]), key))
    rows: list[list[Cell]] = [
        [
            facts.name(device),
            _title(facts, device, plan),
            Quantity(float(len(found[device, plan]))),
            *(Quantity(float(fates[device, plan][name])) for name in names[1:]),
            "; ".join(_reasons(desk, found[device, plan])),
        ]
        for device, plan in worst
    ]
    return Table(t("table.plans"), columns, rows, t("table.none_due"), t("table.plans_about"))


def _fate(one: ScheduledTask, now: int) -> str:
    """What became of it, as the columns are called."""
    if one.done_at is not None:
        return "on_time" if one.done_at <= one.late_at else "late"
    if one.skipped_at is not None:
        return "missed" if one.skip_kind == "missed" else "skipped"
    return "not_yet" if one.late_at > now else "late"


def _title(facts: Facts, device: str, plan: str) -> str:
    known = facts.site.devices.get(device)
    found = known.plan(plan) if known else None
    return found.title if found else plan


def _reasons(desk: Desk, due: Sequence[ScheduledTask]) -> list[str]:
    """Why people skipped it, each reason once."""
    said = [
        f"{desk.speech.data(f'skip_{one.skip_kind}')}: {one.skip_reason}"
        for one in due
        if one.skip_kind not in ("", "missed")
    ]
    return list(dict.fromkeys(said))


def orders_done(desk: Desk) -> Table:
    """What was repaired or serviced, with what it cost."""
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
        for one in sorted(done_in(facts, facts.period, None), key=lambda o: (o.done_at, o.id))
        if one.kind == "corrective" or one.takes_down or _cost_of(facts, one)
    ]
    about = t("table.orders_done_about")
    return Table(t("table.orders_done"), columns, rows, t("table.no_orders_done"), about)


def _cost_of(facts: Facts, order: WorkOrder) -> int:
    """Everything that an order cost, whenever it was spent."""
    parts = sum(-one.quantity * one.cost_cents for one in facts.moves if one.order_id == order.id)
    spent = (one.cost_cents for row in (order.labour, order.costs) for one in row)
    return parts + sum(spent)


def orders_open(desk: Desk) -> Table:
    """What waits, now."""
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


def out_of_limits(desk: Desk) -> Table:
    """Checks of the month that failed."""
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


def parts_used(desk: Desk) -> Table:
    """What was taken from the shelf, and for which order."""
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

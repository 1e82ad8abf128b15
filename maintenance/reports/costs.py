"""Costs: in all, for each examination, against the purchase price, and by downtime."""

from collections.abc import Sequence
from dataclasses import replace

from core.schema.site import Device
from core.time.clock import HOUR
from maintenance.kpi import formulas
from maintenance.kpi.formulas import Figure
from maintenance.planning.usage import EXAMINATIONS
from maintenance.reports.builder import ReportBuilder
from maintenance.reports.dataset import Dataset
from maintenance.reports.measures import Span, histories_of, is_noted, period_of
from maintenance.reports.model import Cell, ReportTable, TableColumn


def cost(dataset: Dataset, devices: Sequence[Device], span: Span) -> Figure:
    """Labour, parts, bills and contracts, in the currency. No figure before the first work order."""
    cents = sum(history.cost_cents for history in histories_of(dataset, devices, span))
    value = cents / 100 if cents or is_noted(dataset, period_of(dataset, span)) else None
    return Figure(value, "currency", len(devices), needs="1 work order")


def cost_of_service_ratio(dataset: Dataset, devices: Sequence[Device], span: Span) -> Figure:
    """Yearly cost / purchase price, in percent, of the devices whose price is known."""
    prices = {
        device.id: sheet.price_cents
        for device in devices
        if (sheet := dataset.assets.get(device.id)) and sheet.price_cents
    }
    priced = [device for device in devices if device.id in prices]
    cents = sum(history.cost_cents for history in histories_of(dataset, priced, span))
    return formulas.cost_of_service_ratio(
        cents, sum(prices.values()) or None, period_of(dataset, span)
    )


def examinations(dataset: Dataset, devices: Sequence[Device], span: Span) -> Figure:
    """How many there were, in the months in which a device's counter was read."""
    counts = [
        history.examinations
        for history in histories_of(dataset, devices, span)
        if history.examinations is not None
    ]
    n = sum(count.n for count in counts)
    value = float(n) if counts else None
    return Figure(value, "", n, sum(count.hours for count in counts), needs="its counter read")


def cost_per_scan(dataset: Dataset, devices: Sequence[Device], span: Span) -> Figure:
    """Cost / examinations, both of the months in which a device's counter was read."""
    period, counted_devices = period_of(dataset, span), _with_counter(devices)
    known = [
        (history.cost_cents, history.examinations)
        for history in histories_of(dataset, counted_devices, span)
        if history.examinations is not None
    ]
    cents, scans = sum(cents for cents, _ in known), sum(count.n for _, count in known)
    hours = sum(count.hours for _, count in known)
    left_out = max(len(counted_devices) * (period[1] - period[0]) / HOUR - hours, 0.0)
    figure = formulas.cost_per_scan(cents, scans, hours, left_out)
    if cents or is_noted(dataset, period):
        return figure
    return replace(figure, value=None, needs="1 work order")


def cost_of_downtime(dataset: Dataset, devices: Sequence[Device], span: Span) -> Figure:
    """Income and repairs lost, of the devices whose income is known and whose losses were noted."""
    figures = [
        formulas.cost_of_downtime(
            [loss for history in histories_of(dataset, [device], span) for loss in history.losses],
            sheet.income_cents if (sheet := dataset.assets.get(device.id)) else None,
        )
        for device in devices
    ]
    known = [figure for figure in figures if figure.value is not None]
    value = sum(figure.value or 0.0 for figure in known) if known else None
    n = sum(figure.n for figure in known)
    return Figure(value, "currency", n, needs="the cases lost and the income of one")


def table(builder: ReportBuilder, devices: Sequence[Device], key: str = "") -> ReportTable:
    """A row a device that counts examinations or has cost anything in a year."""
    t, dataset = builder.locale.t, builder.dataset
    columns = [TableColumn(t("column.device"), 1.8)]
    columns += [
        TableColumn(t(f"column.{name}"), 1.2, "end")
        for name in ("cost", "cost_year", "scans", "scans_year")
    ]
    columns.append(TableColumn(builder.label("per_scan"), 1.4, "end"))
    columns.append(TableColumn(t("column.per_scan_year"), 1.4, "end"))
    shown = [
        device
        for device in devices
        if _with_counter([device]) or cost(dataset, [device], "year").value
    ]
    rows = [_row(builder, device) for device in shown]
    return ReportTable(
        t("table.costs"), columns, rows, t("table.no_devices"), t("table.costs_about"), key
    )


def _row(builder: ReportBuilder, device: Device) -> list[Cell]:
    dataset, alone = builder.dataset, [device]
    spans: tuple[Span, Span] = ("month", "year")
    costs = [builder.cell(cost(dataset, alone, span), 0) for span in spans]
    if not _with_counter(alone):
        return [device.name, *costs, "–", "–", "–", "–"]
    scans = [builder.cell(examinations(dataset, alone, span), 0) for span in spans]
    costs_per_scan = [builder.cell(cost_per_scan(dataset, alone, span), 2) for span in spans]
    return [device.name, *costs, *scans, *costs_per_scan]


def _with_counter(devices: Sequence[Device]) -> list[Device]:
    """The devices whose profile has a counter of examinations."""
    return [device for device in devices if EXAMINATIONS in device.profile.metrics]

"""The uptime report: were the devices there when they were needed, and if not, why."""

from collections.abc import Callable, Sequence
from functools import partial

from core.schema.site import Device
from maintenance.downtime.outages import Split
from maintenance.kpi import formulas
from maintenance.kpi.formulas import Figure
from maintenance.reports import measures
from maintenance.reports.builder import FigureRow, Measure, ReportBuilder, duration, hours
from maintenance.reports.dataset import MONTHS, Dataset
from maintenance.reports.locale import ReportLocale
from maintenance.reports.measures import Span
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
from storage.records import Downtime

Measurement = Callable[[Dataset, Sequence[Device], Span], Figure]


def build(dataset: Dataset, locale: ReportLocale) -> Report:
    """Tiles and chart are of the scanners; infrastructure follows in the details."""
    builder = ReportBuilder(dataset, locale)
    scanners, others = dataset.group("scanner"), dataset.group("infrastructure")
    tiles = [
        builder.tile("availability", 1, _of(builder, measures.availability, scanners)),
        builder.tile("out_of_service", 1, _of(builder, measures.out_of_service, scanners)),
        builder.tile("failures", 0, _of(builder, measures.failure_count, scanners)),
        builder.tile("mttr", 1, _of(builder, measures.mttr, scanners), "basis.failures"),
    ]
    first = device_table(builder, scanners, locale.t("table.scanners"))
    details = [
        builder.figures(locale.t("table.figures"), _rows(builder, scanners)),
        _causes(builder, scanners),
        _downtimes(builder),
        _year(builder, [*scanners, *others]),
    ]
    if others:
        details.insert(3, device_table(builder, others, locale.t("table.others")))
    return builder.report("uptime", tiles, line(builder, scanners), first, details)


def _of(builder: ReportBuilder, measure: Measurement, devices: Sequence[Device]) -> Measure:
    return partial(measure, builder.dataset, devices)


def _rows(builder: ReportBuilder, devices: Sequence[Device]) -> list[FigureRow]:
    measurements: list[tuple[str, int, Measurement]] = [
        ("availability", 1, measures.availability),
        ("uptime", 1, measures.uptime),
        ("weighted", 1, measures.weighted),
        ("out_of_service", 1, measures.out_of_service),
        ("failures", 0, measures.failure_count),
        ("mtbf", 1, measures.mtbf),
        ("mtbf_scans", 0, measures.scans_between_failures),
        ("mttr", 1, measures.mttr),
        ("planned", 1, measures.planned),
        ("unwatched", 1, measures.unwatched),
        ("lost", 0, measures.lost),
    ]
    return [(key, digits, _of(builder, measure, devices)) for key, digits, measure in measurements]


def line(builder: ReportBuilder, devices: Sequence[Device]) -> Chart:
    """Availability in twelve months."""
    dataset, values = builder.dataset, list[float | None]()
    for index in range(MONTHS):
        split = sum(
            (dataset.histories[device.id][index].covered for device in devices), start=Split()
        )
        values.append(formulas.availability(split).value)
    title = builder.locale.t("chart.availability")
    return Chart(title, "%", "line", builder.month_names(), [ChartSeries(title, values)], digits=1)


def device_table(
    builder: ReportBuilder, devices: Sequence[Device], title: str, key: str = ""
) -> ReportTable:
    """Device by device: available, out of service, why."""
    t = builder.locale.t
    columns = [
        TableColumn(t("column.device"), 2.2),
        TableColumn(builder.label("availability"), 1.5, "end"),
        TableColumn(t("column.before"), 1.2, "end"),
        TableColumn(builder.label("uptime"), 1.2, "end"),
        TableColumn(builder.label("out_of_service"), 1.4, "end"),
        TableColumn(builder.label("failures"), 0.9, "end"),
        TableColumn(t("column.main_cause"), 1.5),
    ]
    return ReportTable(
        title,
        columns,
        [_device(builder, device) for device in devices],
        t("table.no_devices"),
        key=key,
    )


def _device(builder: ReportBuilder, device: Device) -> list[Cell]:
    dataset, alone = builder.dataset, [device]
    causes = [cause for cause in measures.by_cause(dataset, alone, "month") if cause != "planned"]
    return [
        device.name,
        builder.cell(measures.availability(dataset, alone, "month"), 1),
        builder.cell(measures.availability(dataset, alone, "before"), 1),
        builder.cell(measures.uptime(dataset, alone, "month"), 1),
        builder.cell(measures.out_of_service(dataset, alone, "month"), 1),
        builder.cell(measures.failure_count(dataset, alone, "month"), 0),
        builder.locale.data(causes[0]) if causes else "–",
    ]


def _causes(builder: ReportBuilder, devices: Sequence[Device]) -> ReportTable:
    t, dataset = builder.locale.t, builder.dataset
    spans: tuple[Span, ...] = ("month", "before", "year")
    month, before, year = (measures.by_cause(dataset, devices, span) for span in spans)
    total = sum(month.values())
    columns = [TableColumn(f"{t('column.cause')} {builder.note('cause')}", 3)]
    columns += [
        TableColumn(t(f"column.{name}"), 1, "end") for name in ("month", "share", *spans[1:])
    ]
    rows: list[list[Cell]] = [
        [
            builder.locale.data(cause),
            hours(month.get(cause, 0.0)),
            Quantity(100 * month.get(cause, 0.0) / total if total else 0.0, "%"),
            hours(before.get(cause, 0.0)),
            hours(year[cause]),
        ]
        for cause in sorted(year, key=lambda cause: (-month.get(cause, 0.0), -year[cause]))
    ]
    return ReportTable(t("table.causes"), columns, rows, t("table.no_downtime_year"))


def _downtimes(builder: ReportBuilder) -> ReportTable:
    t = builder.locale.t
    columns = [
        TableColumn(t("column.device"), 1.8),
        TableColumn(t("column.from"), 2.1),
        TableColumn(t("column.to"), 2.1),
        TableColumn(t("column.lasted"), 1.3, "end"),
        TableColumn(t("column.covered"), 1.3, "end"),
        TableColumn(t("column.cause"), 1.4),
        TableColumn(t("column.extent"), 1.0),
        TableColumn(t("column.order"), 0.9, "end"),
        TableColumn(t("column.note"), 1.8),
    ]
    rows = [_downtime(builder, downtime) for downtime in builder.dataset.downtimes]
    about = t("table.downtimes_about")
    return ReportTable(t("table.downtimes"), columns, rows, t("table.no_downtime"), about)


def _downtime(builder: ReportBuilder, downtime: Downtime) -> list[Cell]:
    dataset = builder.dataset
    device = dataset.site.devices.get(downtime.device)
    covered_hours = device.hours(dataset.site.zone).between(*dataset.period) if device else []
    covered = sum(
        builder.time_inside(downtime.began_at, downtime.ended_at, period)
        for period in covered_hours
    )
    return [
        dataset.name(downtime.device),
        Moment(downtime.began_at),
        Moment(downtime.ended_at),
        duration(
            (dataset.now if downtime.ended_at is None else downtime.ended_at) - downtime.began_at
        ),
        duration(covered),
        builder.locale.data(downtime.cause),
        builder.locale.data(downtime.extent),
        "–" if downtime.order_id is None else Quantity(float(downtime.order_id)),
        downtime.note,
    ]


def _year(builder: ReportBuilder, devices: Sequence[Device]) -> ReportTable:
    t, dataset = builder.locale.t, builder.dataset
    measurements: list[tuple[str, int, Measurement]] = [
        ("availability", 1, measures.availability),
        ("failures", 0, measures.failure_count),
        ("mtbf", 1, measures.mtbf),
        ("mtbf_scans", 0, measures.scans_between_failures),
        ("mttr", 1, measures.mttr),
        ("planned", 1, measures.planned),
        ("unwatched", 1, measures.unwatched),
    ]
    columns = [TableColumn(t("column.device"), 2)]
    columns += [TableColumn(builder.label(key), 1.2, "end") for key, _, _ in measurements]
    rows: list[list[Cell]] = [
        [
            device.name,
            *(
                builder.cell(measure(dataset, [device], "year"), digits)
                for _, digits, measure in measurements
            ),
        ]
        for device in devices
    ]
    return ReportTable(t("table.year"), columns, rows, t("table.no_devices"))

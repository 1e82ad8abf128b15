"""The uptime report: were the devices there when they were needed, and if not, why."""

from collections.abc import Callable, Sequence
from functools import partial

from core.schema.site import Device
from maintenance.downtime.outages import Split
from maintenance.kpi import formulas
from maintenance.kpi.formulas import Figure
from maintenance.reports import measures
from maintenance.reports.builder import Desk, Measure, Row, hours, lasted
from maintenance.reports.dataset import MONTHS, Facts
from maintenance.reports.locale import Speech
from maintenance.reports.measures import Span
from maintenance.reports.model import Cell, Chart, Column, Moment, Quantity, Report, Series, Table
from storage.records import Downtime

Counted = Callable[[Facts, Sequence[Device], Span], Figure]


def build(facts: Facts, speech: Speech) -> Report:
    """Headlines and chart are of the scanners; what keeps them running follows in the details."""
    desk = Desk(facts, speech)
    scanners, others = facts.group("scanner"), facts.group("infrastructure")
    tiles = [
        desk.tile("availability", 1, _of(desk, measures.availability, scanners)),
        desk.tile("out_of_service", 1, _of(desk, measures.out_of_service, scanners)),
        desk.tile("failures", 0, _of(desk, measures.failed, scanners)),
        desk.tile("mttr", 1, _of(desk, measures.mttr, scanners), "basis.failures"),
    ]
    first = _devices(desk, scanners, speech.t("table.scanners"))
    details = [
        desk.figures(speech.t("table.figures"), _rows(desk, scanners)),
        _causes(desk, scanners),
        _downtimes(desk),
        _year(desk, [*scanners, *others]),
    ]
    if others:
        details.insert(3, _devices(desk, others, speech.t("table.others")))
    return desk.report("uptime", tiles, _line(desk, scanners), first, details)


def _of(desk: Desk, measure: Counted, devices: Sequence[Device]) -> Measure:
    return partial(measure, desk.facts, devices)


def _rows(desk: Desk, devices: Sequence[Device]) -> list[Row]:
    counted: list[tuple[str, int, Counted]] = [
        ("availability", 1, measures.availability),
        ("uptime", 1, measures.uptime),
        ("weighted", 1, measures.weighted),
        ("out_of_service", 1, measures.out_of_service),
        ("failures", 0, measures.failed),
        ("mtbf", 1, measures.mtbf),
        ("mttr", 1, measures.mttr),
        ("planned", 1, measures.planned),
        ("unwatched", 1, measures.unwatched),
        ("lost", 0, measures.lost),
    ]
    return [(key, digits, _of(desk, measure, devices)) for key, digits, measure in counted]


def _line(desk: Desk, devices: Sequence[Device]) -> Chart:
    facts, values = desk.facts, list[float | None]()
    for index in range(MONTHS):
        split = sum((facts.accounts[one.id][index].covered for one in devices), start=Split())
        values.append(formulas.availability(split).value)
    title = desk.speech.t("chart.availability")
    return Chart(title, "%", "line", desk.months(), [Series(title, values)], digits=1)


def _devices(desk: Desk, devices: Sequence[Device], title: str) -> Table:
    t = desk.speech.t
    columns = [
        Column(t("column.device"), 2.2),
        Column(desk.label("availability"), 1.5, "end"),
        Column(t("column.before"), 1.2, "end"),
        Column(desk.label("uptime"), 1.2, "end"),
        Column(desk.label("out_of_service"), 1.4, "end"),
        Column(desk.label("failures"), 0.9, "end"),
        Column(t("column.main_cause"), 1.5),
    ]
    return Table(title, columns, [_device(desk, one) for one in devices], t("table.no_devices"))


def _device(desk: Desk, device: Device) -> list[Cell]:
    facts, alone = desk.facts, [device]
    causes = [one for one in measures.by_cause(facts, alone, "month") if one != "planned"]
    return [
        device.name,
        desk.cell(measures.availability(facts, alone, "month"), 1),
        desk.cell(measures.availability(facts, alone, "before"), 1),
        desk.cell(measures.uptime(facts, alone, "month"), 1),
        desk.cell(measures.out_of_service(facts, alone, "month"), 1),
        desk.cell(measures.failed(facts, alone, "month"), 0),
        desk.speech.data(causes[0]) if causes else "–",
    ]


def _causes(desk: Desk, devices: Sequence[Device]) -> Table:
    t, facts = desk.speech.t, desk.facts
    spans: tuple[Span, ...] = ("month", "before", "year")
    month, before, year = (measures.by_cause(facts, devices, span) for span in spans)
    total = sum(month.values())
    columns = [Column(f"{t('column.cause')} {desk.note('cause')}", 3)]
    columns += [Column(t(f"column.{name}"), 1, "end") for name in ("month", "share", *spans[1:])]
    rows: list[list[Cell]] = [
        [
            desk.speech.data(cause),
            hours(month.get(cause, 0.0)),
            Quantity(100 * month.get(cause, 0.0) / total if total else 0.0, "%"),
            hours(before.get(cause, 0.0)),
            hours(year[cause]),
        ]
        for cause in sorted(year, key=lambda one: (-month.get(one, 0.0), -year[one]))
    ]
    return Table(t("table.causes"), columns, rows, t("table.no_downtime_year"))


def _downtimes(desk: Desk) -> Table:
    t = desk.speech.t
    columns = [
        Column(t("column.device"), 1.8),
        Column(t("column.from"), 2.1),
        Column(t("column.to"), 2.1),
        Column(t("column.lasted"), 1.3, "end"),
        Column(t("column.covered"), 1.3, "end"),
        Column(t("column.cause"), 1.4),
        Column(t("column.extent"), 1.0),
        Column(t("column.order"), 0.9, "end"),
        Column(t("column.note"), 1.8),
    ]
    rows = [_downtime(desk, one) for one in desk.facts.downtimes]
    about = t("table.downtimes_about")
    return Table(t("table.downtimes"), columns, rows, t("table.no_downtime"), about)


def _downtime(desk: Desk, piece: Downtime) -> list[Cell]:
    facts = desk.facts
    device = facts.site.devices.get(piece.device)
    within = device.hours(facts.site.zone).between(*facts.period) if device else []
    covered = sum(desk.inside(piece.began_at, piece.ended_at, one) for one in within)
    return [
        facts.name(piece.device),
        Moment(piece.began_at),
        Moment(piece.ended_at),
        lasted((facts.now if piece.ended_at is None else piece.ended_at) - piece.began_at),
        lasted(covered),
        desk.speech.data(piece.cause),
        desk.speech.data(piece.extent),
        "–" if piece.order_id is None else Quantity(float(piece.order_id)),
        piece.note,
    ]


def _year(desk: Desk, devices: Sequence[Device]) -> Table:
    t, facts = desk.speech.t, desk.facts
    keys: list[tuple[str, int, Counted]] = [
        ("availability", 1, measures.availability),
        ("failures", 0, measures.failed),
        ("mtbf", 1, measures.mtbf),
        ("mttr", 1, measures.mttr),
        ("planned", 1, measures.planned),
        ("unwatched", 1, measures.unwatched),
    ]
    columns = [Column(t("column.device"), 2)]
    columns += [Column(desk.label(key), 1.2, "end") for key, _, _ in keys]
    rows: list[list[Cell]] = [
        [one.name, *(desk.cell(count(facts, [one], "year"), digits) for _, digits, count in keys)]
        for one in devices
    ]
    return Table(t("table.year"), columns, rows, t("table.no_devices"))

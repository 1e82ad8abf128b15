"""The manager's page: were we open, what did it cost us, what is overdue, what comes and at which price."""

from functools import partial

from core.time.clock import DAY
from maintenance.reports import costs, measures, uptime
from maintenance.reports.builder import Measure, ReportBuilder, duration
from maintenance.reports.dataset import Dataset
from maintenance.reports.locale import ReportLocale
from maintenance.reports.model import (
    Cell,
    Moment,
    Quantity,
    Reference,
    Report,
    ReportTable,
    TableColumn,
    Tile,
)
from maintenance.reports.outlook import Outlook, OutlookItem
from storage.records import Downtime

DEVICES, LOSSES, COSTS, FIGURES = "devices", "losses", "costs", "figures"  # keys of the tables


def build(dataset: Dataset, outlook: Outlook, locale: ReportLocale) -> Report:
    """Availability and its chart are of the scanners, money of every device; tiles stand against twelve months."""
    builder = ReportBuilder(dataset, locale)
    scanners, everything = dataset.group("scanner"), list(dataset.site.devices.values())
    measured: list[tuple[str, int, Measure, str, str]] = [
        ("availability", 1, partial(measures.availability, dataset, scanners), "hours", DEVICES),
        ("lost", 0, partial(measures.lost, dataset, everything), "cases", LOSSES),
        ("cost_downtime", 0, partial(costs.cost_of_downtime, dataset, everything), "cases", LOSSES),
        ("cost", 0, partial(costs.cost, dataset, everything), "cost", COSTS),
    ]
    tiles: list[Tile] = [
        builder.tile(key, digits, measure, f"basis.{basis}", against="year", stands_on=stands_on)
        for key, digits, measure, basis, stands_on in measured
    ]
    rows = [(key, digits, measure) for key, digits, measure, _, _ in measured]
    details = [
        builder.figures(locale.t("table.management_figures"), rows),
        uptime.device_table(builder, scanners, locale.t("table.scanners"), DEVICES),
        _losses(builder, outlook),
        costs.table(builder, everything, COSTS),
    ]
    chart = uptime.line(builder, scanners)
    return builder.report("management", tiles, chart, _outlook(builder, outlook), details)


def _outlook(builder: ReportBuilder, outlook: Outlook) -> ReportTable:
    t, now = builder.locale.t, builder.dataset.now
    columns = [
        TableColumn(t("column.day"), 1.2),
        TableColumn(t("column.stands"), 1.5),
        TableColumn(t("column.about"), 4.2),
        TableColumn(t("column.price"), 1.3, "end"),
    ]
    known = [item.price for item in outlook.items if isinstance(item.price, int)]
    about = t(
        "table.outlook_about",
        when=builder.locale.moment(now),
        overdue=sum(item.at <= now for item in outlook.items),
        total=builder.locale.text(_money(builder, sum(known))),
        unknown=sum(item.price == "unknown" for item in outlook.items),
    )
    rows = [_outlook_row(builder, item) for item in outlook.items]
    return ReportTable(t("table.outlook"), columns, rows, t("table.no_outlook"), about)


def _outlook_row(builder: ReportBuilder, item: OutlookItem) -> list[Cell]:
    t, now = builder.locale.t, builder.dataset.now
    days = abs(item.at - now) // DAY
    stands = "overdue" if item.at <= now else "ahead"
    stands += {0: "_today", 1: "_one"}.get(days, "")
    number = int(item.key) if item.kind in ("promise", "plans") else 0
    text = t(f"outlook.{item.kind}", name=builder.locale.translate(item.name), number=number)
    about: Cell = text
    match item.kind:
        case "promise":
            about = Reference(text, "ticket", item.key)
        case "plans":
            about = Reference(text, "today")
        case "part":
            about = Reference(text, "parts")
        case "plan":
            about = Reference(text, "device", item.key)
        case _ if item.key:
            about = Reference(text, "asset", item.key)
    price: Cell = "–"
    if item.price is not None:
        price = _money(builder, None if item.price == "unknown" else item.price)
    return [Moment(item.at, has_time=False), t(f"outlook.{stands}", days=days), about, price]


def _losses(builder: ReportBuilder, outlook: Outlook) -> ReportTable:
    t = builder.locale.t
    columns = [
        TableColumn(t("column.device"), 1.8),
        TableColumn(t("column.from"), 1.8),
        TableColumn(t("column.lasted"), 1.1, "end"),
        TableColumn(t("column.cause"), 1.3),
        TableColumn(builder.label("lost"), 1.4, "end"),
        TableColumn(t("column.income"), 1.2, "end"),
        TableColumn(t("column.recovery"), 1.2, "end"),
        TableColumn(builder.label("cost_downtime"), 1.4, "end"),
    ]
    rows = [_loss(builder, downtime) for downtime in reversed(outlook.losses)]
    title, none, about = (t(f"table.{key}") for key in ("losses", "no_losses", "losses_about"))
    return ReportTable(title, columns, rows, none, about, LOSSES)


def _loss(builder: ReportBuilder, downtime: Downtime) -> list[Cell]:
    dataset = builder.dataset
    sheet = dataset.assets.get(downtime.device)
    income = sheet.income_cents if sheet is not None else None
    cases, recovery = downtime.cases_lost or 0, downtime.recovery_cents
    money = None if income is None else cases * income + recovery
    end = dataset.now if downtime.ended_at is None else downtime.ended_at
    return [
        Reference(dataset.name(downtime.device), "device", downtime.device),
        Moment(downtime.began_at),
        duration(end - downtime.began_at),
        builder.locale.data(downtime.cause),
        Quantity(float(cases)),
        _money(builder, income),
        _money(builder, recovery),
        _money(builder, money),
    ]


def _money(builder: ReportBuilder, cents: int | None) -> Quantity:
    """Whole units of the site's currency."""
    value = None if cents is None else cents / 100
    return Quantity(value, builder.dataset.site.file.currency)

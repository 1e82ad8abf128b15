"""What the devices cost: in all, for each examination, against their price, and by standing still."""

from collections.abc import Sequence
from dataclasses import replace

from core.schema.site import Device
from core.time.clock import HOUR
from maintenance.kpi import formulas
from maintenance.kpi.formulas import Figure
from maintenance.planning.usage import EXAMINATIONS
from maintenance.reports.builder import Desk
from maintenance.reports.dataset import Facts
from maintenance.reports.measures import Span, accounts_of, is_noted, period_of
from maintenance.reports.model import Cell, Column, Table


def cost(facts: Facts, devices: Sequence[Device], span: Span) -> Figure:
    """Labour, parts, bills and contracts. No cost in time in which nobody noted any is no figure."""
    cents = sum(one.cost_cents for one in accounts_of(facts, devices, span))
    value = cents / 100 if cents or is_noted(facts, period_of(facts, span)) else None
    return Figure(value, "currency", len(devices), needs="1 work order")


def ratio(facts: Facts, devices: Sequence[Device], span: Span) -> Figure:
    """Of the devices whose price is known."""
    prices = {
        device.id: sheet.price_cents
        for device in devices
        if (sheet := facts.assets.get(device.id)) and sheet.price_cents
    }
    priced = [device for device in devices if device.id in prices]
    cents = sum(one.cost_cents for one in accounts_of(facts, priced, span))
    return formulas.cost_of_service_ratio(
        cents, sum(prices.values()) or None, period_of(facts, span)
    )


def examinations(facts: Facts, devices: Sequence[Device], span: Span) -> Figure:
    """How many there were, in the months of each device of which that is known."""
    found = [one.examined for one in accounts_of(facts, devices, span) if one.examined is not None]
    n = sum(one.n for one in found)
    value = float(n) if found else None
    return Figure(value, "", n, sum(one.hours for one in found), needs="its counter read")


def per_scan(facts: Facts, devices: Sequence[Device], span: Span) -> Figure:
    """Cost / examinations, both of the months of each device whose examinations are known."""
    period, told = period_of(facts, span), _counting(devices)
    known = [
        (one.cost_cents, one.examined)
        for one in accounts_of(facts, told, span)
        if one.examined is not None
    ]
    cents, scans = sum(cents for cents, _ in known), sum(one.n for _, one in known)
    hours = sum(one.hours for _, one in known)
    left_out = max(len(told) * (period[1] - period[0]) / HOUR - hours, 0.0)
    found = formulas.cost_per_scan(cents, scans, hours, left_out)
    if cents or is_noted(facts, period):
        return found
    return replace(found, value=None, needs="1 work order")


def of_downtime(facts: Facts, devices: Sequence[Device], span: Span) -> Figure:
    """Of the devices whose income is known, as far as somebody wrote down what was lost."""
    each = [
        formulas.cost_of_downtime(
            [loss for one in accounts_of(facts, [device], span) for loss in one.losses],
            sheet.income_cents if (sheet := facts.assets.get(device.id)) else None,
        )
        for device in devices
    ]
    known = [one for one in each if one.value is not None]
    value = sum(one.value or 0.0 for one in known) if known else None
    n = sum(one.n for one in known)
    return Figure(value, "currency", n, needs="the cases lost and the income of one")


def table(desk: Desk, devices: Sequence[Device]) -> Table:
    """Device by device: those that count examinations, and what else cost anything in a year."""
    t, facts = desk.speech.t, desk.facts
    columns = [Column(t("column.device"), 1.8)]
    columns += [
        Column(t(f"column.{name}"), 1.2, "end")
        for name in ("cost", "cost_year", "scans", "scans_year")
    ]
    columns.append(Column(desk.label("per_scan"), 1.4, "end"))
    columns.append(Column(t("column.per_scan_year"), 1.4, "end"))
    shown = [one for one in devices if _counting([one]) or cost(facts, [one], "year").value]
    rows = [_row(desk, one) for one in shown]
    return Table(t("table.costs"), columns, rows, t("table.no_devices"), t("table.costs_about"))


def _row(desk: Desk, device: Device) -> list[Cell]:
    facts, alone = desk.facts, [device]
    spans: tuple[Span, Span] = ("month", "year")
    spent = [desk.cell(cost(facts, alone, span), 0) for span in spans]
    if not _counting(alone):
        return [device.name, *spent, "–", "–", "–", "–"]
    counted = [desk.cell(examinations(facts, alone, span), 0) for span in spans]
    each = [desk.cell(per_scan(facts, alone, span), 2) for span in spans]
    return [device.name, *spent, *counted, *each]


def _counting(devices: Sequence[Device]) -> list[Device]:
    """Those whose profile has a counter of examinations."""
    return [one for one in devices if EXAMINATIONS in one.profile.metrics]

"""Figures of several devices and months together. How each is counted is in figures.py.

Hours and cases add up over months and devices, so what is pooled is counted from sums, never as a
mean of percentages.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

from core.schema.site import Device
from core.time.covered_hours import Interval
from core.vocabulary.downtime import DowntimeCause
from maintenance.downtime.outages import Outage, Split, downtime_by_cause, failures
from maintenance.kpi import formulas
from maintenance.kpi.device_history import Account
from maintenance.kpi.formulas import MIN_KNOWN_H, Figure
from maintenance.reports.dataset import Facts

Span = Literal["month", "before", "year"]
_SLICES: dict[Span, slice] = {
    "month": slice(-1, None),
    "before": slice(-2, -1),
    "year": slice(None),
}


def period_of(facts: Facts, span: Span) -> Interval:
    """From where to where a span of the report goes."""
    some = facts.periods[_SLICES[span]]
    return some[0][0], some[-1][1]


def accounts_of(facts: Facts, devices: Sequence[Device], span: Span) -> list[Account]:
    """Those of every device and month in it."""
    return [one for device in devices for one in facts.accounts[device.id][_SLICES[span]]]


def is_noted(facts: Facts, period: Interval) -> bool:
    """Was there any work order by its end? Before the first, nobody wrote down what was done."""
    return any(order.opened_at < period[1] for order in facts.orders)


def covered(facts: Facts, devices: Sequence[Device], span: Span) -> Split:
    """The covered hours of all of them."""
    return sum((one.covered for one in accounts_of(facts, devices, span)), Split())


def whole(facts: Facts, devices: Sequence[Device], span: Span) -> Split:
    """All hours, day and night, of all of them."""
    return sum((one.whole for one in accounts_of(facts, devices, span)), Split())


def availability(facts: Facts, devices: Sequence[Device], span: Span) -> Figure:
    """In covered hours."""
    return _of(formulas.availability(covered(facts, devices, span)), devices)


def uptime(facts: Facts, devices: Sequence[Device], span: Span) -> Figure:
    """Day and night."""
    return _of(formulas.availability(whole(facts, devices, span)), devices)


def weighted(facts: Facts, devices: Sequence[Device], span: Span) -> Figure:
    """In covered hours, partial outages half."""
    return _of(formulas.weighted_downtime(covered(facts, devices, span)), devices)


def hours(part: Callable[[Split], float]) -> Callable[[Facts, Sequence[Device], Span], Figure]:
    """A share of the covered hours, in hours; nothing while hardly anything is known."""

    def measure(facts: Facts, devices: Sequence[Device], span: Span) -> Figure:
        split = covered(facts, devices, span)
        known = split.counted - split.unknown
        value = part(split) if known >= MIN_KNOWN_H else None
        needs = f"{MIN_KNOWN_H:g} known hours"
        return Figure(value, "h", len(devices), known, split.unknown, needs)

    return measure


out_of_service = hours(lambda split: split.hard)
planned = hours(lambda split: split.planned)


def unwatched(facts: Facts, devices: Sequence[Device], span: Span) -> Figure:
    """Covered hours of which Scanward knows nothing. Always known itself."""
    split = covered(facts, devices, span)
    return Figure(split.unknown, "h", len(devices), split.counted)


def failed(facts: Facts, devices: Sequence[Device], span: Span) -> Figure:
    """How many failures began. No failure in time that nobody looked at is no figure."""
    period, split = period_of(facts, span), whole(facts, devices, span)
    known = split.counted - split.unknown
    n = sum(len(failures(_outages(facts, one), period, facts.now)) for one in devices)
    value = float(n) if n or known >= MIN_KNOWN_H else None
    return Figure(value, "", n, known, split.unknown, f"{MIN_KNOWN_H:g} known hours")


def mtbf(facts: Facts, devices: Sequence[Device], span: Span) -> Figure:
    """Covered hours in service between failures."""
    split = covered(facts, devices, span)
    return formulas.mtbf(split, failed(facts, devices, span).n)


def mttr(facts: Facts, devices: Sequence[Device], span: Span) -> Figure:
    """Elapsed hours to restoration, of every failure of every device."""
    period = period_of(facts, span)
    accounts = [facts.accounts[device.id][-1] for device in devices]
    each = [formulas.mttr(one.outages, period, one.unknown, facts.now) for one in accounts]
    n, total = sum(one.n for one in each), sum(one.hours for one in each)
    left_out = sum(one.excluded_h for one in each)
    needs = each[0].needs if each else ""
    return Figure(total / n if n else None, "h", n, total, left_out, needs)


def mtta(facts: Facts, devices: Sequence[Device], span: Span) -> Figure:
    """Hours until somebody acknowledged an alert, of every alert of every device."""
    raised = [one for account in accounts_of(facts, devices, span) for one in account.raised]
    return formulas.mtta(raised, period_of(facts, span))


def lost(facts: Facts, devices: Sequence[Device], span: Span) -> Figure:
    """Examinations that outages cost and nobody did later, as far as somebody wrote it down."""
    losses = [loss for one in accounts_of(facts, devices, span) for loss in one.losses]
    told = [cases for cases, _ in losses if cases is not None]
    return Figure(float(sum(told)) if told else None, "", len(told), needs="the cases lost")


def by_cause(facts: Facts, devices: Sequence[Device], span: Span) -> dict[DowntimeCause, float]:
    """Covered, known hours by cause, the most first."""
    start, end = period_of(facts, span)
    found: dict[DowntimeCause, float] = {}
    for device in devices:
        counted = device.hours(facts.site.zone).between(start, end)
        one = facts.accounts[device.id][-1]
        parts = downtime_by_cause(one.outages, counted, one.unknown, facts.now)
        for cause, share in parts.items():
            found[cause] = found.get(cause, 0.0) + share
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _outages(facts: Facts, device: Device) -> Sequence[Outage]:
    return facts.accounts[device.id][-1].outages


def _of(figure: Figure, devices: Sequence[Device]) -> Figure:
    return replace(figure, n=len(devices))

"""Figures of several devices and months together. How each is counted is in kpi/formulas.py.

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
from maintenance.kpi.device_history import DeviceHistory
from maintenance.kpi.formulas import MIN_KNOWN_H, NEEDS_KNOWN_HOURS, Figure
from maintenance.reports.dataset import Dataset

Span = Literal["month", "before", "year"]
_SLICES: dict[Span, slice] = {
    "month": slice(-1, None),
    "before": slice(-2, -1),
    "year": slice(None),
}


def period_of(dataset: Dataset, span: Span) -> Interval:
    """Start and end of a span of the report."""
    periods = dataset.periods[_SLICES[span]]
    return periods[0][0], periods[-1][1]


def histories_of(dataset: Dataset, devices: Sequence[Device], span: Span) -> list[DeviceHistory]:
    """The histories of every device, one a month of the span."""
    return [
        history for device in devices for history in dataset.histories[device.id][_SLICES[span]]
    ]


def is_noted(dataset: Dataset, period: Interval) -> bool:
    """Was there any work order by its end? Before the first, nobody wrote down what was done."""
    return any(order.opened_at < period[1] for order in dataset.orders)


def covered(dataset: Dataset, devices: Sequence[Device], span: Span) -> Split:
    """How the covered hours of all devices divide."""
    return sum((history.covered for history in histories_of(dataset, devices, span)), Split())


def all_hours(dataset: Dataset, devices: Sequence[Device], span: Span) -> Split:
    """How all hours of all devices, day and night, divide."""
    return sum((history.all_hours for history in histories_of(dataset, devices, span)), Split())


def availability(dataset: Dataset, devices: Sequence[Device], span: Span) -> Figure:
    """Availability in covered hours, in percent."""
    return _per_device(formulas.availability(covered(dataset, devices, span)), devices)


def uptime(dataset: Dataset, devices: Sequence[Device], span: Span) -> Figure:
    """Availability day and night, in percent."""
    return _per_device(formulas.availability(all_hours(dataset, devices, span)), devices)


def weighted(dataset: Dataset, devices: Sequence[Device], span: Span) -> Figure:
    """Weighted downtime in covered hours, in percent: partial outages count half."""
    return _per_device(formulas.weighted_downtime(covered(dataset, devices, span)), devices)


def hours(part: Callable[[Split], float]) -> Callable[[Dataset, Sequence[Device], Span], Figure]:
    """Measures a share of the covered hours, in hours; None below a day of known hours."""

    def measure(dataset: Dataset, devices: Sequence[Device], span: Span) -> Figure:
        split = covered(dataset, devices, span)
        known = split.counted - split.unknown
        value = part(split) if known >= MIN_KNOWN_H else None
        return Figure(value, "h", len(devices), known, split.unknown, NEEDS_KNOWN_HOURS)

    return measure


out_of_service = hours(lambda split: split.hard)
planned = hours(lambda split: split.planned)


def unwatched(dataset: Dataset, devices: Sequence[Device], span: Span) -> Figure:
    """Covered hours of which Scanward knows nothing; never None."""
    split = covered(dataset, devices, span)
    return Figure(split.unknown, "h", len(devices), split.counted)


def failure_count(dataset: Dataset, devices: Sequence[Device], span: Span) -> Figure:
    """How many failures began. None if there was none and less than a day is known."""
    period, split = period_of(dataset, span), all_hours(dataset, devices, span)
    known = split.counted - split.unknown
    n = sum(len(failures(_outages(dataset, device), period, dataset.now)) for device in devices)
    value = float(n) if n or known >= MIN_KNOWN_H else None
    return Figure(value, "", n, known, split.unknown, NEEDS_KNOWN_HOURS)


def mtbf(dataset: Dataset, devices: Sequence[Device], span: Span) -> Figure:
    """Covered hours in service between failures."""
    split = covered(dataset, devices, span)
    return formulas.mtbf(split, failure_count(dataset, devices, span).n)


def scans_between_failures(dataset: Dataset, devices: Sequence[Device], span: Span) -> Figure:
    """Examinations between failures, of the months in which a device's examinations are known."""
    scans, failed, known_hours = 0, 0, 0.0
    for device in devices:
        months = zip(dataset.periods, dataset.histories[device.id], strict=True)
        for period, history in list(months)[_SLICES[span]]:
            if history.examinations is not None:
                scans += history.examinations.n
                known_hours += history.examinations.hours
                failed += len(failures(_outages(dataset, device), period, dataset.now))
    return formulas.scans_between_failures(scans, failed, known_hours)


def mttr(dataset: Dataset, devices: Sequence[Device], span: Span) -> Figure:
    """Elapsed hours to restoration, of every failure of every device."""
    period = period_of(dataset, span)
    histories = [dataset.histories[device.id][-1] for device in devices]
    figures = [
        formulas.mttr(history.outages, period, history.unknown, dataset.now)
        for history in histories
    ]
    n, total = sum(figure.n for figure in figures), sum(figure.hours for figure in figures)
    left_out = sum(figure.excluded_h for figure in figures)
    needs = figures[0].needs if figures else ""
    return Figure(total / n if n else None, "h", n, total, left_out, needs)


def mtta(dataset: Dataset, devices: Sequence[Device], span: Span) -> Figure:
    """Hours until somebody acknowledged an alert, of every alert of every device."""
    alert_times = [
        times for history in histories_of(dataset, devices, span) for times in history.alert_times
    ]
    return formulas.mtta(alert_times, period_of(dataset, span))


def lost(dataset: Dataset, devices: Sequence[Device], span: Span) -> Figure:
    """Examinations that outages cost and nobody did later, as far as somebody wrote it down."""
    losses = [loss for history in histories_of(dataset, devices, span) for loss in history.losses]
    cases_lost = [cases for cases, _ in losses if cases is not None]
    return Figure(
        float(sum(cases_lost)) if cases_lost else None, "", len(cases_lost), needs="the cases lost"
    )


def by_cause(dataset: Dataset, devices: Sequence[Device], span: Span) -> dict[DowntimeCause, float]:
    """Covered, known hours of downtime by cause, the largest first."""
    start, end = period_of(dataset, span)
    hours_by_cause: dict[DowntimeCause, float] = {}
    for device in devices:
        counted = device.hours(dataset.site.zone).between(start, end)
        history = dataset.histories[device.id][-1]
        parts = downtime_by_cause(history.outages, counted, history.unknown, dataset.now)
        for cause, share in parts.items():
            hours_by_cause[cause] = hours_by_cause.get(cause, 0.0) + share
    return dict(sorted(hours_by_cause.items(), key=lambda pair: (-pair[1], pair[0])))


def _outages(dataset: Dataset, device: Device) -> Sequence[Outage]:
    return dataset.histories[device.id][-1].outages


def _per_device(figure: Figure, devices: Sequence[Device]) -> Figure:
    return replace(figure, n=len(devices))

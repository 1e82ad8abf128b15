"""Learns from the PACS's counts how to read a plug's curve, and how well that can be done. Pure."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from collectors.plug_use.fit import Counted, Fit, fitted
from collectors.plug_use.idle import above_idle
from collectors.plug_use.metrics import EXAMINATIONS, features_for
from collectors.plug_use.model import PlugModel
from collectors.plug_use.power_curve import Floats, PowerCurve, daily_paces, is_same_pace
from collectors.plug_use.pulses import find_pulses
from collectors.plug_use.spans import Spans, seen_in
from core.time.clock import DAY

COVERED = 0.9  # of a span, for it to be learned from
FEWEST_DAYS, FEWEST_EXAMINATIONS = 5, 20  # Engineering
WORST_PCT = 25.0  # a plug that is further off says nothing. Engineering
THRESHOLDS = 12


class _Learned(NamedTuple):
    threshold: float
    fits: dict[str, Fit]


def learn(
    device: str,
    curve: PowerCurve,
    counted: Mapping[str, Counted],
    now: int,
    is_stopping: Callable[[], bool] = lambda: False,
) -> PlugModel | str:
    """The model of a device, or why there is none; `counted` by metric."""
    paces = daily_paces(curve)
    pace = paces[max(paces)] if paces else 0
    truths = {metric: _usable(curve, paces, pace, amounts) for metric, amounts in counted.items()}
    days, n = _working_days(truths.get(EXAMINATIONS)), 0
    if EXAMINATIONS in truths:
        n = round(float(truths[EXAMINATIONS].amount.sum()))
    if days < FEWEST_DAYS or n < FEWEST_EXAMINATIONS:
        return (
            f"{n} examinations on {days} days are known from DICOM while the plug was read;"
            f" {FEWEST_EXAMINATIONS} on {FEWEST_DAYS} days are needed"
        )
    above, noise = above_idle(curve)
    tried = [
        _at_threshold(threshold, curve, above, truths)
        for threshold in _thresholds(above, noise)
        if not is_stopping()
    ]
    if not tried:
        return "the plug shows no scanning"
    return _model(device, pace, _best(tried), now)


def _model(device: str, pace: int, best: _Learned, now: int) -> PlugModel | str:
    good = {metric: fit for metric, fit in best.fits.items() if fit.accuracy.error_pct <= WORST_PCT}
    if EXAMINATIONS not in good:
        error = round(best.fits[EXAMINATIONS].accuracy.error_pct)
        return f"what the plug shows does not tell examinations: {error} % off on days held out"
    return PlugModel(
        learned_at=now,
        learned_from=device,
        pace=pace,
        threshold_w=best.threshold,
        weights={metric: fit.weights.tolist() for metric, fit in good.items()},
        accuracy={metric: fit.accuracy for metric, fit in good.items()},
    )


def _best(tried: list[_Learned]) -> _Learned:
    """The threshold that is best together with its neighbours: one that is good by chance has bad ones."""
    errors = [learned.fits[EXAMINATIONS].accuracy.error_pct for learned in tried]
    around = [float(np.mean(errors[max(i - 1, 0) : i + 2])) for i in range(len(errors))]
    return tried[int(np.argmin(around))]


def _usable(curve: PowerCurve, paces: Mapping[int, int], pace: int, counted: Counted) -> Counted:
    """The spans over which the plug was read, and as often as it is now."""
    days = (counted.spans.begin // DAY).tolist()
    is_now = np.array([is_same_pace(paces.get(day, 0), pace) for day in days], bool)
    chosen = is_now & (curve.covered(*counted.spans) >= COVERED)
    spans = Spans(counted.spans.begin[chosen], counted.spans.end[chosen])
    return Counted(spans, counted.amount[chosen], counted.day[chosen])


def _working_days(counted: Counted | None) -> int:
    return 0 if counted is None else len(np.unique(counted.day[counted.amount > 0]))


def _thresholds(above: Floats, noise: float) -> list[float]:
    """From what noise never reaches up to half of what the strongest scans reach, W."""
    lowest = max(8.0 * noise, 5.0)
    highest = 0.5 * float(np.percentile(above, 99.9))
    if highest <= lowest:
        return [lowest] if above.max() > lowest else []
    return [float(watts) for watts in np.geomspace(lowest, highest, THRESHOLDS)]


def _at_threshold(
    threshold: float, curve: PowerCurve, above: Floats, truths: Mapping[str, Counted]
) -> _Learned:
    pulses = find_pulses(curve, above, threshold)
    fits = {
        metric: fitted(features_for(metric, seen_in(amounts.spans, curve, above, pulses)), amounts)
        for metric, amounts in truths.items()
        if _working_days(amounts) >= FEWEST_DAYS
    }
    return _Learned(threshold, fits)

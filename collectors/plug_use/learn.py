"""Learns from the PACS's counts how to read a plug's curve, and how well that can be done. Pure."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from collectors.plug_use.idle import above_idle
from collectors.plug_use.least_squares import nonnegative
from collectors.plug_use.metrics import EXAMINATIONS, features_for
from collectors.plug_use.model import Accuracy, PlugModel
from collectors.plug_use.power_curve import Floats, PowerCurve, Times
from collectors.plug_use.pulses import find_pulses
from collectors.plug_use.spans import Spans, seen_in
from core.text.phrase import Phrase

COVERED = 0.9  # of a span, for it to be learned from
FEWEST_DAYS, FEWEST_EXAMINATIONS = 5, 20  # Engineering
WORST_PCT = 25.0  # a plug that is further off says nothing. Engineering
FOLDS = 10
THRESHOLDS = 12


class Counted(NamedTuple):
    """What DICOM told of spans of time, and the local day of each (its ordinal)."""

    spans: Spans
    amount: Floats
    day: Times


class _Fit(NamedTuple):
    weights: Floats
    accuracy: Accuracy


class _Learned(NamedTuple):
    threshold: float
    fits: dict[str, _Fit]


def learn(
    device: str,
    curve: PowerCurve,
    counted: Mapping[str, Counted],
    now: int,
    is_stopping: Callable[[], bool] = lambda: False,
) -> PlugModel | Phrase:
    """The model of a device, or why there is none; `counted` by metric."""
    told = {metric: _covered(curve, amounts) for metric, amounts in counted.items()}
    days, n = _working_days(told.get(EXAMINATIONS)), 0
    if EXAMINATIONS in told:
        n = round(float(told[EXAMINATIONS].amount.sum()))
    if days < FEWEST_DAYS or n < FEWEST_EXAMINATIONS:
        return Phrase(
            "{n} examinations on {days} days are known from DICOM while the plug was read;"
            " {fewest} on {fewest_days} days are needed",
            **{"n": n, "days": days, "fewest": FEWEST_EXAMINATIONS, "fewest_days": FEWEST_DAYS},
        )
    above, noise = above_idle(curve)
    tried = [
        _at_threshold(threshold, curve, above, told)
        for threshold in _thresholds(above, noise)
        if not is_stopping()
    ]
    if not tried:
        return Phrase("the plug shows no scanning")
    return _model(device, curve, _best(tried), now)


def _model(device: str, curve: PowerCurve, best: _Learned, now: int) -> PlugModel | Phrase:
    good = {metric: fit for metric, fit in best.fits.items() if fit.accuracy.error_pct <= WORST_PCT}
    if EXAMINATIONS not in good:
        error = round(best.fits[EXAMINATIONS].accuracy.error_pct)
        return Phrase("examinations by the plug are {error} % off", error=error)
    return PlugModel(
        learned_at=now,
        learned_from=device,
        pace=curve.pace,
        threshold_w=best.threshold,
        weights={metric: fit.weights.tolist() for metric, fit in good.items()},
        accuracy={metric: fit.accuracy for metric, fit in good.items()},
    )


def _best(tried: list[_Learned]) -> _Learned:
    """The threshold that is best together with its neighbours: one that is good by chance has bad ones."""
    errors = [learned.fits[EXAMINATIONS].accuracy.error_pct for learned in tried]
    around = [float(np.mean(errors[max(i - 1, 0) : i + 2])) for i in range(len(errors))]
    return tried[int(np.argmin(around))]


def _covered(curve: PowerCurve, counted: Counted) -> Counted:
    kept = curve.covered(*counted.spans) >= COVERED
    spans = Spans(counted.spans.begin[kept], counted.spans.end[kept])
    return Counted(spans, counted.amount[kept], counted.day[kept])


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
    threshold: float, curve: PowerCurve, above: Floats, told: Mapping[str, Counted]
) -> _Learned:
    pulses = find_pulses(curve, above, threshold)
    fits = {
        metric: _fitted(features_for(metric, seen_in(amounts.spans, curve, above, pulses)), amounts)
        for metric, amounts in told.items()
        if _working_days(amounts) >= FEWEST_DAYS
    }
    return _Learned(threshold, fits)


def _fitted(seen: Floats, counted: Counted) -> _Fit:
    """Weights learned from all days, and how far those learned without a day are off on it.

    Hours say which peaks are scans, days say how many an examination has: both are learned from.
    """
    days, place = np.unique(counted.day, return_inverse=True)
    daily = np.zeros((len(days), seen.shape[1]))
    np.add.at(daily, place, seen)
    wanted = np.bincount(place, counted.amount, minlength=len(days))

    def weights(is_held_out: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Floats:
        hours = ~is_held_out[place]
        return nonnegative(
            np.vstack([seen[hours], daily[~is_held_out]]),
            np.concatenate([counted.amount[hours], wanted[~is_held_out]]),
        )

    folds = np.arange(len(days)) % FOLDS
    off = sum(
        float(np.abs(daily[folds == fold] @ weights(folds == fold) - wanted[folds == fold]).sum())
        for fold in np.unique(folds)
    )
    error_pct = 100.0 * off / float(wanted.sum())
    accuracy = Accuracy(error_pct=error_pct, days=int((wanted > 0).sum()))
    return _Fit(weights(np.zeros(len(days), bool)), accuracy)

"""Weights that make what a plug shows into what DICOM has counted, and how well they do. Pure."""

from typing import NamedTuple

import numpy as np

from collectors.plug_use.least_squares import nonnegative
from collectors.plug_use.model import Accuracy
from collectors.plug_use.power_curve import Floats, Times
from collectors.plug_use.pulses import Booleans
from collectors.plug_use.spans import Spans

FOLDS = 10
# A day of which DICOM has less than this share of what the plug shows was not archived (yet), if the
# plug shows at least half a usual day and there are few such days. Engineering.
ARCHIVED, HALF, FEW = 0.25, 0.5, 0.1


class Counted(NamedTuple):
    """What DICOM told of spans of time, and the local day of each (its ordinal)."""

    spans: Spans
    amount: Floats
    day: Times


class Fit(NamedTuple):
    """What was learned for one metric."""

    weights: Floats
    accuracy: Accuracy


class _Lesson(NamedTuple):
    """Hours (or what the spans are) and days, a row each."""

    seen: Floats
    amount: Floats
    day: Times  # of each span, the number of its row in the two below
    daily_seen: Floats
    daily_amount: Floats


def fitted(seen: Floats, counted: Counted) -> Fit:
    """Weights learned from all days, and how far those learned without a day are off on it."""
    lesson = _lesson(seen, counted)
    usable = ~_unarchived(lesson)
    folds = np.arange(len(usable)) % FOLDS
    off = 0.0
    for fold in np.unique(folds):
        held_out = usable & (folds == fold)
        weights = _weights(lesson, usable & (folds != fold))
        errors = lesson.daily_seen[held_out] @ weights - lesson.daily_amount[held_out]
        off += float(np.abs(errors).sum())
    amounts = lesson.daily_amount[usable]
    accuracy = Accuracy(error_pct=100.0 * off / float(amounts.sum()), days=int((amounts > 0).sum()))
    return Fit(_weights(lesson, usable), accuracy)


def _lesson(seen: Floats, counted: Counted) -> _Lesson:
    days, place = np.unique(counted.day, return_inverse=True)
    daily = np.zeros((len(days), seen.shape[1]))
    np.add.at(daily, place, seen)
    amounts = np.bincount(place, counted.amount, minlength=len(days)).astype(np.float64)
    return _Lesson(seen, counted.amount, place, daily, amounts)


def _weights(lesson: _Lesson, chosen: Booleans) -> Floats:
    """Hours say which peaks are scans, days say how many an examination has: from both, of these days."""
    hours = chosen[lesson.day]
    return nonnegative(
        np.vstack([lesson.seen[hours], lesson.daily_seen[chosen]]),
        np.concatenate([lesson.amount[hours], lesson.daily_amount[chosen]]),
    )


def _unarchived(lesson: _Lesson) -> Booleans:
    """The few days of which the plug shows work that DICOM knows nothing of."""
    everything = np.ones(len(lesson.daily_amount), bool)
    shown = lesson.daily_seen @ _weights(lesson, everything)
    usual = float(np.median(lesson.daily_amount[lesson.daily_amount > 0]))
    doubtful: Booleans = (lesson.daily_amount < ARCHIVED * shown) & (shown > HALF * usual)
    is_few = doubtful.sum() <= max(FEW * len(doubtful), 1)
    return doubtful if is_few else ~everything

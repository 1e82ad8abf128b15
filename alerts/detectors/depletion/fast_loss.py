"""A level that falls within hours: a quench, an open valve. Judged cell by cell, by what came before.

The readings of the last minutes to a day are held against those of the four days before them, less
what is usually used up. A ramp is weighed by how far it would have come (a matched filter), a step by
its smallest reading. How far healthy readings of this meter stray by themselves is learned, so its
resolution and its slow wander need not be known. Every function is causal: cell i uses none after it.
"""

from dataclasses import dataclass

import numpy as np

from alerts.detectors.base import CELL, Bools, Floats, Ints
from alerts.detectors.common.fast_alarm import LevelWatch
from alerts.detectors.depletion import coarse_meter
from alerts.detectors.depletion.coarse_meter import LevelLine
from core.time.clock import DAY, HOUR

SPANS = (3, 6, 9, 12, 18, 24, 36, 48, 72, 96, 144)  # cells of a loss: half an hour to a day
BEFORE = 4 * DAY // CELL  # cells of the level before it
SHORT = 48  # cells
FEWEST_BEFORE, FEWEST_IN = 12, 3  # readings; a meter read less often is judged once a day
SURE = 5.0  # z-score: by chance alone once in hundreds of years of cells
RARE, TIMES, WANDERS = 0.99, 1.9, 2.4  # so many times what one healthy cell in a hundred exceeds
STEP = 0.029  # of full scale: a sudden fall from so far on is a loss, less may be a recalibration
FULL = 0.03  # of full scale: what may be lost while the vessel cools down after a refill
# Of a refill: so long only that holds, and what comes after COOLS tells how the level was before a loss.
SETTLES, COOLS = 3 * DAY // CELL, 2 * DAY // CELL
REFILLED = 24  # readings before a rise that it is held against
SUDDEN = 3  # cells within which a recalibration is made
SLOWEST = 0.0025  # of full scale a day: a loss that is slower is not for this watch
SMALLEST = 0.002  # of full scale
# A coarse meter: so many readings are like the one before, and its step is so much of full scale.
RESTS, COARSE = 0.6, 0.004
UNKNOWN = 0.05  # of full scale: the step of a meter that never moved


@dataclass(frozen=True)
class MeterHabit:
    """How one meter moves while its level is well. In the metric's unit."""

    scale: float  # a full vessel: the highest usual level
    resolution: float  # its smallest step
    rate: float  # usually used up in a day
    jump: float  # a rise of more than this is a refill
    noise: float  # of a reading
    slowest: float  # a day: a loss that is slower is not for this watch
    needed: tuple[float, ...]  # z-score for each of SPANS
    is_coarse: bool = False  # it mostly rests between its steps

    @property
    def smallest(self) -> float:
        """A loss that is smaller is none; of any size while it is learned how healthy cells stray."""
        return max(SMALLEST * self.scale, 0.5 * self.resolution) if self.slowest > 0 else -np.inf

    @property
    def step(self) -> float:
        """A sudden fall of so much is a loss."""
        return max(STEP * self.scale, 1.5 * self.resolution)

    @property
    def rise(self) -> float:
        """A sudden rise of so much is a refill."""
        return max(self.jump, 0.015 * self.scale, 1.5 * self.resolution)


class WindowSums:
    """Sums of a level over windows of cells, in one subtraction each."""

    def __init__(self, level: Floats) -> None:
        here = np.isfinite(level)
        place, values = np.arange(len(level), dtype=float), np.where(here, level, 0.0)
        columns = (here, here * place, here * place**2, values, values * place, values**2)
        self._sums = [np.concatenate([[0.0], np.cumsum(column)]) for column in columns]

    def between(self, begin: Ints, end: Ints) -> list[Floats]:
        """Of cells [begin, end): count, places, squared places; values, values by place, squared values."""
        first, last = np.maximum(begin, 0), np.maximum(end, 0)
        return [sums[last] - sums[np.minimum(first, last)] for sums in self._sums]


def watch(at: Ints, level: Floats, habit: MeterHabit, line: LevelLine | None) -> LevelWatch:
    """Each cell of a level held against the days before it; a coarse meter's against its line."""
    here, middle = np.arange(len(level)), without_outliers(level)
    rising = _rising(level, habit)
    # a level begins anew with its refill
    begins = np.maximum.accumulate(np.where(rising, here + 1, 0))
    settled = np.where(begins > 0, begins + COOLS, 0)
    shift, known = recalibrations(middle, habit)
    z, levels, spread = ramps(middle + shift, settled, habit)
    scores = z / np.array(habit.needed)[:, None]
    best = np.argmax(scores, axis=0)
    loss, cells, expected = scores[best, here], np.array(SPANS)[best], levels[best, here]
    if habit.is_coarse:
        loss = np.full(len(level), -np.inf)
    if habit.is_coarse and line is not None:
        loss, expected = coarse_meter.losses(level, at / DAY, line, habit.resolution)
    fallen = _fallen(level + known, levels[0], habit)
    cells = np.where(fallen > loss, SPANS[0], cells)
    expected = np.where(fallen > loss, levels[0], expected) - known
    settling = (begins > 0) & (here - begins < SETTLES)
    loss = np.where(settling, _after_refill(middle, begins, habit), np.maximum(loss, fallen))
    return LevelWatch(middle, loss, cells, expected, spread, rising, _calm(middle, habit))


def ramps(level: Floats, begins: Ints, habit: MeterHabit) -> tuple[Floats, Floats, Floats]:
    """z-score and expected level, (spans, n) each, of a loss that began so many cells ago; and (n,) spread.

    Minus infinity where too little was read, or the loss is too slow or too small to be told.
    """
    sums, here = WindowSums(level), np.arange(len(level))
    end = here + 1 - (SUDDEN - 1)  # the newest cells may yet turn out to be a recalibration
    a_cell = habit.rate * CELL / DAY
    scores, levels, spread = [], [], np.zeros(len(level))
    for span in SPANS:
        zero = end - span  # the ramp is nothing in the cell before it
        n, p, pp, v, pv, _ = sums.between(zero, end)
        n0, p0, _, v0, _, vv0 = sums.between(np.maximum(zero - BEFORE, begins), zero)
        known = np.maximum(n0, 1.0)
        mean = v0 / known
        variance = np.maximum(vv0 / known - mean**2, 0.0) + habit.resolution**2 / (known + 2.0)
        level_now = mean + a_cell * p0 / known  # at place 0, so that places need no shift
        shift = zero - 1.0
        w, ww, wp = p - shift * n, pp - 2 * shift * p + shift**2 * n, pp - shift * p
        lost = level_now * w - a_cell * wp - (pv - shift * v)
        noise = np.sqrt(np.maximum(variance, 1e-18) * (ww + w**2 / known))
        pace = lost / np.maximum(ww, 1e-9)
        is_loss = (n >= FEWEST_IN) & (n0 >= FEWEST_BEFORE)
        is_loss &= (pace * DAY / CELL >= habit.slowest) & (pace * span >= habit.smallest)
        scores.append(np.where(is_loss, lost / np.maximum(noise, 1e-9), -np.inf))
        levels.append(np.where(n0 >= FEWEST_BEFORE, level_now - a_cell * here, np.nan))
        spread = np.sqrt(variance) if span == SPANS[0] else spread
    return np.stack(scores), np.stack(levels), spread


def _fallen(level: Floats, expected: Floats, habit: MeterHabit) -> Floats:
    """How far the last readings lie below what is expected, in steps that are a loss.

    Three readings of the last hour; of a meter that is read less often, two.
    """
    out, here = np.full(len(level), -np.inf), np.flatnonzero(np.isfinite(level))
    if len(here) < FEWEST_IN:
        return out
    apart = np.full((len(here), 3), -np.inf)
    for back in range(3):
        apart[back:, back] = expected[here[back:]] - level[here[: len(here) - back]]
    recent = np.concatenate([[False, False], here[2:] - here[:-2] < HOUR // CELL])
    apart[~recent, 2] = apart[~recent, :2].mean(axis=1)
    steps = np.minimum(apart.mean(axis=1), apart.min(axis=1) / 0.6) / habit.step
    out[here] = np.where(np.isfinite(steps), steps, -np.inf)
    return out


def _after_refill(middle: Floats, begins: Ints, habit: MeterHabit) -> Floats:
    """What was lost since the level was highest, in what may be lost while the vessel cools down."""
    out = np.full(len(middle), -np.inf)
    for begin in np.unique(begins[begins > 0]).tolist():
        since = np.flatnonzero(begins == begin)
        top = np.fmax.accumulate(middle[since])
        out[since] = (top - middle[since]) / max(FULL * habit.scale, 1.5 * habit.resolution)
    return np.where(np.isfinite(out), out, -np.inf)


def _rising(level: Floats, habit: MeterHabit) -> Bools:
    """The last three readings all lie above the day before them: it is being refilled, or was."""
    out, here = np.zeros(len(level), dtype=bool), np.flatnonzero(np.isfinite(level))
    if len(here) <= REFILLED:
        values = level[here]
        out[here[1:]] = np.diff(values) > habit.rise
        return out
    values = level[here]
    sums = np.concatenate([[0.0], np.cumsum(values)])
    before = (sums[REFILLED:-1] - sums[: -REFILLED - 1]) / REFILLED  # of values[i : i + REFILLED]
    if len(values) >= REFILLED + 3:
        newest = np.lib.stride_tricks.sliding_window_view(values[REFILLED:], 3).min(axis=1)
        out[here[REFILLED + 2 :]] = newest - before[: len(newest)] > habit.rise
    return out


def recalibrations(middle: Floats, habit: MeterHabit) -> tuple[Floats, Floats]:
    """(n,) what undoes each fall made in one cell that is smaller than a loss; and as far as it is known then.

    It must be greater than the meter's own step, and is known two readings after it was made.
    """
    shift, known = np.zeros(len(middle)), np.zeros(len(middle))
    here = np.flatnonzero(np.isfinite(middle))
    if len(here) < 2 * SUDDEN:
        return shift, known
    values = middle[here]
    level = np.median(np.lib.stride_tricks.sliding_window_view(values, SUDDEN), axis=1)
    fallen = level[:-SUDDEN] - level[SUDDEN:]  # before and after reading i + SUDDEN
    at_once = values[SUDDEN - 1 : -SUDDEN] - values[SUDDEN : len(values) - SUDDEN + 1]
    is_step = (at_once > 0.6 * fallen) & (fallen < habit.step)
    is_step &= fallen > max(4.0 * habit.noise, 1.5 * habit.resolution)
    is_step &= np.diff(here)[SUDDEN - 1 : len(values) - SUDDEN] <= HOUR // CELL
    undone = np.cumsum(np.where(is_step, fallen, 0.0))
    by_reading = np.zeros(len(values))
    by_reading[SUDDEN : SUDDEN + len(undone)] = undone
    by_reading[SUDDEN + len(undone) :] = undone[-1]
    latest = np.maximum.accumulate(np.where(np.isfinite(middle), np.arange(len(middle)), 0))
    place = np.maximum(np.searchsorted(here, latest, side="right") - 1, 0)
    shift = by_reading[place]
    known = np.concatenate([np.zeros(SUDDEN - 1), by_reading[: 1 - SUDDEN]])[place]
    return shift, known


def _calm(middle: Floats, habit: MeterHabit) -> Bools:
    """Was the last day's fall, by a line through its readings, slower than what is fast?"""
    sums, here = WindowSums(middle), np.arange(len(middle))
    n, p, pp, v, pv, _ = sums.between(here + 1 - DAY // CELL, here + 1)
    known = np.maximum(n, 1.0)
    strength = pp - p**2 / known
    slope = (pv - p * v / known) / np.maximum(strength, 1e-9)
    pace = -slope * DAY / CELL - habit.rate
    return (n >= FEWEST_IN) & (strength > 0) & (pace < habit.slowest)


def without_outliers(level: Floats) -> Floats:
    """Each reading is the middle of itself and the two before it: one wild reading moves nothing."""
    out, here = np.full(len(level), np.nan), np.flatnonzero(np.isfinite(level))
    if len(here):
        values = level[here]
        before = np.concatenate([values[:1], values[:1], values])
        out[here] = np.median(np.stack([before[:-2], before[1:-1], values]), axis=0)
    return out


def habit_of(level: Floats, jump: float, noise: float, worth: float) -> MeterHabit:
    """Of healthy cells of ten minutes, in order, NaN where nothing was read."""
    values = level[np.isfinite(level)]
    scale = float(np.quantile(np.abs(values), 0.99))
    steps = np.diff(np.unique(np.round(values, 9)))
    resolution = float(np.quantile(steps, 0.05)) if len(steps) else UNKNOWN * scale
    change = np.diff(_days_of(level))
    falls = change[np.abs(change) < jump]
    rate = max(-float(falls.mean()), 0.0) if len(falls) else 0.0
    any_pace = MeterHabit(scale, resolution, rate, jump, noise, -np.inf, (1.0,) * len(SPANS))
    here, rising = np.arange(len(level)), _rising(level, any_pace)
    middle = without_outliers(level)
    begins = np.maximum.accumulate(np.where(rising, here + 1, 0))
    settled = np.where(begins > 0, begins + COOLS, 0)
    z, _, _ = ramps(middle + recalibrations(middle, any_pace)[0], settled, any_pace)
    return MeterHabit(
        scale,
        resolution,
        rate,
        jump,
        noise,
        slowest=max(4.0 * worth, SLOWEST * scale),
        needed=tuple(map(_needed, SPANS, z)),
        is_coarse=bool(np.mean(np.diff(values) == 0.0) > RESTS and resolution > COARSE * scale),
    )


def _needed(span: int, z: Floats) -> float:
    """The z-score that is rare enough for a meter whose healthy cells have these.

    Of the wander of hours and more, a first history shows little: there it takes more.
    """
    healthy = z[np.isfinite(z)]
    if not len(healthy):
        return SURE
    return max(
        SURE, (TIMES if span <= SHORT else WANDERS) * float(np.quantile(np.abs(healthy), RARE))
    )


def _days_of(level: Floats) -> Floats:
    """The mean of every 144 cells that hold a reading."""
    whole = level[: len(level) // (DAY // CELL) * (DAY // CELL)].reshape(-1, DAY // CELL)
    read = np.isfinite(whole)
    here = read.any(axis=1)
    return np.asarray(np.where(read, whole, 0.0)[here].sum(axis=1) / read[here].sum(axis=1))

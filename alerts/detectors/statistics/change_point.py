"""Has a daily statistic begun to drift? A generalised likelihood ratio over every possible beginning.

The statistic is taken as: a level for each segment (a refill, a recalibration or a service begins a
new one), plus what its daily context explains within a prior, plus noise that remembers itself from
day to day, plus perhaps a ramp that began on some day. The ratio of the likelihoods with and without
the ramp is the square of the z-score given here. Noise and its memory are estimated beside the best
ramp, so a drift does not pass for noise; they are estimated by restricted maximum likelihood over a
small grid (Harville 1977).
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import cholesky, solve_triangular
from scipy.special import ndtri, stdtr

from alerts.detectors.base import Bools, Floats

MEMORIES = (0.6, 0.88, 0.97)  # of noise, a day
SHARES = (0.0, 0.2, 0.5, 0.9)  # of noise that remembers
YOUNGEST, OLDEST = 3.0, 75.0  # days since the beginning that is looked for
YEAR = 365.2425  # days
TWICE = 0.05  # of a season is its half-yearly part: a cold winter is not the mirror of a summer
BEFORE = 10  # days that must lie before it
SUSPECT, CERTAIN = 3.0, 12.0  # z-scores between which the noise is worth estimating anew


@dataclass(frozen=True)
class Noise:
    """How a statistic moves while nothing is wrong. `scale` is a standard deviation in its unit."""

    scale: float
    share: float
    memory: float


@dataclass(frozen=True)
class DailySeries:
    """One statistic, day by day; only days that have one."""

    day: Floats  # (n,) number of the day
    value: Floats
    spread: Floats  # (n,) variance of each value, relative: 1 is usual
    segment: Floats  # (n,) number of the segment
    context: Floats  # (n, k) what else it may follow, centred
    prior: Floats  # (k,) standard deviation of its influence, in the statistic's unit
    slope: bool = False  # it has a slope of its own when well, as a level that is used up
    youngest: float = YOUNGEST  # days since the latest beginning of a drift that is looked for
    season: float = 0.0  # how far it may swing with the year, in standard deviations of its noise

    def only(self, here: Bools) -> "DailySeries":
        """Some of its days."""
        return replace(
            self,
            day=self.day[here],
            value=self.value[here],
            spread=self.spread[here],
            segment=self.segment[here],
            context=self.context[here],
        )


@dataclass(frozen=True)
class Ramp:
    """The best drift that was found."""

    z: float  # signed
    slope: float  # a day, beyond what is normal
    onset: float  # number of the day
    onsets: Floats  # every beginning that was tried
    weights: Floats  # how likely each is, given that there is a drift
    slopes: Floats  # slope of each
    errors: Floats  # its standard deviation
    noise: Noise

    def size_on(self, day: float) -> float:
        """How far it has drifted by `day`."""
        return self.slope * max(0.0, day - self.onset)


def covariance(series: DailySeries, noise: Noise) -> Floats:
    """(n, n): of the days' values, beside the levels of their segments."""
    apart = np.abs(series.day[:, None] - series.day[None, :]).round().astype(np.int64)
    out = (noise.share * noise.memory ** np.arange(apart.max() + 1))[apart]
    out[np.diag_indices_from(out)] += (1.0 - noise.share) * series.spread + 0.01
    if series.season:
        out += yearly(np.arange(apart.max() + 1.0), series.season)[apart]
    out *= noise.scale**2
    if series.context.shape[1]:
        scaled = series.context * series.prior
        out += scaled @ scaled.T
    return out


def yearly(apart: Floats, season: float) -> Floats:
    """Covariance of days so far apart, of what comes again each year, and a little twice a year."""
    angle = 2.0 * np.pi * apart / YEAR
    return np.asarray(season**2 * (np.cos(angle) + TWICE**2 * np.cos(2.0 * angle)))


def levels(series: DailySeries) -> Floats:
    """(n, k): the columns of unknown size, a level for each segment and perhaps a slope of its own."""
    numbers = np.unique(series.segment)
    columns = [(series.segment == number).astype(float) for number in numbers]
    if series.slope:
        columns.append((series.day - series.day.mean()) / max(1.0, np.ptp(series.day)))
    return np.stack(columns, axis=1)


def _whiten(series: DailySeries, noise: Noise, others: Floats) -> tuple[Floats, Floats, float]:
    """The root of the covariance's inverse applied to `others`, with the levels projected out."""
    root = cholesky(covariance(series, noise), lower=True, check_finite=False)
    flat = solve_triangular(root, levels(series), lower=True, check_finite=False)
    white = solve_triangular(root, others, lower=True, check_finite=False)
    basis, upper = np.linalg.qr(flat)
    size = 2 * np.log(np.diag(root)).sum() + 2 * np.log(np.abs(np.diag(upper)) + 1e-12).sum()
    return white - basis @ (basis.T @ white), upper, float(size)


def estimate_noise(series: DailySeries, ramp: Floats | None = None) -> Noise:
    """Noise of the days, beside a ramp if one is given. Needs as many days as `BEFORE`."""
    rough = _rough(series.value)
    columns = series.value[:, None]
    if ramp is not None:
        columns = np.column_stack([columns, ramp])
    free = len(series.value) - levels(series).shape[1] - (ramp is not None)
    best, likeliest = Noise(rough, 0.0, MEMORIES[0]), -np.inf
    for share in SHARES:
        for memory in MEMORIES if share else MEMORIES[:1]:
            noise = Noise(rough, share, memory)
            white, _, size = _whiten(series, noise, columns)
            rest = float(white[:, 0] @ white[:, 0])
            if ramp is not None:
                strength = float(white[:, 1] @ white[:, 1])
                rest -= float(white[:, 1] @ white[:, 0]) ** 2 / max(strength, 1e-12)
                size += np.log(max(strength, 1e-12))
            rest = max(rest, 1e-12)
            likely = -0.5 * (free * np.log(rest / free) + size)
            if likely > likeliest:
                best = Noise(rough * float(np.sqrt(rest / free)), share, memory)
                likeliest = likely
    return best


def _rough(values: Floats) -> float:
    """Standard deviation, from the differences from day to day; a few large ones do not matter."""
    steps = np.diff(values)
    middle = np.median(np.abs(steps - np.median(steps))) * 1.4826 / np.sqrt(2.0)
    overall = float(np.std(values)) or 1.0
    return float(max(middle, 1e-3 * overall, 1e-9))


def best_ramp(series: DailySeries, noise: Noise | None = None) -> Ramp | None:
    """The likeliest beginning of a drift up to the last day; None with too few days.

    `noise`: an estimate made earlier, to save time while nothing is suspected.
    """
    last = series.day[-1] if len(series.day) else 0.0
    if len(series.day) < BEFORE + series.youngest + 1:
        return None
    earliest = max(series.day[BEFORE], last - OLDEST)
    onsets = np.arange(earliest, last - series.youngest + 1.0)
    if not len(onsets):
        return None
    ramps = np.maximum(0.0, series.day[:, None] - onsets[None, :])
    first = noise or estimate_noise(series)
    ramp = _likeliest(series, first, onsets, ramps)
    if noise is None or SUSPECT < abs(ramp.z) < CERTAIN:
        at = int(np.argmax(ramp.weights))
        ramp = _likeliest(series, estimate_noise(series, ramps[:, at]), onsets, ramps)
    return ramp


def _likeliest(series: DailySeries, noise: Noise, onsets: Floats, ramps: Floats) -> Ramp:
    """Of ramps that begin on these days the likeliest, beside this noise."""
    white, _, _ = _whiten(series, noise, np.column_stack([series.value, ramps]))
    own, signs = white[:, 0], white[:, 1:]
    strength = np.maximum((signs**2).sum(axis=0), 1e-12)
    dots = signs.T @ own
    z = dots / np.sqrt(strength)
    at = int(np.argmax(np.abs(z)))
    # beside the ramp: what the best one explains is not noise
    free = len(own) - levels(series).shape[1] - 2.0
    rest = max(float(own @ own - z[at] ** 2), 1e-9)
    scale = np.sqrt(rest / max(free, 1.0)) if free > 0 else np.inf
    scale = max(scale, 0.7)
    log_weights = 0.5 * (z / scale) ** 2
    weights = np.exp(log_weights - log_weights.max())
    return Ramp(
        z=float(_as_normal(z[at] / scale, free)),
        slope=float(dots[at] / strength[at]),
        onset=float(onsets[at]),
        onsets=onsets,
        weights=weights / weights.sum(),
        slopes=dots / strength,
        errors=scale / np.sqrt(strength),
        noise=noise,
    )


def forecast_widening(
    series: DailySeries, noise: Noise, ahead: float = 14.0, base: float = 28.0
) -> float:
    """How much wider than the noise says the lines of this series must be drawn, at least 1.

    From every fortnight of the past a line is drawn through the `base` days before it and on for
    `ahead` days: eight of ten of its errors should lie within 1.28 of their standard deviations.
    """
    errors = []
    last = series.day[-1] if len(series.day) else 0.0
    for cut in np.arange(last - ahead, series.day[0] + base if len(series.day) else 1.0, -ahead):
        past = series.day <= cut
        coming = (series.day > cut + ahead - 4) & (series.day <= cut + ahead)
        coming &= series.segment == series.segment[past][-1] if past.any() else False
        if past.sum() < BEFORE or not coming.any():
            continue
        seen = past | coming
        part = series.only(seen)
        line = np.maximum(0.0, part.day - max(cut - base, part.day[0])) * (not series.slope)
        columns = levels(part) if series.slope else np.column_stack([levels(part), line])
        errors.append(_error(part, noise, columns, part.day > cut))
    if len(errors) < 4:
        return 1.25
    return float(np.clip(np.quantile(errors, 0.8) / 1.2816, 1.0, 3.0))


def _error(series: DailySeries, noise: Noise, columns: Floats, coming: Bools) -> float:
    """Of the mean of the coming days, in standard deviations of its forecast from the past."""
    joint = covariance(series, noise)
    flat = columns @ columns.T * (1e3 * noise.scale) ** 2 / max(1.0, float((columns**2).mean()))
    joint = joint + flat
    past = ~coming
    gain = np.linalg.solve(joint[np.ix_(past, past)], joint[np.ix_(past, coming)]).mean(axis=1)
    error = series.value[coming].mean() - gain @ series.value[past]
    spread = joint[np.ix_(coming, coming)].mean() - joint[np.ix_(past, coming)].mean(axis=1) @ gain
    return float(abs(error) / np.sqrt(max(float(spread), 1e-18)))


def level_and_slope(
    series: DailySeries, noise: Noise, onset: float | None
) -> tuple[Floats, Floats]:
    """(2,) value and slope on the last day, (2, 2) their covariance; `onset`: of a ramp, or none."""
    columns = levels(series)
    last = np.zeros((2, columns.shape[1]))
    last[0] = columns[-1]
    last[1, -1] = 1.0 / max(1.0, float(np.ptp(series.day)))
    if onset is not None:
        columns = np.column_stack([columns, np.maximum(0.0, series.day - onset)])
        last = np.column_stack([last, [max(0.0, series.day[-1] - onset), 1.0]])
    root = cholesky(covariance(series, noise), lower=True, check_finite=False)
    white = solve_triangular(
        root, np.column_stack([columns, series.value]), lower=True, check_finite=False
    )
    known = white[:, :-1].T @ white[:, :-1]
    inverse = np.linalg.pinv(known)
    best = inverse @ (white[:, :-1].T @ white[:, -1])
    return last @ best, last @ inverse @ last.T


def _as_normal(t: float, free: float) -> float:
    """The z-score that is as rare as Student's `t`: few days make no strong words."""
    if abs(t) > 30:
        return float(np.sign(t)) * 30.0 * min(1.0, free / 20.0)
    rare = max(float(stdtr(max(free, 1.0), -abs(t))), 1e-150)
    return float(np.sign(t) * -ndtri(rare))

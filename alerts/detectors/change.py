"""Has a daily statistic begun to drift? A generalised likelihood ratio over every possible beginning.

The statistic is taken as: a level for each segment (a refill, a recalibration or a service begins a
new one), plus what its daily context explains within a prior, plus noise that remembers itself from
day to day, plus perhaps a ramp that began on some day. The ratio of the likelihoods with and without
the ramp is the square of the z-score given here. Noise and its memory are estimated beside the best
ramp, so a drift does not pass for noise; they are estimated by restricted maximum likelihood over a
small grid (Harville 1977).
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cholesky, solve_triangular
from scipy.special import ndtri, stdtr

from alerts.detectors.base import Floats

MEMORIES = (0.6, 0.85, 0.95, 0.985)  # of noise, a day
SHARES = (0.0, 0.15, 0.4, 0.7, 0.92)  # of noise that remembers
YOUNGEST, OLDEST = 3, 75  # days since the beginning that is looked for
BEFORE = 10  # days that must lie before it
FLAT = 1e6  # prior variance of what is not known at all, in units of the noise


@dataclass(frozen=True)
class Noise:
    """How a statistic moves while nothing is wrong. `scale` is a standard deviation in its unit."""

    scale: float
    share: float
    memory: float


@dataclass(frozen=True)
class Series:
    """One statistic, day by day; only days that have one."""

    day: Floats  # (n,) number of the day
    value: Floats
    spread: Floats  # (n,) variance of each value, relative: 1 is usual
    segment: Floats  # (n,) number of the segment
    context: Floats  # (n, k) what else it may follow, centred
    prior: Floats  # (k,) standard deviation of its influence, in the statistic's unit
    slope: bool = False  # it has a slope of its own when well, as a level that is used up


@dataclass(frozen=True)
class Ramp:
    """The best drift that was found."""

    z: float  # signed
    slope: float  # a day, beyond what is normal
    begun: float  # number of the day
    begins: Floats  # every beginning that was tried
    weights: Floats  # how likely each is, given that there is a drift
    slopes: Floats  # slope of each
    errors: Floats  # its standard deviation
    noise: Noise

    @property
    def size(self) -> float:
        """A day's drift times its age is for who calls: see `grown`."""
        return self.slope

    def grown(self, day: float) -> float:
        """How far it has drifted by `day`."""
        return self.slope * max(0.0, day - self.begun)


def covariance(series: Series, noise: Noise) -> Floats:
    """Of the days' values, without the segments' levels."""
    apart = np.abs(series.day[:, None] - series.day[None, :])
    out = noise.share * noise.memory**apart
    out[np.diag_indices_from(out)] += (1.0 - noise.share) * series.spread + 0.01
    out *= noise.scale**2
    if series.context.shape[1]:
        scaled = series.context * series.prior
        out += scaled @ scaled.T
    return out


def levels(series: Series) -> Floats:
    """What is known of nothing: a level for each segment, and the own slope."""
    numbers = np.unique(series.segment)
    columns = [(series.segment == number).astype(float) for number in numbers]
    if series.slope:
        columns.append((series.day - series.day.mean()) / max(1.0, np.ptp(series.day)))
    return np.stack(columns, axis=1)


def _whiten(series: Series, noise: Noise, others: Floats) -> tuple[Floats, Floats, float]:
    """The root of the covariance's inverse applied to `others`, with the levels projected out."""
    root = cholesky(covariance(series, noise), lower=True, check_finite=False)
    flat = solve_triangular(root, levels(series), lower=True, check_finite=False)
    white = solve_triangular(root, others, lower=True, check_finite=False)
    basis, upper = np.linalg.qr(flat)
    size = 2 * np.log(np.diag(root)).sum() + 2 * np.log(np.abs(np.diag(upper)) + 1e-12).sum()
    return white - basis @ (basis.T @ white), upper, float(size)


def estimate_noise(series: Series, ramp: Floats | None = None) -> Noise:
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
    """Of the differences from day to day, not minding the few that are large."""
    steps = np.diff(values)
    middle = np.median(np.abs(steps - np.median(steps))) * 1.4826 / np.sqrt(2.0)
    whole = float(np.std(values)) or 1.0
    return float(max(middle, 1e-3 * whole, 1e-9))


def best_ramp(series: Series, noise: Noise | None = None) -> Ramp | None:
    """The likeliest beginning of a drift up to the last day; None with too few days.

    `noise`: an estimate made earlier, to save time while nothing is suspected.
    """
    last = series.day[-1] if len(series.day) else 0.0
    if len(series.day) < BEFORE + YOUNGEST + 1:
        return None
    earliest = max(series.day[BEFORE], last - OLDEST)
    begins = np.arange(earliest, last - YOUNGEST + 1.0)
    if not len(begins):
        return None
    ramps = np.maximum(0.0, series.day[:, None] - begins[None, :])
    first = noise or estimate_noise(series)
    found = _look(series, first, begins, ramps)
    if noise is None or abs(found.z) > 3.0:
        at = int(np.argmax(found.weights))
        found = _look(series, estimate_noise(series, ramps[:, at]), begins, ramps)
    return found


def _look(series: Series, noise: Noise, begins: Floats, ramps: Floats) -> Ramp:
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
        begun=float(begins[at]),
        begins=begins,
        weights=weights / weights.sum(),
        slopes=dots / strength,
        errors=scale / np.sqrt(strength),
        noise=noise,
    )


def _as_normal(t: float, free: float) -> float:
    """The z-score that is as rare as Student's `t`: few days make no strong words."""
    if abs(t) > 30:
        return float(np.sign(t)) * 30.0 * min(1.0, free / 20.0)
    rare = max(float(stdtr(max(free, 1.0), -abs(t))), 1e-150)
    return float(np.sign(t) * -ndtri(rare))

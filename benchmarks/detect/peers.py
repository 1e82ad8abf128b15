"""What others would do first: a limit, a control chart of the daily mean, a forest on raw values.

Each gives (day, alarm?) over time and knows only the first 30 days as healthy.
"""

from collections.abc import Callable

import numpy as np
from sklearn.ensemble import IsolationForest

from benchmarks.detect.devices import Case
from benchmarks.detect.environment import PER_DAY, Bools

FIRST = 30 * PER_DAY
Alarms = list[tuple[float, bool]]
MARGIN = {"magnet": 0.1, "tube": 3.0, "chiller": 1.0}  # beyond the healthy month's extremes
HELIUM_LIMIT = 60.0


def fixed_limit(device: Case) -> Alarms:
    """Beyond a limit for an hour: 60 % helium, else the first month's extremes and a margin."""
    y = device.columns[device.metric]
    if device.kind == "helium":
        beyond = y < HELIUM_LIMIT
    else:
        month = y[:FIRST]
        low, high = np.nanquantile(month, [0.001, 0.999])
        beyond = (y > high + MARGIN[device.kind]) | (y < low - MARGIN[device.kind])
    return _alarms_of(beyond, 6)


def ewma(device: Case) -> Alarms:
    """An EWMA chart (weight 0.2, 4 standard deviations) of the raw daily mean."""
    days = device.columns[device.metric].reshape(-1, PER_DAY)
    known = np.asarray(np.isfinite(days).any(axis=1))
    means = np.array(
        [np.nanmean(day) if any_ else np.nan for day, any_ in zip(days, known, strict=True)]
    )
    centre, spread = np.nanmean(means[:30]), np.nanstd(means[:30])
    chart, out = centre, []
    for number, mean in enumerate(means):
        chart = chart if np.isnan(mean) else 0.2 * mean + 0.8 * chart
        beyond = abs(chart - centre) > 4 * spread * np.sqrt(0.2 / 1.8)
        out.append((number + 1.0, bool(number >= 30 and beyond)))
    return out


def forest(device: Case) -> Alarms:
    """IsolationForest on value and contexts, contamination 0.01; an hour of it is an alarm."""
    table = np.stack(list(device.columns.values()), axis=1)
    table = np.where(np.isfinite(table), table, np.nanmedian(table[:FIRST], axis=0))
    model = IsolationForest(contamination=0.01, random_state=0).fit(table[:FIRST])
    return _alarms_of(model.predict(table) < 0, 6)


def _alarms_of(beyond: Bools, cells: int) -> Alarms:
    """An alarm begins after `cells` in a row and ends after a day without one. None in the first month."""
    out, run, calm, alarm = [], 0, 0, False
    for number, is_beyond in enumerate(beyond.tolist()):
        run = run + 1 if is_beyond else 0
        calm = 0 if is_beyond else calm + 1
        if number >= FIRST:
            alarm = (alarm and calm < PER_DAY) or run >= cells
        out.append(((number + 1) / PER_DAY, alarm))
    return out


PEERS: dict[str, Callable[[Case], Alarms]] = {
    "fixed limit": fixed_limit,
    "EWMA of the daily mean": ewma,
    "IsolationForest on raw values": forest,
}

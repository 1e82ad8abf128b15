"""From counters, or from numbers of each row, to events and use between one reading and the next."""

import numpy as np

from alerts.detectors.base import Floats, Ints
from core.time.clock import DAY

RISES = 0.75  # of the rows after one that is not zero are no lower: a total, not a number a row


def is_running_total(values: Floats) -> bool:
    """Is the column a total that rises, or what happened in each row's own time?

    A profile's counters are totals; an export often has numbers a row, which fall as often as they
    rise. A total may be set back now and then.
    """
    here = values[np.isfinite(values)]
    before, after = here[:-1], here[1:]
    happened = before > 0
    return bool(np.mean(after[happened] >= before[happened]) >= RISES) if happened.any() else True


def increases(values: Floats, is_total: bool) -> Floats:
    """How much each row adds to the one measured before it; NaN where nothing was measured.

    Where a total has fallen it was set back (a new tube, a restart, 32 bits that are full): how much
    happened in between is unknown, so that row is NaN too. A zero would be a claim.
    """
    out = np.full(len(values), np.nan)
    here = np.flatnonzero(np.isfinite(values))
    if is_total:
        rise = np.diff(values[here])
        out[here[1:]] = np.where(rise < 0, np.nan, rise)
    else:
        out[here] = np.where(values[here] < 0, np.nan, values[here])
    return out


def increments(
    at: Ints, metric: Floats, per: Floats | None, is_total: bool, is_use_total: bool
) -> tuple[Floats, Floats]:
    """(n,) each: events of a row, and the use in the same time: since the metric was last measured.

    Without `per` the use is time, in days. Causal: a row's numbers depend on no later row.
    """
    events = increases(metric, is_total)
    if per is None:
        total = (at - at[0]) / DAY if len(at) else np.zeros(0)
    else:
        total = np.nancumsum(increases(per, is_use_total))
    use = np.full(len(at), np.nan)
    here = np.flatnonzero(np.isfinite(metric))
    use[here[1:]] = np.diff(total[here])
    if not is_total and per is not None and len(here):
        use[here[0]] = total[here[0]]  # a number of its own row needs no row before
    return np.where(np.isfinite(use), events, np.nan), use

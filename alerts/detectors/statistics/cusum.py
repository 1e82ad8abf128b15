"""The cumulative sum test (Page 1954) over daily steps of evidence, for the daily detectors.

While all is well the sum lies near zero. It is bounded, so that an alarm of months does not take
months to believe that it is over.
"""

import numpy as np

from alerts.detectors.base import Floats

BOUND = 1.25  # times what an alarm needs
RARELY = 1000.0  # days between two false alarms of a device at least


def cumulative_sums(steps: Floats, needed: float) -> tuple[Floats, np.ndarray]:
    """(k,) each: of (n, k) daily steps the sum at the end, and the day on which it last left zero.

    `needed` is the sum that makes an alarm. A sum of zero has left it on day n: not yet.
    """
    total = np.zeros(steps.shape[1])
    begin = np.zeros(steps.shape[1], dtype=np.int64)
    for day, step in enumerate(steps):
        total = np.clip(total + step, 0.0, BOUND * needed)
        begin = np.where(total > 0.0, begin, day + 1)
    return total, begin

"""Examinations that a plug has seen and DICOM does not know of. Pure."""

import numpy as np

from collectors.plug_use.hours import COVERED, PlugLedger
from collectors.plug_use.metrics import EXAMINATIONS
from collectors.plug_use.power_curve import Floats, Times
from core.time.clock import DAY, HOUR

# By how much the plug must be beyond what it is off on a usual day: three times that, and one more.
# Engineering: some one day in a hundred, were its errors normal.
ERRORS, SPARE = 3.0, 1.0


def unarchived(
    ledger: PlugLedger, at: Times, counter: Floats, error_pct: float, last: int
) -> float | None:
    """How many more the plug has seen than DICOM counts, over the day up to `last` (UTC ms).

    0 where the plug's own error explains it. None where that day is not wholly known to both: `at` and
    `counter` are DICOM's, which has a reading at the end of each hour in which the PACS was asked.
    """
    hours = [ledger.hours.get(end) for end in range(last - DAY + HOUR, last + HOUR, HOUR)]
    shown = [hour.amounts[EXAMINATIONS] for hour in hours if hour and hour.covered >= COVERED]
    ends = np.isin([last - DAY, last], at)
    if len(shown) < len(hours) or not ends.all():
        return None
    begin, end = counter[np.searchsorted(at, [last - DAY, last])]
    if end < begin:  # it began anew
        return None
    missing = sum(shown) - float(end - begin)
    is_beyond = missing > ERRORS * error_pct / 100 * sum(shown) + SPARE
    return float(round(missing)) if is_beyond else 0.0

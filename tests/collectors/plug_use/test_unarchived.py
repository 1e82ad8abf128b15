"""A disagreement is only said where both witnesses know the whole day, and beyond the plug's own error."""

import numpy as np
import pytest

from collectors.plug_use.hours import PlugHour, PlugLedger
from collectors.plug_use.metrics import EXAMINATIONS
from collectors.plug_use.unarchived import unarchived
from core.time.clock import DAY, HOUR

LAST = 497_500 * HOUR


def ledger(an_hour: float = 1.0, *, without: int | None = None, covered: float = 1.0) -> PlugLedger:
    hour = PlugHour(readings=360, covered=covered, amounts={EXAMINATIONS: an_hour})
    return PlugLedger(hours={LAST - n * HOUR: hour for n in reversed(range(30)) if n != without})


def missing_of(
    own: PlugLedger, archived: float, *, ago: int = 0, error_pct: float = 5.0
) -> float | None:
    """By a counter that rises evenly to `archived` over the day, and was read until some hours ago."""
    at = np.array([LAST - n * HOUR for n in reversed(range(ago, 25))])
    counter = 700 + (at - LAST + DAY) / DAY * archived
    return unarchived(own, at, counter, error_pct, LAST)


@pytest.mark.parametrize(("archived", "missing"), [(24, 0), (21, 0), (30, 0), (16, 8), (0, 24)])
def test_what_is_beyond_its_error_is_missing(archived: float, missing: float) -> None:
    assert missing_of(ledger(), archived) == missing


def test_a_poor_witness_accuses_later() -> None:
    assert missing_of(ledger(), 16, error_pct=20) == 0
    assert missing_of(ledger(), 2, error_pct=20) == 22


def test_a_day_off_misses_nothing() -> None:
    assert missing_of(ledger(0.0), 0) == 0


def test_what_either_does_not_know_is_not_said() -> None:
    assert missing_of(ledger(), 0, ago=1) is None  # the PACS was not asked of the last hour
    assert missing_of(ledger(without=7), 0) is None
    assert missing_of(ledger(covered=0.3), 0) is None
    assert missing_of(ledger(), -5) is None  # the counter began anew
    assert unarchived(ledger(), np.empty(0, np.int64), np.empty(0), 5.0, LAST) is None

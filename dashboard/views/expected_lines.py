"""What was expected of each day beside what was, and the forecast up to the limit. Pure."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from dashboard.views.chart_lines import ChartLine, with_gaps
from dashboard.views.detector_status import GAP, VerdictRow, alarms_in

FORWARD = 3  # times the length of what was: a limit farther away is not drawn to


class ExpectedDrawing(NamedTuple):
    """Two lines, `value` and `expected`; the header has `alarms` and `forecast`."""

    header: dict[str, Any]
    lines: list[ChartLine]
    end: int  # of what is drawn, UTC milliseconds: the forecast lies ahead


def expected_drawing(rows: Sequence[VerdictRow], start: int, end: int) -> ExpectedDrawing:
    """Of the verdicts of one detector on one component in [start, end), oldest first."""
    days = [row for row in rows if row.value is not None]
    at = np.array([row.at for row in days], np.int64)
    value, expected, low, high = (
        np.array([_number(getattr(row, name)) for row in days], np.float64)
        for name in ("value", "expected", "low", "high")
    )
    is_break = np.diff(at, prepend=at[:1]) > GAP
    lines = [
        ChartLine("value", at, value, value, value),
        ChartLine("expected", at, expected, _or(low, expected), _or(high, expected)),
    ]
    forecast = _forecast(days[-1] if days else None)
    farthest = max((at for at in forecast.values() if at), default=end)
    header = {"alarms": alarms_in(rows, end), "forecast": forecast or None}
    reach = end + FORWARD * (end - start)
    return ExpectedDrawing(
        {**header, "limit": days[-1].limit if days else None},
        [with_gaps(line, is_break) for line in lines],
        min(farthest, reach),
    )


def _forecast(row: VerdictRow | None) -> dict[str, int | None]:
    """When the limit is reached, as the newest verdict has it: the likeliest, the earliest, the latest."""
    if row is None or row.limit is None or row.limit_at is None:
        return {}
    return {"at": row.limit_at, "earliest": row.limit_at_low, "latest": row.limit_at_high}


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def _or(values: np.ndarray[Any, np.dtype[np.float64]], others: Any) -> Any:
    return np.where(np.isnan(values), others, values)

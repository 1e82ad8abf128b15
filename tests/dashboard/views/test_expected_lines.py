"""What a detector expected, as it is drawn."""

import numpy as np

from core.time.clock import DAY
from dashboard.queries.detectors import _verdict_row
from dashboard.views.expected_lines import expected_drawing
from tests.dashboard.centre import verdict

END = 1_794_000_000_000
START = END - 30 * DAY


def test_the_forecast_is_drawn_to_the_limit_with_its_interval() -> None:
    newest = verdict(
        END - DAY, kind="anomaly", alarm=True, limit=60.0, limit_at=END + 20 * DAY,
        limit_at_low=END + 15 * DAY, limit_at_high=END + 31 * DAY,
    )  # fmt: skip
    rows = [_verdict_row(row) for row in (verdict(END - 2 * DAY), newest)]
    drawing = expected_drawing(rows, START, END)
    assert drawing.header["limit"] == 60
    assert drawing.header["forecast"] == {
        "at": END + 20 * DAY, "earliest": END + 15 * DAY, "latest": END + 31 * DAY,
    }  # fmt: skip
    assert drawing.end == END + 31 * DAY
    assert drawing.header["alarms"] == [(END - DAY, END)]


def test_a_limit_in_ten_years_does_not_press_the_past_flat() -> None:
    far = verdict(END - DAY, limit=60.0, limit_at=END + 3650 * DAY)
    assert expected_drawing([_verdict_row(far)], START, END).end == END + 90 * DAY


def test_days_without_a_value_or_an_expectation_are_gaps_and_never_zero() -> None:
    days = [
        verdict(END - 9 * DAY),
        verdict(END - 8 * DAY, expected=None, low=None, high=None),
        verdict(END - 7 * DAY, low=None, high=None),
        verdict(END - 6 * DAY, kind="absent", value=None),
        verdict(END - 2 * DAY),
    ]
    value, expected = expected_drawing([_verdict_row(day) for day in days], START, END).lines
    assert value.mean[~np.isnan(value.mean)].tolist() == [81.5] * 4
    assert np.isnan(value.mean[-2])
    assert np.isnan(expected.mean[1])
    assert expected.low[2] == expected.mean[2] == 81.6


def test_nothing_is_drawn_of_nothing() -> None:
    drawing = expected_drawing([], START, END)
    assert (drawing.end, drawing.header["forecast"]) == (END, None)

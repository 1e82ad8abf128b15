"""How many marks a chart has room for."""

from dashboard.views.chart_marks import MOST_MARKS, ChartMark, newest_marks


def test_of_each_kind_the_newest_are_drawn_and_none_crowds_out_another() -> None:
    events = [ChartMark("event", at, at, "info", "x") for at in range(3 * MOST_MARKS)]
    order = ChartMark("order", 5, None, "info", "y")
    marks = newest_marks([*reversed(events), order])
    assert len(marks) == MOST_MARKS + 1
    assert marks[0] == order
    assert marks[-1].start == 3 * MOST_MARKS - 1

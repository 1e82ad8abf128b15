"""What charts ask for: the script, values as bytes and as a file, marks."""

import csv
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from starlette.requests import Request
from starlette.responses import Response

from alerts.evaluation.feedback import note_service
from core.readings import Event, Reading
from core.time.clock import DAY, HOUR, MINUTE
from dashboard.http import charts
from dashboard.http.api.problems import ProblemError
from dashboard.http.charts_script import LIBRARY_PATH
from dashboard.queries import chart_marks
from tests.dashboard.centre import Centre, verdict
from tests.dashboard.sample_work import order_by_hand
from tests.dashboard.views.test_chart_lines import unpacked


def clock() -> int:
    return time.time_ns() // 1_000_000


def answer(route: Callable[[Request], Response], **query: object) -> Response:
    typed = urlencode(query).encode()
    return route(Request({"type": "http", "method": "GET", "query_string": typed, "headers": []}))


def content(response: Response) -> Any:
    return bytes(response.body)


def rows(response: Response) -> list[list[str]]:
    return list(csv.reader(content(response).decode("utf-8-sig").splitlines()))


def test_the_script_has_an_address_of_its_own_and_is_kept_for_ever() -> None:
    response = answer(charts.library)
    assert b"Dygraph" in content(response)
    assert "immutable" in response.headers["cache-control"]
    assert LIBRARY_PATH.startswith("/charts/dygraph-")


def test_a_chart_gets_each_reading_of_each_part_with_the_sites_clock(centre: Centre) -> None:
    now = clock()
    centre.hear(
        *(Reading("ups-1", "load_pct", 40 + n, now - n * MINUTE, "line1") for n in range(9))
    )
    centre.hear(Reading("ups-1", "load_pct", 55, now, "line2"))
    header, lines = unpacked(
        content(
            answer(
                charts.lines,
                device="ups-1",
                metric="load_pct",
                span="1h",
                parts='["line1","line2"]',
            )
        )
    )
    assert [line.name for line in lines] == ["line1", "line2"]
    assert lines[0].mean.tolist() == [40 + n for n in reversed(range(9))]
    assert lines[1].at.tolist() == [now]
    assert header["offsets"] == [[header["start"], 270]]
    assert header["end"] - header["start"] == HOUR


def test_five_years_of_a_value_read_by_hand_are_drawn(centre: Centre) -> None:
    now = clock()
    quarters = [now - number * 91 * DAY for number in reversed(range(20))]
    centre.hear(*(Reading("mr-1", "helium_level_pct", 80 + n, at) for n, at in enumerate(quarters)))
    response = answer(charts.lines, device="mr-1", metric="helium_level_pct", span="5y")
    _, [line] = unpacked(content(response))
    assert line.mean[~np.isnan(line.mean)].tolist() == [80.0 + number for number in range(20)]
    assert line.at[~np.isnan(line.mean)].tolist() == quarters


def test_the_file_has_units_zone_and_states_in_words(centre: Centre) -> None:
    now = clock()
    centre.hear(Reading("mr-1", "helium_level_pct", -2.5, now), Reading("mr-1", "door", 1, now))
    about = {"device": "mr-1", "since": now - HOUR, "until": now + MINUTE}
    level = rows(answer(charts.as_csv, metric="helium_level_pct", **about))
    assert level[1][1:] == ["mr-1", "helium_level_pct", "", "%", "-2.5", "-2.5", "-2.5"]
    assert level[1][0].endswith("+04:30")
    assert rows(answer(charts.as_csv, metric="door", **about))[1][5:] == ["open", "1", "1"]


def test_no_cell_of_the_file_is_a_formula(centre: Centre) -> None:
    now = clock()
    centre.hear(Reading("ups-1", "load_pct", 40, now, "=cmd|'/c calc'!A1"))
    response = answer(
        charts.as_csv, device="ups-1", metric="load_pct", since=now - HOUR, until=now + MINUTE,
        parts="[\"=cmd|'/c calc'!A1\"]",
    )  # fmt: skip
    assert rows(response)[1][3] == "'=cmd|'/c calc'!A1"


def test_what_happened_stands_on_the_chart_in_words(centre: Centre) -> None:
    now = clock()
    centre.alert("ct-2", "tube_hot", now - 5 * HOUR, ended_at=now - 4 * HOUR)
    centre.alert("mr-1", "helium_low", now - 5 * HOUR)
    centre.say(Event("ct-2", "arc", "Arc", now - 3 * HOUR, "error", code="E-7"))
    centre.say(Event("ct-2", "detector_calibrated", "Calibrated", now - 3 * HOUR))
    with centre.change(now) as tx:
        note_service(tx, "ct-2", now - 2 * HOUR, "Refilled")
    order_by_hand(centre, now - HOUR)
    marks = [
        (mark.kind, mark.text, mark.metric)
        for mark in chart_marks.marks("ct-2", now - DAY, now + MINUTE)
    ]
    assert ("alert", "Alert: The tube is hot", "tube_temp_c") in marks
    assert ("event", "Arc E-7", "") in marks
    assert ("service", "Calibrated", "") in marks
    assert ("service", "Done to it: Refilled", "") in marks
    kinds = [kind for kind, _, _ in marks]
    assert (kinds.count("order"), kinds.count("downtime")) == (1, 1)
    assert not any("Helium" in text for _, text, _ in marks)


def test_a_detectors_days_come_with_what_was_expected_and_the_forecast(centre: Centre) -> None:
    now = clock()
    centre.conclude(
        *(verdict(now - day * DAY) for day in range(9, 0, -1)),
        verdict(now, limit=60.0, limit_at=now + 20 * DAY),
    )
    response = answer(
        charts.verdicts, device="mr-1", detector="helium", since=now - 30 * DAY, until=now + MINUTE
    )
    header, [value, expected] = unpacked(content(response))
    assert len(value.at) == 10
    assert (expected.low[0], expected.high[0]) == (81.0, 82.2)
    assert header["forecast"]["at"] == now + 20 * DAY
    assert header["end"] == now + 20 * DAY


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"device": "ct-9", "metric": "door", "span": "24h"}, 404),
        ({"device": "mr-1", "metric": "tube_temp_c", "span": "24h"}, 404),
        ({"device": "mr-1", "metric": "door", "span": "12 parsecs"}, 400),
        ({"device": "mr-1", "metric": "door"}, 400),
        ({"device": "mr-1", "metric": "door", "since": 5, "until": 5}, 400),
        ({"device": "mr-1", "metric": "door", "span": "24h", "points": 10**9}, 400),
        ({"device": "mr-1", "metric": "door", "span": "24h", "parts": "[1"}, 400),
    ],
)
def test_what_cannot_be_answered_is_refused(
    centre: Centre, query: dict[str, object], status: int
) -> None:
    with pytest.raises(ProblemError) as refusal:
        answer(charts.lines, **query)
    assert refusal.value.status == status

"""How a device stands, as a table of cases."""

from pathlib import Path

import pytest

from core.readings import Reading
from core.schema.load import load_site
from core.schema.site import Device
from core.time.clock import MINUTE, SECOND
from core.vocabulary.severity import Severity
from dashboard.views.device_status import (
    AlertRow,
    DownRow,
    State,
    device_status,
    in_order,
)
from dashboard.views.freshness import fresh_for
from tests.dashboard.centre import build

NOW = 1_800_000_000_000
DEMO = Path(__file__).parents[3] / "config" / "demo.yaml"


@pytest.fixture
def devices(tmp_path: Path) -> dict[str, Device]:
    return load_site(build(tmp_path)).devices


def up(device: str, value: float, ago: int) -> Reading:
    kind = "mqtt" if device == "ct-2" else "snmp"
    return Reading(device, "up", value, NOW - ago, kind)


def alert(severity: Severity, metric: str = "tube_temp_c", state: str = "firing") -> AlertRow:
    return AlertRow(
        "", "", "rule", "Title", severity, metric, state, NOW - MINUTE, None, None, None, None
    )


ANSWERS = [up("mr-1", 1, 5 * SECOND)]
REFUSES = [up("mr-1", 0, 5 * SECOND)]
LONG_AGO = [up("mr-1", 1, 10 * MINUTE)]

CASES: list[tuple[str, list[Reading], list[AlertRow] | None, State]] = [
    ("it answers and nothing is wrong", ANSWERS, [], "ok"),
    ("it was never heard", [], [], "unknown"),
    ("it does not answer", REFUSES, [], "unavailable"),
    ("it answered, but that is long ago", LONG_AGO, [], "unavailable"),
    ("a note is no fault", ANSWERS, [alert("info")], "info"),
    ("a warning", ANSWERS, [alert("warning")], "warning"),
    ("the worst alert counts", ANSWERS, [alert("warning"), alert("critical")], "critical"),
    ("a pending alert does not count yet", ANSWERS, [alert("critical", state="pending")], "ok"),
    ("critical outweighs not answering", REFUSES, [alert("critical")], "critical"),
    ("not answering outweighs a warning", REFUSES, [alert("warning")], "unavailable"),
    ("'unreachable' says no more than that", REFUSES, [alert("error", "up")], "unavailable"),
    ("one of its sources is lost", ANSWERS, [alert("error", "up")], "error"),
    ("silent from the start", [], [alert("error", "up")], "error"),
]


@pytest.mark.parametrize(
    ("is_hard", "is_planned", "state"),
    [(True, False, "error"), (False, False, "warning"), (True, True, "info")],
)
def test_what_cannot_be_used_is_not_ok(
    devices: dict[str, Device], state: State, *, is_hard: bool, is_planned: bool
) -> None:
    down = [DownRow(1, "mr-1", is_hard, is_planned, NOW - MINUTE, None)]
    assert device_status(devices["mr-1"], ANSWERS, [], NOW, down=down).state == state


@pytest.mark.parametrize(
    ("readings", "alerts", "state"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_device_stands_as_the_table_says(
    devices: dict[str, Device],
    readings: list[Reading],
    alerts: list[AlertRow],
    state: State,
) -> None:
    assert device_status(devices["mr-1"], readings, alerts, NOW).state == state


def test_nothing_is_ok_while_nobody_judges(devices: dict[str, Device]) -> None:
    def stands(readings: list[Reading], alerts: list[AlertRow]) -> State:
        return device_status(devices["mr-1"], readings, alerts, NOW, is_judged=False).state

    assert stands(ANSWERS, []) == "unknown"
    assert stands(ANSWERS, [alert("warning")]) == "warning"
    assert stands(REFUSES, []) == "unavailable"


def test_a_value_is_only_as_live_as_the_source_that_brings_it() -> None:
    """The log file can be read, the probe on MQTT is silent: its last value is not of now."""
    device = load_site(DEMO).devices["ct-2"]
    readings = [
        Reading("ct-2", "up", 1, NOW - SECOND, "logfile"),
        Reading("ct-2", "up", 0, NOW - SECOND, "mqtt"),
        Reading("ct-2", "tube_housing_temp_c", 41, NOW - MINUTE),
        Reading("ct-2", "disk_free_mb", 7000, NOW - MINUTE),
    ]
    values = {value.name: value for value in device_status(device, readings, [], NOW).values}
    assert values["tube_housing_temp_c"].availability == "unavailable"
    assert values["disk_free_mb"].availability == "ok"


def test_a_device_without_a_source_is_unknown(devices: dict[str, Device]) -> None:
    assert device_status(devices["spare"], [], [], NOW).state == "unknown"


@pytest.mark.parametrize(
    ("said", "ago", "expected"),
    [(1, 5 * SECOND, "ok"), (1, 5 * MINUTE, "unknown"), (0, 5 * SECOND, "unavailable")],
)
def test_a_value_says_whether_it_is_of_now(
    devices: dict[str, Device], said: float, ago: int, expected: str
) -> None:
    readings = [
        up("mr-1", said, 5 * SECOND),
        Reading("mr-1", "helium_level_pct", 80, NOW - ago),
    ]
    values = device_status(devices["mr-1"], readings, [], NOW).values
    helium = next(value for value in values if value.name == "helium_level_pct")
    assert helium.availability == expected


def test_an_absent_device_is_not_heard_by_our_own_asking(devices: dict[str, Device]) -> None:
    readings = [Reading("mr-1", "helium_level_pct", 80, NOW - MINUTE), up("mr-1", 0, SECOND)]
    assert device_status(devices["mr-1"], readings, [], NOW).last_seen_at == NOW - MINUTE


def test_a_metric_that_no_source_repeats_does_not_grow_stale(devices: dict[str, Device]) -> None:
    assert fresh_for(devices["ct-2"], "scan_count") is None
    assert fresh_for(devices["ct-2"], "tube_temp_c") == 3 * MINUTE


def test_components_are_counted_not_spelled() -> None:
    names = ["port10", "port2", "", "/var", "line1"]
    assert sorted(names, key=in_order) == ["", "/var", "line1", "port2", "port10"]

"""Agents that were recorded in the field by others; the recordings are not part of Scanward."""

import os
from pathlib import Path
from typing import Any

import pytest

from collectors.snmp.parse import parse
from core.schema.load import load_profile
from core.schema.load_profiles import SHIPPED_PROFILES
from core.schema.metric import Metric
from core.schema.profile import Profile
from core.schema.sources.snmp import SnmpMap
from tests.collectors.snmp.cast import T0, device, snmp

ROOT = Path(__file__).parents[3]
FOLDER = Path(os.environ.get("SCANWARD_SHARED", ROOT.parent / "shared" / "data")) / "snmprec"

UPS, APC = "1.3.6.1.2.1.33.1", "1.3.6.1.4.1.318.1.1"
RITTAL, HOST = "1.3.6.1.4.1.9839.2.1.2", "1.3.6.1.2.1.25"

_NUMBERS = {"2", "65", "66", "67", "70"}  # INTEGER, Counter32, Gauge32, TimeTicks, Counter64


def recorded(name: str) -> dict[str, object]:
    """A recording as an agent would answer it."""
    path = FOLDER / f"{name}.snmprec"
    if not path.exists():
        pytest.skip("shared data folder absent")
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return {oid: answer(kind, text) for oid, kind, text in (line.split("|", 2) for line in lines)}


def answer(kind: str, text: str) -> object:
    if kind in _NUMBERS:
        return int(text)
    if kind == "4":
        return text.encode()
    if kind == "4x":
        return bytes.fromhex(text)
    return None if kind == "5" else text


def readings(
    answers: dict[str, object], values: list[dict[str, Any]], tables: list[dict[str, Any]]
) -> dict[tuple[str, str], float]:
    """(metric, component) -> value; fails if anything was unbelievable."""
    named = SnmpMap.model_validate({"values": values, "tables": tables})
    names = [value.metric for value in named.values] + [table.metric for table in named.tables]
    metrics = {name: Metric(title=name) for name in names}
    source = snmp(161)
    ours = device(source, profile=Profile(metrics=metrics, snmp=named))
    batch = parse(ours, source, answers, T0)
    assert not batch.events
    return {(r.metric, r.component): r.value for r in batch.readings}


@pytest.mark.parametrize("as_text", [False, True])
def test_a_ups_by_the_standard_mib_with_phases_it_does_not_have(as_text: bool) -> None:
    answers = recorded("deltaups_rfc1628string")
    if as_text:  # other firmware of this maker answers its numbers as text
        answers = {oid: str(a).encode() if a is not None else a for oid, a in answers.items()}

    found = readings(
        answers,
        [
            {"metric": "battery_charge_pct", "oid": f"{UPS}.2.4.0"},
            {"metric": "battery_voltage_v", "oid": f"{UPS}.2.5.0", "scale": 0.1},
            {"metric": "battery_current_a", "oid": f"{UPS}.2.6.0"},
            {"metric": "battery_temp_c", "oid": f"{UPS}.2.7.0"},
        ],
        [{"metric": "input_voltage_v", "oid": f"{UPS}.3.3.1.3", "component": "line{index}"}],
    )

    assert found == {
        ("battery_charge_pct", ""): 29.0,
        ("battery_voltage_v", ""): pytest.approx(55.4),
        ("battery_temp_c", ""): 14.0,
        ("input_voltage_v", "line1"): 2360.0,
    }


def test_an_apc_ups_in_tenths_and_timeticks() -> None:
    found = readings(
        recorded("apc_smtl1000-nmc3"),
        [
            {"metric": "battery_charge_pct", "oid": f"{APC}.1.2.3.1.0", "scale": 0.1},
            {"metric": "battery_temp_c", "oid": f"{APC}.1.2.3.2.0", "scale": 0.1},
            {"metric": "runtime_s", "oid": f"{APC}.1.2.2.3.0", "scale": 0.01},
            {"metric": "output_status", "oid": f"{APC}.1.4.1.1.0"},
        ],
        [{"metric": "room_temp_c", "oid": f"{APC}.25.1.2.1.6"}],
    )

    assert found == {
        ("battery_charge_pct", ""): pytest.approx(100.0),
        ("battery_temp_c", ""): pytest.approx(28.0),
        ("runtime_s", ""): pytest.approx(1522.0),
        ("output_status", ""): 2.0,
        ("room_temp_c", "1.1"): 27.0,
        ("room_temp_c", "2.1"): 28.0,
    }


def test_a_windows_server_by_its_labelled_storage_and_processors() -> None:
    storage = f"{HOST}.2.3.1"
    found = readings(
        recorded("windows_svr_2019_1809"),
        [],
        [
            {
                "metric": "storage_used_pct",
                "oid": f"{storage}.6",
                "of": f"{storage}.5",
                "label": f"{storage}.3",
                "scale": 100,
                "component": "{label}",
            },
            {"metric": "cpu_load_pct", "oid": f"{HOST}.3.3.1.2", "component": "cpu{index}"},
        ],
    )

    # D:\ is an empty drive of size 0: a gap, not a division.
    assert found == {
        ("storage_used_pct", r"C:\ Label:  Serial Number 10f82425"): pytest.approx(
            30.3192, abs=1e-3
        ),
        ("storage_used_pct", "Virtual Memory"): pytest.approx(21.0036, abs=1e-3),
        ("storage_used_pct", "Physical Memory"): pytest.approx(22.7092, abs=1e-3),
        ("cpu_load_pct", "cpu6"): 2.0,
        ("cpu_load_pct", "cpu7"): 4.0,
        ("cpu_load_pct", "cpu8"): 1.0,
        ("cpu_load_pct", "cpu9"): 1.0,
    }


def test_a_chiller_in_tenths() -> None:
    found = readings(
        recorded("pcoweb-rittalchiller"),
        [
            {"metric": "water_temp_c", "oid": f"{RITTAL}.136.0", "scale": 0.1, "component": "in"},
            {"metric": "water_temp_c", "oid": f"{RITTAL}.137.0", "scale": 0.1, "component": "out"},
            {"metric": "water_flow_l_min", "oid": f"{RITTAL}.73.0", "scale": 0.1},
            {"metric": "never_answered", "oid": f"{RITTAL}.999.0"},
        ],
        [],
    )

    assert found == {
        ("water_temp_c", "in"): pytest.approx(18.0),
        ("water_temp_c", "out"): pytest.approx(17.9),
        ("water_flow_l_min", ""): pytest.approx(141.3),
    }


def by_shipped_profile(
    profile: str, answers: dict[str, object], **settings: Any
) -> dict[tuple[str, str], float]:
    """(metric, component) -> value, by a profile as it is shipped; fails if anything was unbelievable."""
    source = snmp(161, **settings)
    ours = device(source, profile=load_profile(SHIPPED_PROFILES / f"{profile}.yaml"))
    batch = parse(ours, source, answers, T0)
    assert not batch.events
    return {(r.metric, r.component): r.value for r in batch.readings}


def test_a_ups_that_answers_volts_in_tenths_is_read_by_tables_of_the_site() -> None:
    volts = [
        {"metric": metric, "oid": f"{UPS}.{column}", "scale": 0.1, "component": "line{index}"}
        for metric, column in (("input_voltage_v", "3.3.1.3"), ("output_voltage_v", "4.4.1.2"))
    ]

    values = by_shipped_profile("ups-rfc1628", recorded("deltaups_rfc1628string"), tables=volts)

    assert values[("input_voltage_v", "line1")] == pytest.approx(236.0)
    assert values[("output_voltage_v", "line1")] == pytest.approx(230.0)


def test_a_three_phase_ups_of_eaton_keeps_all_its_lines() -> None:
    values = by_shipped_profile("ups-rfc1628", recorded("eaton-mgeups_93ps"))

    assert [values[("input_voltage_v", f"line{n}")] for n in (1, 2, 3)] == [238.0, 239.0, 240.0]


def test_an_apc_card_that_answers_only_in_tenths_is_read_by_the_profile() -> None:
    values = by_shipped_profile("ups-apc", recorded("apc_smtl1000-nmc3"))

    assert values[("battery_charge_pct", "")] == pytest.approx(100.0)
    assert values[("battery_temp_c", "")] == pytest.approx(28.0)

"""What must hold for every profile that ships."""

import re
from collections import Counter

import pytest

from core.schema.rules.absence import AbsenceRule
from core.schema.rules.anomaly import AnomalyRule
from core.schema.rules.limit import LimitRule
from core.schema.sources.logfile import LogMap
from core.schema.sources.mqtt import MqttMap
from core.schema.sources.prometheus import PrometheusMap
from core.schema.sources.snmp import SnmpMap
from core.vocabulary.severity import Severity
from tests.config.shelf import DEVICES, NAMES, answers, limits, profile

UNITS = {
    "_hu": "HU",
    "_snr": "",  # ratios of two of the same unit
    "_sdnr": "",
    "_c": "°C",
    "_k": "K",
    "_pct": "%",
    "_v": "V",
    "_a": "A",
    "_w": "W",
    "_s": "s",
    "_seconds": "s",
    "_h": "h",
    "_kj": "kJ",
    "_gy_cm2": "Gy·cm²",
    "_mgy": "mGy",
    "_mgy_cm": "mGy·cm",
    "_ms": "ms",
    "_min": "min",
    "_hz": "Hz",
    "_n": "N",
    "_mm": "mm",
    "_mb": "MB",
    "_bytes": "B",
    "_psi": "psi",
    "_gpm": "gpm",
    "_lpm": "l/min",
    "_g_cm2": "g/cm²",
    "_count": "",
    "_errors": "",
}
REFERENCE = re.compile(
    r"\b(?:RFC \d+|[A-Z]{2}\d{6,}|MIB|guide|wiki|software|sheet|e-Handbook|QC Manual|CFR|makers of|AAPM TG-\d+)\b"
)
SERIOUSNESS: dict[Severity, int] = {"info": 0, "warning": 1, "error": 2, "critical": 3}
TREES = {
    "ups-rfc1628": ("1.3.6.1.2.1.33.",),
    "ups-apc": ("1.3.6.1.4.1.318.1.1.1.",),
    "chiller": ("1.3.6.1.4.1.9839.2.1.",),
    "room-avtech": ("1.3.6.1.4.1.20916.1.10.",),
    "server": ("1.3.6.1.2.1.25.",),
    "his-server": ("1.3.6.1.2.1.25.",),
    "pacs": ("1.3.6.1.2.1.25.",),
    "network-switch": ("1.3.6.1.2.1.1.3.", "1.3.6.1.2.1.2.2.", "1.3.6.1.2.1.31.1.1."),
}
# What no map of a profile says, because every DICOM source brings it under the same name: headers, and
# images of phantoms (docs/phantoms.md).
BY_DICOM = {
    *("image_transfer_delay_s", "compression_force_n", "qa_water_uniformity_hu"),
    *("exposures_count", "examination_count", "unarchived_min"),
}
BY_PLUG = {"unarchived_examination_count"}
HELIUM_WORDS = ("helium", "compressor", "coldhead", "shield", "quench", "o2_")


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_profile_loads_with_a_title(name: str) -> None:
    assert profile(name).title


@pytest.mark.parametrize("name", DEVICES)
def test_every_device_has_its_own_title_a_kind_and_one_to_three_tiles(name: str) -> None:
    assert profile(name).title not in ("Device", "Energy meter", "Climate sensor", "Exported log")
    assert profile(name).kind
    assert 1 <= sum(metric.tile for metric in profile(name).metrics.values()) <= 3


@pytest.mark.parametrize("name", NAMES)
def test_every_metric_carries_its_unit_in_its_name(name: str) -> None:
    for metric, shape in profile(name).metrics.items():
        if shape.kind == "state":
            assert shape.states, metric
            continue
        suffix = max((end for end in UNITS if metric.endswith(end)), key=len, default=None)
        assert suffix, f"{metric} ends in no known unit"
        assert shape.unit == UNITS[suffix], metric
        assert not shape.states, metric


@pytest.mark.parametrize("name", NAMES)
def test_every_plausible_range_is_a_range(name: str) -> None:
    for metric, shape in profile(name).metrics.items():
        if shape.plausible:
            assert shape.plausible[0] < shape.plausible[1], metric


@pytest.mark.parametrize("name", NAMES)
def test_every_limit_can_be_reached_and_left_by_a_plausible_value(name: str) -> None:
    for rule in limits(name):
        metric = profile(name).metrics[rule.metric]
        low, high = metric.plausible or (min(metric.states or [0]), max(metric.states or [10**6]))
        assert low <= rule.limit <= high, rule.id
        assert any(rule.is_beyond(value) for value in (low, high)), rule.id
        assert any(rule.is_clear(value) for value in (low, high)), rule.id


@pytest.mark.parametrize("name", NAMES)
def test_a_more_serious_limit_lies_further_out(name: str) -> None:
    for one in limits(name):
        for other in limits(name):
            same = one.metric == other.metric and (one.above is None) == (other.above is None)
            if same and SERIOUSNESS[one.severity] < SERIOUSNESS[other.severity]:
                assert one.is_beyond(other.limit), f"{one.id} and {other.id}"


@pytest.mark.parametrize("name", NAMES)
def test_a_limit_that_is_not_our_own_guess_names_its_reference(name: str) -> None:
    for rule in profile(name).rules:
        if rule.basis != "engineering":
            assert REFERENCE.search(rule.source), f"{rule.id}: {rule.source!r}"


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_title_is_a_short_sentence(name: str) -> None:
    for rule in profile(name).rules:
        assert rule.title[0].isupper(), rule.id
        assert len(rule.title) <= 60, rule.id
        assert not rule.title.endswith("."), rule.id


@pytest.mark.parametrize("name", DEVICES)
def test_every_source_of_a_device_is_heard_once(name: str) -> None:
    """A part that is extended by two ways would be read twice."""
    whole = profile(name)
    oids = Counter(value.oid for value in answers(name))
    fields = Counter(
        (message.topic, value.metric, value.path)
        for message in MqttMap.of(whole).messages
        for value in message.values
    )
    online = Counter(message.topic for message in MqttMap.of(whole).messages if message.online)
    for counted in (oids, fields, online):
        assert [what for what, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_topic_belongs_to_one_device(name: str) -> None:
    for message in MqttMap.of(profile(name)).messages:
        assert message.topic.count("{topic}") == 1
        assert not set("#+") & set(message.topic)


@pytest.mark.parametrize("name", NAMES)
def test_every_oid_lies_under_the_tree_of_its_mib(name: str) -> None:
    snmp = SnmpMap.of(profile(name))
    for value in answers(name):
        assert value.oid.startswith(TREES[name]), value.oid
    for table in snmp.tables:
        for other in (table.of, table.label):
            assert other is None or other.startswith(TREES[name]), other
    for scalar in snmp.values:
        assert scalar.oid.endswith(".0"), scalar.oid


@pytest.mark.parametrize("name", ["siemens-magnetom-c", "demo-magnetom-c"])
def test_a_permanent_magnet_has_nothing_of_a_superconducting_one(name: str) -> None:
    whole = profile(name)
    said = [*whole.metrics, *(rule.id for rule in whole.rules)]
    said += [pattern.event or "" for pattern in LogMap.of(whole).patterns]
    assert [word for word in said if any(bad in word for bad in HELIUM_WORDS)] == []


@pytest.mark.parametrize("name", ["mri-superconducting", "mri-philips"])
def test_a_superconducting_magnet_is_watched_for_helium_cold_and_oxygen(name: str) -> None:
    whole = profile(name)
    watched = {rule.watched_metric(whole) for rule in whole.rules}
    assert {"helium_level_pct", "coldhead_temp_k", "compressor_on", "o2_level_pct"} <= watched


@pytest.mark.parametrize("name", NAMES)
def test_every_metric_that_is_judged_is_one_the_profile_can_hear(name: str) -> None:
    whole = profile(name)
    heard = {"up", "response_ms", *BY_DICOM, *BY_PLUG}
    heard |= {value.metric for value in answers(name)}
    heard |= {value.metric for m in MqttMap.of(whole).messages for value in m.values}
    heard |= {value.metric for value in PrometheusMap.of(whole).values}
    heard |= {p.metric for p in LogMap.of(whole).patterns if p.metric}
    judged = {rule.metric for rule in whole.rules if isinstance(rule, LimitRule | AbsenceRule)}
    assert judged <= heard
    assert {metric for one in whole.detectors for metric in one.metrics} <= heard


@pytest.mark.parametrize("name", NAMES)
def test_the_silence_of_a_watched_sensor_is_told_once(name: str) -> None:
    """By an absence rule of the metric, or by its detector: never by both, never by none."""
    whole = profile(name)
    absences = {rule.metric for rule in whole.rules if isinstance(rule, AbsenceRule)}
    for rule in whole.rules:
        if isinstance(rule, AnomalyRule) and "stuck" in rule.verdicts:
            assert "impossible" in rule.verdicts, rule.id
            watched = set(whole.detector(rule.detector).metrics)
            without_scan = rule.detector == "magnet_frequency"  # its silence is no fault
            told_by_metric = watched <= absences or without_scan
            assert ("absent" in rule.verdicts) != told_by_metric, rule.id
            assert not ("absent" in rule.verdicts and watched & absences), rule.id


@pytest.mark.parametrize("name", NAMES)
def test_every_drift_has_a_rule_for_its_sensor(name: str) -> None:
    whole = profile(name)
    told = {r.detector for r in whole.rules if isinstance(r, AnomalyRule) and "stuck" in r.verdicts}
    assert {one.id for one in whole.detectors if one.kind in ("drift", "frequency")} <= told

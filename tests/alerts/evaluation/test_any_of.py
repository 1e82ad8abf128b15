"""Any indicator of a fact makes the alert; it is over when none shows it. On the shipped UPS profiles."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.evaluation.engine import AlertEngine
from core.errors import ConfigError
from core.readings import Batch, Reading
from core.schema.load import load_profile, load_site
from core.time.clock import DAY, MINUTE, SECOND
from dashboard.components.device.values import rule_list
from storage.records import Alert, Records
from storage.records import alerts as alert_rows
from storage.series import SeriesReader, SeriesWriter
from tests.alerts.conftest import T0
from tests.storage.tables import made

SITE = """
id: test
name: Test
zone: Asia/Kabul
storage: {folder: FOLDER}
devices:
  - {id: ups-1, name: UPS, profile: PROFILE, plans: [], sources: [{kind: snmp, host: 192.0.2.1, community: c}]}
"""
MAINS, BATTERY = {"ups-rfc1628": 3, "ups-apc": 2}, {"ups-rfc1628": 5, "ups-apc": 3}


class Ups:
    """A UPS of a shipped profile, its readings and its alerts."""

    def __init__(self, folder: Path, profile: str) -> None:
        path = folder / "site.yaml"
        path.write_text(SITE.replace("FOLDER", str(folder)).replace("PROFILE", profile))
        self.site = load_site(path)
        self.mains, self.battery = MAINS[profile], BATTERY[profile]
        self.writer = SeriesWriter(self.site.series_path)
        self.records = made(Records(self.site.records_url))
        self.restart()

    def restart(self) -> None:
        self.engine = AlertEngine(self.site, SeriesReader(self.site.series_path), self.records)

    def read(self, at: int, **values: float) -> list[Alert]:
        """One answer of the agent, judged; the open alerts that it runs on battery."""
        self.store(at, **values)
        while self.engine.step():
            pass
        return self.alerts()

    def store(self, at: int, **values: float) -> None:
        readings = [Reading("ups-1", metric, value, at) for metric, value in values.items()]
        self.writer.append([Batch(readings)])

    def alerts(self) -> list[Alert]:
        with self.records.reading() as db:
            rows = alert_rows.open_alerts(db).values()
        return [row for row in rows if row.rule == "on_battery"]


@pytest.fixture(params=["ups-rfc1628", "ups-apc"])
def ups(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Ups]:
    ups = Ups(tmp_path, request.param)
    yield ups
    ups.writer.close()
    ups.records.close()


@pytest.mark.parametrize("seconds", [{}, {"on_battery_s": 0.0}])
def test_a_card_that_counts_no_seconds_is_believed_by_its_output_source(
    ups: Ups, seconds: dict[str, float]
) -> None:
    assert ups.read(T0, output_source=ups.mains, input_voltage_v=228.0, **seconds) == []
    [alert] = ups.read(T0 + MINUTE, output_source=ups.battery, input_voltage_v=0.0, **seconds)
    assert (alert.state, alert.severity, alert.fired_at) == ("firing", "error", T0 + MINUTE)
    assert (alert.metric, alert.value, alert.limit) == ("output_source", ups.battery, None)
    for minute in (2, 3):
        ups.restart()
        [alert] = ups.read(T0 + minute * MINUTE, output_source=ups.battery, **seconds)
        assert alert.state == "firing"
    assert ups.read(T0 + 4 * MINUTE, output_source=ups.mains, **seconds) == []


def test_a_card_that_only_counts_seconds_is_believed_too(ups: Ups) -> None:
    [alert] = ups.read(T0, on_battery_s=1.0)
    assert (alert.metric, alert.limit) == ("on_battery_s", 0)
    assert ups.read(T0 + MINUTE, on_battery_s=0.0) == []


def test_the_order_of_two_messages_does_not_end_it_and_begin_it_again(ups: Ups) -> None:
    [alert] = ups.read(T0, output_source=ups.battery)
    for n in range(1, 20):
        [still] = ups.read(T0 + n * SECOND, on_battery_s=0.0)
        [still] = ups.read(T0 + n * SECOND + 500, on_battery_s=float(n))
        assert still.id == alert.id
    assert ups.read(T0 + MINUTE, output_source=ups.mains) != []
    assert ups.read(T0 + MINUTE, on_battery_s=0.0) == []


def test_what_was_collected_meanwhile_is_judged_as_it_happened(ups: Ups) -> None:
    ups.store(T0, output_source=ups.battery, on_battery_s=0.0)
    ups.store(T0 + MINUTE, output_source=ups.battery, on_battery_s=0.0)
    ups.store(T0 + 2 * MINUTE, output_source=ups.mains, on_battery_s=0.0)
    assert ups.read(T0 + 3 * MINUTE, output_source=ups.mains, on_battery_s=0.0) == []
    with ups.records.reading() as db:
        [alert] = [row for row in alert_rows.alerts_since(db, 0) if row.rule == "on_battery"]
    assert (alert.fired_at, alert.ended_at) == (T0, T0 + 2 * MINUTE)


def test_an_indicator_that_is_gone_for_a_day_holds_no_alert(ups: Ups) -> None:
    ups.read(T0, output_source=ups.battery, on_battery_s=5.0)
    assert ups.read(T0 + DAY - SECOND, on_battery_s=0.0) != []
    assert ups.read(T0 + DAY, on_battery_s=0.0) == []


def test_it_is_explained_and_its_limit_is_drawn(ups: Ups) -> None:
    profile = ups.site.devices["ups-1"].profile
    text = rule_list(profile)
    assert "Time on battery above " in text
    assert ", or Output comes from battery" in text
    assert [limit.above for limit in profile.limits("on_battery_s")] == [0]
    assert profile.limits("output_source") == []


@pytest.mark.parametrize(
    ("indicators", "mistake"),
    [
        ("[{metric: a, above: 0}]", r"rules\[0\].indicators"),
        ("[{metric: a, above: 0}, {metric: b}]", r"rules\[0\].indicators\[1\]: .*needs one of"),
        ("[{metric: a, above: 0}, {metric: b, above: 1, equals: [2]}]", "needs one of"),
        ("[{metric: a, above: 0}, {metric: bb, above: 1}]", r"indicators\[1\].metric: unknown"),
        ("[{metric: a, above: 0}, {metric: b, abvoe: 1}]", r"indicators\[1\].abvoe: unknown key"),
    ],
)
def test_what_is_written_wrongly_is_reported_with_its_place(
    tmp_path: Path, indicators: str, mistake: str
) -> None:
    (tmp_path / "profiles").mkdir()
    path = tmp_path / "profiles" / "own.yaml"
    path.write_text(
        "title: Own\nkind: own\nmetrics: {a: {title: A}, b: {title: B}}\nrules:\n  - {id: fact, kind: any_of,"
        f" title: Fact, severity: error, basis: engineering, indicators: {indicators}}}\n"
    )
    with pytest.raises(ConfigError, match=mistake):
        load_profile(path)

"""A site of one device with one metric and the rules of a test, and a pen to write its history with."""

from pathlib import Path

from alerts.evaluation.engine import AlertEngine
from core.readings import Batch, Event, Reading
from core.schema.load import load_site
from core.time.clock import MINUTE
from core.vocabulary.readings import Quality
from storage.records import Alert, Records, ServiceEvent
from storage.records import alerts as alert_rows
from storage.series import SeriesReader, SeriesWriter
from tests.storage.tables import made

T0 = 1_760_000_400_000

SITE = """
id: test
name: Test
zone: Asia/Kabul
storage: {folder: FOLDER}
devices:
  - {id: ct-1, name: CT, profile: own, sources: [{kind: snmp, host: 192.0.2.1, community: c}]}
"""
PROFILE = """
title: Own
metrics:
  value_x: {title: Value, METRIC}
snmp: {values: [{metric: value_x, oid: 1.3.6.1.1}]}
rules:
  - {id: rule, title: Rule, metric: value_x, severity: warning, basis: engineering, RULE}
"""


def at(minute: float) -> int:
    return T0 + round(minute * MINUTE)


def write_site(folder: Path, rule: str, metric: str = "unit: K") -> Path:
    """The site file; `rule` and `metric` are the keys that the test is about, as YAML."""
    (folder / "profiles").mkdir()
    profile = PROFILE.replace("METRIC", metric).replace("RULE", rule)
    (folder / "profiles" / "own.yaml").write_text(profile)
    (folder / "site.yaml").write_text(SITE.replace("FOLDER", str(folder)))
    return folder / "site.yaml"


class SmallSite:
    """Minutes are counted from T0."""

    def __init__(self, folder: Path, rule: str, metric: str = "unit: K") -> None:
        self.site = load_site(write_site(folder, rule, metric))
        self.writer = SeriesWriter(self.site.series_path)
        self.now = at(10 * 365 * 24 * 60)  # the engine's clock, UTC ms
        self.records = made(Records(self.site.records_url, now=lambda: self.now))
        self.restart()

    def close(self) -> None:
        self.writer.close()
        self.records.close()

    def restart(self) -> None:
        """A new engine, as after a kill: all it knows is what it had stored."""
        self.engine = AlertEngine(self.site, SeriesReader(self.site.series_path), self.records)

    def read(
        self, value: float, minute: float, component: str = "", quality: Quality = "good"
    ) -> str:
        """One reading, judged at once; the state after it."""
        self.store(readings=[Reading("ct-1", "value_x", value, at(minute), component, quality)])
        return self.judge(component)

    def store(self, readings: list[Reading] = [], events: list[Event] = []) -> None:  # noqa: B006
        self.writer.append([Batch(list(readings), list(events))])

    def answer(self, minute: float) -> None:
        """The source answers: the site's time goes on."""
        self.store([Reading("ct-1", "up", 1, at(minute), "snmp")])
        self.judge()

    def judge(self, component: str = "") -> str:
        while self.engine.step():
            pass
        return self.state(component)

    def tick(self, minute: float) -> str:
        self.engine.tick(at(minute))
        return self.state()

    def serviced(self, minute: float) -> None:
        with self.records.writing("sara") as db:
            db.add(ServiceEvent(device="ct-1", at=at(minute), who="sara"))

    def state(self, component: str = "") -> str:
        with self.records.reading() as db:
            alert = alert_rows.open_alerts(db).get(("ct-1", component, "rule"))
        return "ok" if alert is None else alert.state

    def alerts(self) -> list[Alert]:
        """All of the rule, the oldest first."""
        with self.records.reading() as db:
            rows = alert_rows.alerts_since(db, 0)
        return sorted((row for row in rows if row.rule == "rule"), key=lambda row: row.id)

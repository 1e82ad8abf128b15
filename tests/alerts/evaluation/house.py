"""A small house of devices that depend on one another, on a timeline of minutes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from alerts.evaluation.engine import AlertEngine
from alerts.evaluation.watch import Watch
from core.readings import Batch, Reading
from core.schema.load import load_site
from core.time.clock import MINUTE
from storage.records import Alert, Incident, Records
from storage.series import SeriesReader, SeriesWriter
from tests.storage.tables import made

T0 = 1_760_000_400_000

PROFILES = {
    "switch": """
title: Switch
rules:
  - {id: unreachable, title: Does not answer, metric: up, below: 1, for: 2m, severity: error,
     out_of_service: hard, basis: engineering}
""",
    "ups": """
title: UPS
metrics: {battery: {title: On battery}, charge: {title: Charge}}
rules:
  - {id: on_battery, title: Runs on battery, metric: battery, above: 0, severity: error,
     explains: site, basis: engineering}
  - {id: charge_low, title: Almost empty, metric: charge, below: 20, severity: critical,
     basis: engineering}
""",
    "chiller": """
title: Chiller
metrics: {supply: {title: Supply}}
rules:
  - {id: supply_hot, title: Water too warm, metric: supply, above: 26, severity: error,
     out_of_service: hard, basis: engineering}
""",
    "scanner": """
title: Scanner
metrics: {tube: {title: Tube}, leak: {title: Leak}, flood: {title: Flood}}
rules:
  - {id: tube_hot, title: Tube hot, metric: tube, above: 60, severity: warning, basis: engineering}
  - {id: tube_very_hot, title: Tube very hot, metric: tube, above: 90, severity: error, basis: engineering}
  - {id: leak, title: Water, metric: leak, above: 0, severity: warning, basis: engineering}
  - {id: flood, title: Flood, metric: flood, above: 0, severity: critical, stands_alone: true,
     basis: engineering}
""",
}

SITE = """
id: test
name: Test
zone: Asia/Kabul
storage: {folder: FOLDER}
devices:
  - {id: switch-1, name: Switch, profile: switch, sources: [&s {kind: snmp, host: 192.0.2.1, community: c}]}
  - {id: ups-1, name: UPS, profile: ups, depends_on: [switch-1], sources: [*s]}
  - {id: chiller-1, name: Chiller, profile: chiller, depends_on: [switch-1], sources: [*s]}
  - {id: ct-1, name: CT, profile: scanner, depends_on: [ups-1, chiller-1], sources: [*s]}
  - {id: ct-2, name: CT, profile: scanner, depends_on: [ups-1], sources: [*s]}
"""


class House:
    """The site on a timeline of minutes; readings are judged at once, and time passes with each."""

    def __init__(self, folder: Path, uptime: Callable[[], int] | None = None) -> None:
        self.uptime = uptime
        (folder / "profiles").mkdir()
        for name, text in PROFILES.items():
            snmp = "snmp: {values: [{metric: up, oid: 1.3.6.1.1}]}\n"
            (folder / "profiles" / f"{name}.yaml").write_text(text + snmp)
        (folder / "site.yaml").write_text(SITE.replace("FOLDER", str(folder)))
        self.site = load_site(folder / "site.yaml")
        self.minute = 0.0
        self.writer = SeriesWriter(self.site.series_path)
        self.records = made(Records(self.site.records_url, now=self.now))
        self.restart()

    def now(self) -> int:
        return T0 + int(self.minute * MINUTE)

    def restart(self) -> None:
        series = SeriesReader(self.site.series_path)
        self.engine = AlertEngine(self.site, series, self.records, Watch(self.uptime))

    def at(self, minute: float, device: str, metric: str, value: float) -> None:
        """One reading at that minute, judged then."""
        self.store(minute, device, metric, value)
        self.look()

    def store(self, minute: float, device: str, metric: str, value: float) -> None:
        """One reading at that minute, not judged yet."""
        self.minute = minute
        component = "snmp" if metric == "up" else ""
        reading = Reading(device, metric, value, self.now(), component)
        self.writer.append([Batch([reading])])

    def look(self, minute: float | None = None) -> None:
        self.minute = self.minute if minute is None else minute
        while self.engine.step():
            pass
        self.engine.tick(self.now())

    def alert(self, device: str, rule: str) -> Alert:
        with self.records.reading() as db:
            query = select(Alert).where(Alert.device == device, Alert.rule == rule)
            return db.scalars(query.order_by(Alert.id.desc())).first() or pytest.fail("no alert")

    def incidents(self) -> list[tuple[str, set[str], bool]]:
        """Of each that was not merged: its cause, the devices in it, and whether it is open."""
        with self.records.reading() as db:
            rows = db.scalars(select(Incident).order_by(Incident.id)).all()
            alerts = db.scalars(select(Alert)).all()
            return [
                (
                    next(alert.rule for alert in alerts if alert.id == row.cause_id),
                    {alert.device for alert in alerts if alert.incident_id == row.id},
                    row.ended_at is None,
                )
                for row in rows
                if row.merged_into_id is None
            ]

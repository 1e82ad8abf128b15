"""A site of two devices with real stores, and a pen to write its history with."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from alerts.channels import Notification
from alerts.evaluation.engine import AlertEngine
from core.errors import DeliveryError
from core.readings import Batch, Reading
from core.schema.load import load_site
from core.schema.site import Site
from core.time.clock import MINUTE, SECOND
from storage.records import Alert, Records
from storage.records import alerts as alert_rows
from storage.series import SeriesReader, SeriesWriter
from tests.storage.tables import made

T0 = 1_760_000_400_000

PROFILE = """
title: Magnet
metrics:
  helium_level_pct: {title: Helium, unit: "%"}
  leak: {title: Leak}
rules:
  - {id: helium_low, title: Helium is low, metric: helium_level_pct, below: 60, clear: 62,
     for: 10m, severity: critical, basis: engineering}
  - {id: leak, title: Water, metric: leak, above: 0, severity: warning, basis: engineering}
"""

SITE = """
id: test
name: Test
zone: Asia/Kabul
storage: {folder: %s, records: 'file:%s'}
channels:
  - {id: log, kind: log}
  - {id: phone, kind: apprise, url: env:NOT_SET}
routes:
  - {severities: [info, warning, error, critical], channels: [log]}
  - {severities: [critical], channels: [phone]}
broker: {host: 127.0.0.1}
devices:
  - id: mri-2
    name: MRI
    profile: magnet
    room: Magnet room
    sources: [{kind: snmp, host: 192.0.2.1, community: public}]
  - id: mri-3
    name: Other MRI
    profile: magnet
    sources: [{kind: snmp, host: 192.0.2.2, community: public}]
"""


@dataclass
class Phone:
    """A channel whose line can be cut."""

    received: list[Notification] = field(default_factory=list)
    is_down: bool = False
    permanent: bool = False

    def send(self, notification: Notification) -> None:
        if self.is_down:
            raise DeliveryError("no line", permanent=self.permanent)
        self.received.append(notification)


class Centre:
    """The site on a timeline: readings at minutes after T0, and what the engine made of them."""

    def __init__(self, folder: Path, records_url: str) -> None:
        (folder / "records.url").write_text(records_url)
        (folder / "profiles").mkdir()
        (folder / "profiles" / "magnet.yaml").write_text(
            PROFILE + "snmp: {values: [{metric: leak, oid: 1.3.6.1.1}]}\n"
        )
        (folder / "site.yaml").write_text(SITE % (folder, folder / "records.url"))
        self.site: Site = load_site(folder / "site.yaml")
        self.writer = SeriesWriter(self.site.series_path)
        self.records = made(Records(self.site.records_url))
        self.restart()

    def restart(self) -> None:
        """A new engine, as after a kill: all it knows is what it had stored."""
        self.engine = AlertEngine(self.site, SeriesReader(self.site.series_path), self.records)

    def read(self, metric: str, value: float, minute: float, device: str = "mri-2") -> None:
        """One reading, judged at once."""
        component = "snmp" if metric == "up" else ""
        reading = Reading(device, metric, value, at(minute), component)
        self.writer.append([Batch([reading])])
        while self.engine.step():
            pass

    def state(self, rule: str, device: str = "mri-2") -> str:
        """Where the rule stands: ok, pending or firing."""
        with self.records.reading() as db:
            states = {
                key[2]: alert.state
                for key, alert in alert_rows.open_alerts(db).items()
                if key[0] == device
            }
        return states.get(rule, "ok")

    def alerts(self) -> list[Alert]:
        """All that ever fired or is pending, newest first."""
        with self.records.reading() as db:
            return alert_rows.alerts_since(db, 0)


def at(minute: float) -> int:
    return T0 + int(minute * MINUTE) // SECOND * SECOND


@pytest.fixture
def centre(tmp_path: Path, records_url: str) -> Iterator[Centre]:
    centre = Centre(tmp_path, records_url)
    yield centre
    centre.writer.close()
    centre.records.close()

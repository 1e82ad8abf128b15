"""A site with one detector, months of its readings, and a clock that is turned by hand."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.detection import Detection
from alerts.detection.backend import DetectorBackend
from alerts.detection.training import Trainer
from alerts.evaluation.engine import AlertEngine
from core.readings import Batch, Reading
from core.schema.load import load_site
from core.time.clock import DAY, MINUTE
from storage.detector_models.store import ModelStore
from storage.records import Alert, Records, Verdict
from storage.records import alerts as alert_rows
from storage.records import verdicts as verdict_rows
from storage.series import SeriesReader, SeriesWriter
from tests.alerts.detection.stub_detector import BACKEND, TrainerHere
from tests.storage.tables import made

NOW = 1_760_000_400_000 // DAY * DAY + 12 * 3_600_000  # about noon
STEP = 10 * MINUTE

PROFILE = """
title: Magnet
metrics:
  magnet_temp_c: {title: Magnet temperature, unit: °C}
  room_temp_c: {title: Room temperature, unit: °C}
detectors:
  - {id: magnet_drift, kind: drift, metric: magnet_temp_c, context: {room_temp_c: room_temp_c}}
rules:
  - {id: magnet_drifts, kind: anomaly, title: The magnet drifts, detector: magnet_drift,
     severity: warning, basis: engineering}
  - {id: magnet_hot_soon, kind: forecast, title: The magnet will be hot, detector: magnet_drift,
     above: 60, within: 30d, severity: error, basis: engineering}
  - {id: magnet_sensor, kind: anomaly, title: The magnet's sensor is broken,
     detector: magnet_drift, verdicts: [stuck, absent, impossible], severity: info,
     basis: engineering}
snmp:
  values:
    - {metric: magnet_temp_c, oid: 1.3.6.1.1}
    - {metric: room_temp_c, oid: 1.3.6.1.2}
"""

SITE = """
id: test
name: Test
zone: Asia/Kabul
storage: {folder: FOLDER}
devices:
  - {id: mri-1, name: MRI, profile: magnet, room: Magnet room,
     sources: [{kind: snmp, host: 192.0.2.1, community: public}]}
"""


class MonitoredSite:
    """The site with its stores, and the services that judge it."""

    def __init__(self, folder: Path, backend: DetectorBackend = BACKEND) -> None:
        (folder / "profiles").mkdir()
        (folder / "profiles" / "magnet.yaml").write_text(PROFILE)
        (folder / "site.yaml").write_text(SITE.replace("FOLDER", str(folder)))
        self.site = load_site(folder / "site.yaml")
        self.writer = SeriesWriter(self.site.series_path)
        self.series = SeriesReader(self.site.series_path)
        self.records = made(Records(self.site.records_url, now=lambda: NOW))
        self.models = ModelStore(self.site.models_path)
        self.engine = AlertEngine(self.site, self.series, self.records)
        self.backend = backend
        self.trainer: type[Trainer] = TrainerHere
        self.restart()

    def restart(self) -> None:
        """As after kill -9: all that is known is what was stored."""
        self.detection: Detection = Detection(
            self.site, self.series, self.records, self.models, "0.1.0", self.backend, self.trainer()
        )

    def measure(
        self, start: int, end: int, temp: float = 32.0, metric: str = "magnet_temp_c"
    ) -> None:
        """A reading each ten minutes, sealed."""
        readings = [
            Reading("mri-1", metric, temp + 0.1 * (at // STEP % 3), at)
            for at in range(start // STEP * STEP, end, STEP)
        ]
        self.writer.append([Batch(readings)])
        while self.writer.seal(everything=True):
            pass

    def run(self, now: int = NOW) -> None:
        """Until there is nothing left to judge or to learn."""
        until = time.monotonic() + 100  # the other process learns at the lowest priority
        while self.detection.step(now) or self.detection.is_learning:
            assert time.monotonic() < until
            if self.detection.is_learning:
                time.sleep(0.02)

    def judge(self) -> None:
        while self.engine.step_verdicts():
            pass

    def verdicts(self) -> list[Verdict]:
        with self.records.reading() as db:
            return verdict_rows.verdicts_of(db, "mri-1", 0, NOW + 1000 * DAY)

    def alerts(self) -> list[Alert]:
        with self.records.reading() as db:
            return alert_rows.alerts_since(db, 0)

    def close(self) -> None:
        self.detection.close()
        self.writer.close()
        self.records.close()


@pytest.fixture
def monitored(tmp_path: Path) -> Iterator[MonitoredSite]:
    monitored = MonitoredSite(tmp_path)
    yield monitored
    monitored.close()

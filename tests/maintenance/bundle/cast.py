"""CT-2 with its UPS and room, a loose log that keeps every text, and stores filled through the parsers."""

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from collectors.logfile.parse import parse
from collectors.logfile.record_times import RecordTimes
from core.readings import Batch, Event, Reading
from core.schema.load import load_site
from core.schema.site import Site
from core.schema.sources.logfile import LogSource
from core.time.clock import HOUR, MINUTE, SECOND
from maintenance.bundle.content import BundleRequest, Fact, MaintenanceNote
from maintenance.bundle.make import SealedBundle, make
from storage.records import Alert, Records, Verdict
from storage.records.feedback import ServiceEvent
from storage.series import SeriesReader, SeriesWriter
from tests.storage.tables import made

T0 = 1_767_225_600_000  # 2026-01-01 00:00 UTC
END = T0 + 24 * HOUR
FAULT = T0 + 20 * HOUR
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
FIVE_MB = 5_000_000

PROFILES = {
    "scanner": r"""
title: Siemens Somatom Sensation 16
kind: ct
metrics:
  tube_temp_c: {title: Tube temperature, unit: °C, tile: true}
  scan_count: {title: Scans, kind: counter}
  door: {title: Door, kind: state, states: {0: closed, 1: open}}
  secret_count: {title: Secret}
detectors:
  - {id: tube, kind: drift, metric: tube_temp_c, worth: 1}
rules:
  - {id: tube_hot, title: The tube is hot, metric: tube_temp_c, above: 60, clear: 55, severity: error,
     basis: engineering}
logfile:
  loose:  # what nobody should write: it keeps whatever the machine says
    record: '^(?P<at>\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2});(?P<severity>\w+);(?P<component>[^;]*);(?P<code>[^;]*);(?P<text>.*)$'
    times: ["%Y-%m-%d %H:%M:%S"]
    severities: {INFO: info, WARN: warning, ERROR: error}
    patterns:
      - {match: '(?s)^(?P<all>.*)$', event: said, text: "{all}"}
""",
    "battery": """
title: Riello UPS
kind: ups
group: infrastructure
metrics:
  load_pct: {title: Load, unit: "%", tile: true}
snmp:
  values: [{metric: load_pct, oid: 1.3.6.1.4.1.1.3.0}]
""",
}

SITE = """
id: test
name: Test centre
zone: Asia/Kabul
language: fa
storage: {{folder: {folder}}}
devices:
  - id: ct-2
    name: {name}
    profile: scanner
    room: {room}
    serial: "4711-AB"
    depends_on: [ups-1]
    sources: [{{kind: logfile, path: none.log, format: loose}}]
  - {{id: ups-1, name: UPS, profile: battery, room: Cellar}}
  - {{id: room-1, name: Room, profile: battery, room: {room}}}
  - {{id: other, name: Other, profile: battery, room: Cellar}}
"""


@dataclass
class Centre:
    """A site with its stores; `made` makes the bundle of CT-2 from them."""

    path: Path
    site: Site
    series: SeriesWriter
    records: Records

    def log(self, *lines: str) -> None:
        """The machine writes these lines, and the real parser reads them."""
        device = self.site.devices["ct-2"]
        source = device.sources[0]
        assert isinstance(source, LogSource)
        times = RecordTimes(source.format_of(device.profile).times, self.site.zone)
        self.series.append([parse(device, source, lines, times, END)])

    def hear(self, *readings: Reading) -> None:
        self.series.append([Batch(list(readings))])

    def say(self, *events: Event) -> None:
        self.series.append([Batch(events=list(events))])

    def serviced(self, at: int, who: str, text: str) -> None:
        with self.records.writing() as db:
            db.add(ServiceEvent(device="ct-2", at=at, who=who, text=text))

    def made(
        self,
        max_size: int = FIVE_MB,
        fault: int | None = FAULT,
        facts: Sequence[Fact] = (),
        notes: Sequence[MaintenanceNote] = (),
    ) -> SealedBundle:
        ask = BundleRequest("ct-2", T0, END, END, fault, 17, facts, notes)
        return make(
            self.site, SeriesReader(self.site.series_path), self.records, ask, KEY, max_size
        )


def opened(folder: Path, name: str = "CT two", room: str = "CT room") -> Centre:
    """A centre that has said nothing yet."""
    (folder / "profiles").mkdir(parents=True)
    for profile, text in PROFILES.items():
        (folder / "profiles" / f"{profile}.yaml").write_text(text, encoding="utf-8")
    path = folder / "site.yaml"
    text = SITE.format(folder=folder / "var", name=json.dumps(name), room=json.dumps(room))
    path.write_text(text, encoding="utf-8")
    site = load_site(path)
    records = made(Records(site.records_url, now=lambda: END))
    return Centre(path, site, SeriesWriter(site.series_path), records)


def a_day(centre: Centre, every: int = MINUTE) -> None:
    """Readings of a day, a fault after twenty hours, an alert and a verdict of it."""
    at = range(T0, END, every)
    centre.hear(
        *(Reading("ct-2", "tube_temp_c", 40 + i % 7 + i / 1000, t) for i, t in enumerate(at))
    )
    centre.hear(*(Reading("ct-2", "scan_count", 1000 + i, t) for i, t in enumerate(at)))
    centre.hear(*(Reading("ct-2", "door", float(t >= FAULT), t) for t in at))
    centre.hear(*(Reading("ups-1", "load_pct", 40 + i % 5, t) for i, t in enumerate(at)))
    centre.hear(*(Reading("room-1", "load_pct", 10, t) for t in at))
    centre.hear(*(Reading("other", "load_pct", 99, t) for t in at))
    centre.say(
        Event("ct-2", "tube_arc", "Tube arc, error 123", FAULT + SECOND, "error", "tube", "E-12")
    )
    centre.say(Event("ct-2", "door_open", "The door is open", T0 + HOUR, "info"))
    with centre.records.writing() as db:
        db.add(
            Alert(
                device="ct-2",
                component="",
                rule="tube_hot",
                title="The tube is hot",
                severity="error",
                metric="tube_temp_c",
                state="ok",
                began_at=FAULT,
                value=71.5,
                limit=60,
                fired_at=FAULT + MINUTE,
                ended_at=FAULT + 10 * MINUTE,
            )
        )
        db.add(
            Verdict(
                device="ct-2",
                component="",
                detector="tube",
                at=FAULT - HOUR,
                kind="anomaly",
                score=0.97,
                alarm=True,
                carried_by=["tube_temp_c"],
                value=55.0,
                expected=44.0,
                low=40.0,
                high=48.0,
            )
        )
    while centre.series.compact(everything=True):
        pass


def unzipped(data: bytes) -> dict[str, bytes]:
    """Every file of a bundle by its name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}

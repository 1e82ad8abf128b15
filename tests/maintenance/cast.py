"""A small centre with its stores, and a pen for its readings: CT on UPS and chiller, PACS, an MRI."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from alerts.evaluation.engine import AlertEngine
from core.readings import Batch, Reading
from core.schema.load import load_site
from core.schema.site import Site
from core.schema.storage import Storage
from core.time.clock import MINUTE, to_ms
from maintenance.downtime.from_alerts import Follower
from maintenance.planning.planner import Planner
from storage.records import Records
from storage.records.transaction import Transaction, transaction
from storage.series import SeriesReader, SeriesWriter

KABUL = ZoneInfo("Asia/Kabul")

SITE = """
id: test
name: Test
zone: Asia/Kabul
storage: {{folder: "{folder}/var"}}
devices:
  - {{id: switch-1, name: Switch, profile: network-switch, sources: [{{kind: snmp, host: 192.0.2.2, community: x}}]}}
  - {{id: ups-1, name: UPS, profile: ups-rfc1628, depends_on: [switch-1], plans: []}}
  - {{id: chiller-1, name: Chiller, profile: chiller, depends_on: [switch-1], plans: []}}
  - id: pacs
    name: PACS
    profile: pacs
    room: Server room
    plans: []
    depends_on: [switch-1, ups-1]
    sources: [{{kind: snmp, host: 192.0.2.3, community: x}}]
  - id: ct-1
    name: CT one
    profile: siemens-somatom-sensation-16
    room: CT room
    serial: "123"
    depends_on: [ups-1, chiller-1]
    covered: {{days: [sat, sun, mon, tue, wed, thu], start: "08:00", end: "20:00"}}
  - {{id: cbct-1, name: ProMax, profile: our-promax, plans: [cbct, ours], covered: {{days: [sat, sun, mon, tue, wed, thu], start: "08:00", end: "20:00"}}}}
"""

OUR_PROFILE = """
title: Our ProMax
extends: [planmeca-promax-3d-plus]
detectors:
  - {id: power, kind: drift, metric: mains_power_w, worth: 50}
rules:
  - {id: power_sensor, kind: anomaly, title: Its meter stands still, detector: power, verdicts: [stuck],
     severity: info, basis: engineering}
  - {id: power_drifts, kind: anomaly, title: It draws more than it did, detector: power,
     severity: warning, basis: engineering}
"""

OUR_PLANS = """
title: What we do ourselves
risk: {function: 6, risk: 3, maintenance: 3}
plans:
  - id: filter
    title: Change the filter
    every: 28d
    brought_forward_by: [mains_power_w]
    takes_down: true
    items: [{id: filter, text: Changed}]
"""


def at(text: str) -> int:
    """UTC milliseconds of a time on the centre's wall clock: `2025-01-04 08:00`."""
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=KABUL))


T0 = at("2025-01-04 08:00")  # a Saturday, the first working day of a week


@cache
def _template() -> tuple[Site, bytes]:
    """The site as it is loaded, and an empty records database: made once for all tests."""
    with TemporaryDirectory() as name:
        path = Path(name) / "site.yaml"
        path.write_text(SITE.format(folder=name))
        for own, text in (("profiles/our-promax", OUR_PROFILE), ("plans/ours", OUR_PLANS)):
            file = path.parent / f"{own}.yaml"
            file.parent.mkdir()
            file.write_text(text)
        site = load_site(path)
        records = Records(site.records_url)
        records.upgrade()
        records.close()
        return site, (Path(name) / "var" / "records.db").read_bytes()


def later(tx: Transaction, now: int, by: str | None = None) -> Transaction:
    """What somebody does afterwards, written down in the same transaction: a year has many."""
    return replace(tx, now=now, by=tx.by if by is None else by)


class House:
    """The centre with everything that works on it. Times are arguments."""

    def __init__(self, folder: Path, records_url: str | None = None) -> None:
        site, records = _template()
        self.path = folder / "site.yaml"
        self.path.write_text(SITE.format(folder=folder))
        stores = {"folder": str(folder / "var")}
        if records_url is not None:
            (folder / "records.url").write_text(records_url)
            stores["records"] = f"file:{folder / 'records.url'}"
        storage = Storage.model_validate(stores)
        self.site = replace(site, file=site.file.model_copy(update={"storage": storage}))
        storage.folder.mkdir()
        (storage.folder / "records.db").write_bytes(records)
        self.writer = SeriesWriter(self.site.series_path)
        self.series = SeriesReader(self.site.series_path)
        self.records = Records(self.site.records_url)
        self.records.upgrade()
        self.engine = AlertEngine(self.site, self.series, self.records)
        self.follower = Follower(self.site, self.records)
        self.planner = Planner(self.site, self.series, self.records)

    def read(self, device: str, metric: str, value: float, when: int, component: str = "") -> None:
        """A reading, stored."""
        self.writer.append([Batch([Reading(device, metric, value, when, component)])])

    def judge(self, now: int) -> None:
        """The engine judges, maintenance follows."""
        while self.engine.step():
            pass
        while self.follower.step(now):
            pass

    def hot(self, device: str, start: int, end: int | None, *, follow: bool = True) -> None:
        """The gantry is too hot, so the CT is out of service, from `start` to `end`."""
        for minute in (0, 6):
            self.read(device, "gantry_temp_c", 50.0, start + minute * MINUTE)
        if end is not None:
            self.read(device, "gantry_temp_c", 25.0, end)
        while self.engine.step():
            pass
        if follow:
            self.judge(end or start + 6 * MINUTE)

    @contextmanager
    def write(self, now: int, by: str = "sara") -> Iterator[Session]:
        with self.records.writing(by, now) as db:
            yield db

    @contextmanager
    def change(self, now: int, by: str = "sara") -> Iterator[Transaction]:
        """As a door does it: what a service function needs."""
        with transaction(self.records, self.site, by, now) as tx:
            yield tx

    @contextmanager
    def look(self) -> Iterator[Session]:
        with self.records.reading() as db:
            yield db

    def close(self) -> None:
        self.writer.close()
        self.records.close()

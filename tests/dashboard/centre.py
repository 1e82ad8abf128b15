"""A small centre in a folder, filled through the real stores: MR-1 and CT-2, a UPS, a spare."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.readings import Batch, Event, Reading
from core.schema.load import load_site
from core.schema.site import Site
from core.time.clock import MINUTE, SECOND
from storage.records import Alert, Records, Verdict
from storage.records import verdicts as verdict_rows
from storage.records.cursors import LastReading
from storage.records.transaction import Transaction, transaction
from storage.series import SeriesWriter
from tests.storage.tables import made

SITE = """
id: test
name: Test centre
zone: Asia/Kabul
storage: {folder: FOLDER}
broker: {host: 127.0.0.1}
devices:
  - {id: mr-1, name: MR-1 <b>one</b>, profile: magnet, room: MRI room, serial: "4711",
     sources: [{kind: snmp, host: 127.0.0.1, community: public, every: 10s}]}
  - {id: ct-2, name: CT-2, profile: tube, room: CT room,
     sources: [{kind: mqtt, topic: ct-2, silent_after: 60s}]}
  - {id: ups-1, name: UPS, profile: battery, room: Cellar,
     sources: [{kind: snmp, host: 127.0.0.1, community: public, every: 10s}]}
  - {id: spare, name: Spare, profile: tube}
"""

PROFILES = {
    "magnet": """
title: A magnet
metrics:
  helium_level_pct: {title: Helium level, unit: "%", tile: true}
  door: {title: Door, kind: state, states: {0: closed, 1: open}}
rules:
  - {id: helium_low, title: Helium is low, metric: helium_level_pct, below: 60, severity: critical,
     basis: maker, source: Magnet manual page 12,
     do_first: {en: "Call the service & order helium.", fa: "به شرکت خدمات خبر دهید."}}
  - {id: helium_leak, kind: anomaly, title: The magnet loses helium, detector: helium,
     severity: warning, basis: engineering}
  - {id: helium_stepped, kind: anomaly, title: The helium level stepped, detector: helium,
     verdicts: [step], severity: warning, basis: engineering}
  - {id: door_open, title: The door is open, metric: door, above: 0, severity: warning,
     basis: engineering}
detectors:
  - {id: helium, kind: depletion, metric: helium_level_pct, sided: up, worth: 0.05}
snmp:
  values:
    - {metric: helium_level_pct, oid: 1.3.6.1.4.1.1.1.0}
    - {metric: door, oid: 1.3.6.1.4.1.1.2.0}
""",
    "tube": """
title: A tube
metrics:
  tube_temp_c: {title: Tube temperature, unit: °C, tile: true}
  scan_count: {title: Scans, kind: counter}
rules:
  - {id: tube_hot, title: The tube is hot, metric: tube_temp_c, above: 60, severity: warning,
     basis: engineering}
vendor_questions:
  - {id: sound, en: "Does the fan <b>hum</b> & whistle?", fa: "پکه صدا دارد؟"}
  - {id: error_log, en: Send the error log., fa: لاگ خطاها را بفرستید.}
mqtt:
  messages:
    - {topic: "{topic}/t", values: [{metric: tube_temp_c}]}
""",
    "battery": """
title: A battery
group: infrastructure
metrics:
  load_pct: {title: Load, unit: "%", tile: true}
  phase: {title: Phase, kind: state, states: {0: lost, 1: there}}
snmp:
  tables:
    - {metric: load_pct, oid: 1.3.6.1.4.1.1.3}
""",
}


def good(at: int) -> list[Reading]:
    """What all devices but the spare say when nothing is wrong."""
    return [
        Reading("mr-1", "up", 1, at, "snmp"),
        Reading("mr-1", "response_ms", 4.2, at, "snmp"),
        Reading("mr-1", "helium_level_pct", 81.5, at),
        Reading("mr-1", "door", 0, at),
        Reading("ct-2", "up", 1, at, "mqtt"),
        Reading("ct-2", "tube_temp_c", 41.25, at),
        Reading("ups-1", "up", 1, at, "snmp"),
        Reading("ups-1", "load_pct", 40, at, "line1"),
        Reading("ups-1", "load_pct", 55, at, "line2"),
    ]


@dataclass
class Centre:
    """The files of a site and the only writers to its stores."""

    path: Path
    site: Site
    series: SeriesWriter
    records: Records

    @contextmanager
    def change(self, now: int, by: str = "test") -> Iterator[Transaction]:
        """As a door does it: what a service function needs."""
        with transaction(self.records, self.site, by, now) as tx:
            yield tx

    def hear(self, *readings: Reading) -> None:
        self.series.append([Batch(list(readings))])

    def say(self, event: Event) -> None:
        self.series.append([Batch(events=[event])])

    def all_well(self, now: int) -> None:
        """Ten minutes of good readings from all but the spare, judged up to now."""
        times = range(now - 10 * MINUTE, now + 1, 10 * SECOND)
        self.hear(*(reading for at in times for reading in good(at)))
        self.judged(now)

    def judged(self, at: int) -> None:
        with self.records.writing() as db:
            db.merge(LastReading(device="mr-1", metric="up", component="snmp", at=at))

    def conclude(self, *verdicts: Verdict) -> None:
        with self.records.writing() as db:
            verdict_rows.write_verdicts(db, verdicts)

    def alert(self, device: str, rule_id: str, began_at: int, ended_at: int | None = None) -> None:
        """An alert of that rule, firing or ended."""
        profile = self.site.devices[device].profile
        rule = next(rule for rule in profile.rules if rule.id == rule_id)
        metric = rule.watched_metric(profile)
        with self.records.writing() as db:
            db.add(
                Alert(
                    device=device,
                    component="snmp" if metric == "up" else "",
                    rule=rule.id,
                    title=rule.title,
                    severity=rule.severity,
                    metric=metric,
                    state="firing" if ended_at is None else "ok",
                    began_at=began_at,
                    value=12.5,
                    limit=getattr(rule, "limit", None),
                    fired_at=began_at,
                    ended_at=ended_at,
                )
            )


def verdict(at: int, **other: object) -> Verdict:
    """What the helium detector says on a good day, or what `other` says."""
    usual: dict[str, object] = {
        "kind": "normal", "score": 0.1, "alarm": False, "value": 81.5, "expected": 81.6,
        "low": 81.0, "high": 82.2,
    }  # fmt: skip
    return Verdict("mr-1", "", "helium", at, **{**usual, **other})  # type: ignore[arg-type]


def build(folder: Path) -> Path:
    """The site file and its profiles; no store yet."""
    (folder / "profiles").mkdir()
    for name, text in PROFILES.items():
        (folder / "profiles" / f"{name}.yaml").write_text(text, encoding="utf-8")
    path = folder / "site.yaml"
    path.write_text(SITE.replace("FOLDER", str(folder / "var")), encoding="utf-8")
    return path


def opened(path: Path) -> Centre:
    """The centre with its stores made."""
    site = load_site(path)
    records = made(Records(site.records_url))
    return Centre(path, site, SeriesWriter(site.series_path), records)


@contextmanager
def open_and_well(path: Path, now: int) -> Iterator[Centre]:
    """The centre with ten minutes of good readings up to now; its stores are closed in the end."""
    centre = opened(path)
    centre.all_well(now)
    yield centre
    centre.series.close()
    centre.records.close()

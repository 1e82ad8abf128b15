"""A centre with a UPS, a generator and three scanners, on a timeline of minutes after T0."""

from collections.abc import Iterable
from pathlib import Path

from alerts.power import PowerPlan, make_plan, read_situation
from core.readings import Batch, Event, Reading
from core.schema.load import load_site
from core.schema.site import Site
from core.time.clock import MINUTE
from storage.series import SeriesReader, SeriesWriter

T0 = 1_790_000_000_000  # 21 September 2026, 18:43 in Kabul

SITE = """\
id: test
name: Test
zone: Asia/Kabul
storage: {folder: FOLDER}
broker: {host: 127.0.0.1}
devices:
  - {id: generator-1, name: Generator, profile: generator, power: {feeds: [ups-1, chiller-1],
      start_delay: 60s, rated_w: 12000, fuel: {tank_l: 100, burn_lph: 10}}}
  - {id: transfer-1, name: Transfer switch, profile: transfer-switch}
  - {id: ups-1, name: UPS, profile: ups-rfc1628, power: {rated_w: 10000,
      battery: {installed: 2025-09-21, runtime: {25: 80, 50: 34, 100: 12}}}}
  - {id: chiller-1, name: Chiller, profile: chiller}
  - {id: pacs, name: PACS, profile: pacs, depends_on: [ups-1], power: {idle_w: 700}}
  - {id: ct-1, name: CT, profile: toshiba-aquilion-cx, depends_on: [ups-1, chiller-1],
      power: {idle_w: 1000, scan_w: 3000}}
  - {id: mri-1, name: MRI, profile: siemens-magnetom-c, depends_on: [ups-1],
      sources: [{kind: logfile, path: /mnt/log, format: mrmeas, encoding: cp1252}],
      power: {idle_w: 900, scan_w: 2000}}
  - {id: us-1, name: Ultrasound, profile: acuson-s2000, depends_on: [ups-1]}
"""


def at(minute: float) -> int:
    return T0 + round(minute * MINUTE)


class PowerCentre:
    """Real stores, and the plan of any minute."""

    def __init__(self, folder: Path, site: str = SITE) -> None:
        path = folder / "site.yaml"
        path.write_text(site.replace("FOLDER", str(folder)), encoding="utf-8")
        self.site: Site = load_site(path)
        self.writer = SeriesWriter(self.site.series_path)
        self.reader = SeriesReader(self.site.series_path)

    def read(self, minute: float, device: str, **values: float) -> None:
        self.batch(Reading(device, metric, value, at(minute)) for metric, value in values.items())

    def batch(self, readings: Iterable[Reading]) -> None:
        self.writer.append([Batch(list(readings))])

    def event(self, minute: float, device: str, kind: str) -> None:
        self.writer.append([Batch(events=[Event(device, kind, kind, at(minute))])])

    def ups(
        self, minutes: Iterable[float], *, battery: bool, charge: float = 100.0, fall: float = 0.0,
        load: float = 40.0, card: float | None = None,
    ) -> None:  # fmt: skip
        """A UPS polled at these minutes; the charge falls by `fall` percent a minute."""
        rows = list[Reading]()
        first: float | None = None
        for minute in minutes:
            first = minute if first is None else first
            pct = float(round(charge - fall * (minute - first)))
            rows.append(Reading("ups-1", "output_source", 5.0 if battery else 3.0, at(minute)))
            rows.append(Reading("ups-1", "battery_charge_pct", pct, at(minute)))
            rows.append(Reading("ups-1", "output_load_pct", load, at(minute), "line1"))
            if card is not None:
                left = card - (minute - first) if battery else card
                rows.append(Reading("ups-1", "runtime_remaining_min", float(int(left)), at(minute)))
        self.batch(rows)

    def plug(self, minutes: Iterable[float], device: str, watts: float) -> None:
        self.batch(
            Reading(device, "mains_power_w", watts, at(minute), "line") for minute in minutes
        )

    def plan(self, minute: float) -> PowerPlan:
        return make_plan(read_situation(self.site, self.reader, at(minute)))


def every_half(begin: float, end: float) -> list[float]:
    """Polls from `begin` to `end`, both included."""
    return [begin + step / 2 for step in range(int((end - begin) * 2) + 1)]

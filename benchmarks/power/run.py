"""Fifty simulated cuts of the mains: what the plan of each minute said, beside what really happened.

    python -m benchmarks.power.run [--outages 50] [--seed 15000] [--each]

Batteries from new to six years old, loads, scanners in the middle of examinations, cards that are right,
stuck, silent or wrong, generators that start, fail or run dry, and a mains that comes back or flickers.
"""

import argparse
import random
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from statistics import median

from benchmarks.power.again import restart
from benchmarks.power.battery import TwoWells
from benchmarks.power.outage import RATED_W, T0, Outage
from benchmarks.power.outcome import Judged, Outcome
from core.schema.load import load_site
from core.schema.site import Site
from core.time.clock import from_ms

SITE = """\
id: bench
name: Bench
zone: Asia/Kabul
storage: {{folder: {folder}}}
broker: {{host: 127.0.0.1}}
devices:
  - {{id: generator-1, name: Generator, profile: generator, power: {{feeds: [ups-1], start_delay: 60s,
      rated_w: 12000, fuel: {{tank_l: 200, burn_lph: 4}}}}}}
  - {{id: transfer-1, name: Switch, profile: transfer-switch}}
  - {{id: ups-1, name: UPS, profile: ups-rfc1628, power: {{rated_w: {rated}, battery: {battery}}}}}
  - {{id: chiller-1, name: Chiller, profile: chiller}}
  - {{id: pacs, name: PACS, profile: pacs, depends_on: [ups-1], power: {{idle_w: 700}}}}
  - {{id: ct-1, name: CT, profile: toshiba-aquilion-cx, depends_on: [ups-1, chiller-1],
      power: {{idle_w: 1200, scan_w: 2900}}}}
  - {{id: mri-1, name: MRI, profile: siemens-magnetom-c, depends_on: [ups-1],
      sources: [{{kind: logfile, path: /mnt/log, format: mrmeas, encoding: cp1252}}],
      power: {{idle_w: 900, scan_w: 2200}}}}
  - {{id: us-1, name: Ultrasound, profile: acuson-s2000, depends_on: [ups-1],
      power: {{idle_w: 250, scan_w: 440}}}}
"""


def centre(folder: Path, new: TwoWells, age_years: float | None, has_table: bool) -> Site:
    """The site file that its engineer would have written: the maker's table, and the battery's date."""
    rows = {
        load: max(round(new.fresh().lasts_min(RATED_W * load / 100)), 1)
        for load in (5, 10, 25, 50, 75, 100)
    }
    keys = [f"runtime: {rows}"] if has_table else []
    if age_years is not None:
        installed = (from_ms(T0) - timedelta(days=365.25 * age_years)).date()
        keys.append(f"installed: {installed}")
    path = folder / "site.yaml"
    battery = "{" + ", ".join(keys) + "}"
    path.write_text(SITE.format(folder=folder, rated=int(RATED_W), battery=battery))
    return load_site(path)


def outage(seed: int, folder: Path) -> Outage:
    """A centre that has a battery of some age, and a cut."""
    rng = random.Random(seed * 7 + 1)
    age = rng.uniform(0, 6)
    # 80 % after four years, more or less: no battery ages as the book says.
    health = max(1 - 0.05 * age * rng.uniform(0.5, 1.5), 0.5)
    new = TwoWells(
        RATED_W * rng.uniform(4, 40),
        RATED_W,
        rng.uniform(0.015, 0.05),
        available=rng.uniform(0.45, 0.65),
        flow_per_min=rng.uniform(0.02, 0.05),
    )
    known = age if rng.random() < 0.8 else None
    site = centre(folder, new, known, rng.random() < 0.8)
    return Outage(seed, site, new, health)


def shares(name: str, rows: list[Judged]) -> str:
    """A line of figures about errors: the share off."""
    if not rows:
        return f"| {name} | 0 | | | | | |"
    size = sorted(abs(row.off) for row in rows)
    within = 100 * sum(each <= 0.10 for each in size) / len(size)
    inside = 100 * sum(row.is_inside for row in rows) / len(rows)
    return (
        f"| {name} | {len(size)} | {100 * median(size):.1f} % | {100 * size[int(0.9 * len(size))]:.1f} %"
        f" | {100 * size[-1]:.0f} % | {within:.0f} % | {inside:.0f} % |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--outages", type=int, default=50)
    parser.add_argument("--seed", type=int, default=15_000)
    parser.add_argument("--each", action="store_true", help="a line for each outage")
    options = parser.parse_args()
    outcomes = list[Outcome]()
    for seed in range(options.seed, options.seed + options.outages):
        with tempfile.TemporaryDirectory() as folder:
            cut = outage(seed, Path(folder))
            result = cut.run()
            restart(cut)
            outcomes.append(result)
        if options.each:
            worst = max((abs(row.off) for row in result.runtime if row.minutes_in >= 6), default=0)
            print(f"{seed} {cut.card} {cut.generator} head={cut.counts_by_head} plugs={cut.has_plugs}"
                  f" health={cut.health:.2f}: {result.examinations} running, {result.ended} ended,"
                  f" given up {result.given_up}, could end {result.cut_that_could_end},"
                  f" lost {result.lost} unwarned {result.lost_unwarned}, worst {100 * worst:.0f} %")  # fmt: skip
    total = Counter[str]()
    for each in outcomes:
        total["running"] += each.examinations
        total["ended"] += each.ended
        total["rescued"] += each.rescued
        total["given up"] += len(each.given_up)
        total["cut that could have ended"] += len(each.cut_that_could_end)
        total["lost, warned"] += len(each.lost) - len(each.lost_unwarned)
        total["lost though sure"] += len(each.lost_unwarned)
    print("| examinations |", " | ".join(total), "|")
    print("| |", " | ".join(str(count) for count in total.values()), "|")
    _runtime_table(outcomes)
    _restart_table(outcomes)


def _runtime_table(outcomes: list[Outcome]) -> None:
    rows = [(row, each.by_voltage) for each in outcomes for row in each.runtime]
    print(
        "\n| minutes left | judged | median | 90 % | worst | within 10 % | inside the plan's interval |"
    )
    known = [(row, by) for row, by in rows if row.is_steady and row.has_shown]
    groups = {
        "every minute": rows,
        "a load was switched less than 3 min ago": [r for r in rows if not r[0].is_steady],
        "nothing has shown this battery yet": [
            r for r in rows if r[0].is_steady and not r[0].has_shown
        ],
        "**the battery has shown itself, the load stands**": known,
        "the same, charge counted": [r for r in known if not r[1]],
        "the same, charge a voltage": [r for r in known if r[1]],
        **{f"by: {used}": [r for r in rows if r[0].used == used]
           for used in ("observed", "learned", "card", "stated")},
    }  # fmt: skip
    for name, group in groups.items():
        print(shares(name, [row for row, _ in group]))


def _restart_table(outcomes: list[Outcome]) -> None:
    print(
        "\n| usable again | foretold | median off | worst | within 30 min | inside the interval |"
    )
    starts = [row for each in outcomes for row in each.restart]
    for key in sorted({(row.device, row.minutes_in, row.has_shown) for row in starts}):
        group = [row for row in starts if (row.device, row.minutes_in, row.has_shown) == key]
        off = [abs(row.off_min) for row in group]
        good = 100 * sum(each <= 30 for each in off) / len(off)
        inside = 100 * sum(row.is_inside for row in group) / len(group)
        name, minutes, has_shown = key
        shown = "it came back from a cut before" if has_shown else "no cut before"
        print(
            f"| {name}, {shown} | {minutes:.0f} min after the mains | {median(off):.0f} min |"
            f" {max(off):.0f} min | {good:.0f} % of {len(group)} | {inside:.0f} % |"
        )


if __name__ == "__main__":
    main()

"""One simulated cut of the mains, minute by minute, with people who do what the plan says.

What the plan gets are readings, as a UPS card, plugs, contacts and a probe give them: rounded, noisy,
stuck, missing or wrong. What really happens is known to `Outage` only.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from alerts.power import make_plan, read_situation
from alerts.power.plan import PowerPlan
from benchmarks.power.battery import TwoWells, residue
from benchmarks.power.memory import Memory
from benchmarks.power.outcome import Judged, Outcome
from core.readings import Reading
from core.schema.site import Site
from core.time.clock import HOUR, MINUTE, SECOND

T0 = 1_790_000_000_000
POLL = 30 * SECOND
RATED_W = 10_000.0
STEADY = 3 * MINUTE  # a load that was switched is known after so long: scanning pauses as long
SHOWN = 0.9

CardKind = Literal["good", "optimist", "new", "stuck", "sentinel", "silent", "nought", "late"]
CARDS: tuple[CardKind, ...] = (
    "good", "good", "good", "optimist", "new", "stuck", "sentinel", "silent", "nought", "late",
)  # fmt: skip


@dataclass
class Scanner:
    """A load; `ends_at` is when its examination is really over."""

    name: str
    idle_w: float
    scan_w: float
    length_min: float = 0.0
    began_at: int | None = None
    ends_at: int | None = None
    stopped_at: int | None = None  # when somebody began to stop it
    stop_min: float = 5.0

    def is_on(self, at: int) -> bool:
        return self.stopped_at is None or at < self.stopped_at + self.stop_min * MINUTE

    def is_examining(self, at: int) -> bool:
        return (
            self.began_at is not None
            and self.ends_at is not None
            and self.began_at <= at < self.ends_at
            and (self.stopped_at is None or at < self.stopped_at)
        )


class Outage:
    """A centre with its own battery, people, generator and mains, all from one seed."""

    def __init__(self, seed: int, site: Site, new: TwoWells, health: float) -> None:
        self.rng = random.Random(seed)
        rng = self.rng
        self.site, self.memory, self.outcome = site, Memory(), Outcome()
        self.health = health
        self.wells = new.fresh(health)
        self._residues: dict[int, float] = {}
        self.card: CardKind = rng.choice(CARDS)
        self.counts_by_head = rng.random() < 0.3  # its charge is a voltage
        self.outcome.by_voltage = self.counts_by_head
        self.has_plugs = rng.random() < 0.7
        self.scanners = [
            Scanner("ct-1", rng.uniform(900, 1500), rng.uniform(2200, 3600), 15.0),
            Scanner("mri-1", rng.uniform(700, 1100), rng.uniform(1700, 2800), 25.0),
            Scanner("us-1", rng.uniform(200, 300), rng.uniform(380, 500), 20.0, stop_min=3.0),
            Scanner("pacs", rng.uniform(500, 900), 0.0),
        ]
        for scanner in self.scanners[:3]:
            if rng.random() < 0.75:
                length = scanner.length_min * rng.uniform(0.8, 1.2)
                scanner.began_at = T0 - round(rng.uniform(0, length * 0.9) * MINUTE)
                scanner.ends_at = scanner.began_at + round(length * MINUTE)
        self.generator = rng.choice(["none"] * 4 + ["starts", "fails", "runs dry"])
        self.generator_on = T0 + round(rng.uniform(0.3, 1.5) * MINUTE)
        self.fuel_min = rng.uniform(8, 30) if self.generator == "runs dry" else 3_000.0
        self.back_at = T0 + round(
            rng.choice([rng.uniform(2, 20), rng.uniform(20, 200), rng.uniform(60, 300)]) * MINUTE
        )
        self.flicker = rng.random() < 0.25
        self.flicker_at = T0 + (self.back_at - T0) // 2
        self.flicker_ms = round(rng.uniform(1, 5) * MINUTE)
        # A scanner scans for so many minutes of so many: no two protocols are alike.
        self.cycle_min = rng.randint(2, 5)
        self.scan_min = rng.randint(1, self.cycle_min - 1)
        self.earlier_cuts = rng.randint(1, 3) if rng.random() < 0.6 else 0
        self.frozen_card: float | None = None
        self._level = (T0, 0.0)
        self.late: list[float] = []
        self.earlier: list[list[Reading]] = []
        self.sure: set[str] = set()

    # ---- the truth -------------------------------------------------------------------------------

    def mains(self, at: int) -> bool:
        is_flicker = self.flicker and self.flicker_at <= at < self.flicker_at + self.flicker_ms
        return at < T0 or at >= self.back_at or is_flicker

    def on_generator(self, at: int) -> bool:
        if self.generator in ("none", "fails") or self.mains(at):
            return False
        return self.generator_on <= at < self.generator_on + self.fuel_min * MINUTE

    def on_battery(self, at: int) -> bool:
        return not self.mains(at) and not self.on_generator(at)

    def watts(self, scanner: Scanner, at: int) -> float:
        if not scanner.is_on(at):
            return 0.0
        if not scanner.is_examining(at):
            return scanner.idle_w
        # A series of scans with waiting between.
        return scanner.scan_w if self._is_scanning(at) else scanner.idle_w * 1.05

    def _is_scanning(self, at: int) -> bool:
        return (at // MINUTE) % self.cycle_min < self.scan_min

    def load_w(self, at: int) -> float:
        return 150.0 + sum(self.watts(scanner, at) for scanner in self.scanners)

    def examining_w(self, scanner: Scanner) -> float:
        """Mean of an examination, scans and waiting."""
        share = self.scan_min / self.cycle_min
        return scanner.scan_w * share + scanner.idle_w * 1.05 * (1 - share)

    def mean_w(self, at: int) -> float:
        """What it takes now, without the second-by-second of scanning."""
        return 150.0 + sum(
            self.watts(each, at) if not each.is_examining(at) else self.examining_w(each)
            for each in self.scanners
        )

    def could_end(self, scanner: Scanner, at: int) -> bool:
        """Had this examination gone on, with all else as it is and no mains: would it have ended?"""
        wells, end = self.wells.copy(), scanner.ends_at or at
        for moment in range(at, end, POLL):
            if self.on_generator(moment):
                continue
            load = 150.0
            for other in self.scanners:
                goes_on = other is scanner and moment < end
                load += self.examining_w(other) if goes_on else self.watts(other, moment)
            wells.draw(load, POLL / MINUTE)
            if wells.is_empty:
                return False
        return True

    def _residue(self, pct: int) -> float:
        if pct not in self._residues:
            self._residues[pct] = residue(self.wells.fresh(), RATED_W * max(pct, 1) / 100)
        return self._residues[pct]

    # ---- what is read of it ------------------------------------------------------------------------

    def charge_pct(self, at: int) -> float:
        return self._charge_pct(self.load_w(at))

    def _charge_pct(self, load: float) -> float:
        if self.counts_by_head:
            return float(round(100 * self.wells.head))
        # A good card knows that more stays behind at a higher load.
        pct = 100 * load / RATED_W
        left = self._residue(round(pct))
        share = (self.wells.charge - left) / (1 - left)
        return float(round(100 * min(max(share, 0.0), 1.0)))

    def card_min(self, at: int, load: float) -> float | None:
        truth = self.wells.lasts_min(load)
        match self.card:
            case "good":
                return float(int(truth * self.rng.uniform(0.94, 1.06)))
            case "optimist":
                return float(int(truth * 1.7))
            case "new":
                return float(int(truth / self.health))
            case "stuck":
                self.frozen_card = self.frozen_card or float(int(truth))
                return self.frozen_card
            case "sentinel":
                return self.rng.choice([999.0, 65_535 / 60])
            case "nought":
                return 0.0
            case "late":
                self.late.append(truth)
                return float(int(self.late[max(len(self.late) - 7, 0)]))
        return None

    def readings(self, at: int) -> Iterator[Reading]:
        load = self.load_w(at)
        battery = self.on_battery(at)
        yield Reading("ups-1", "output_source", 5.0 if battery else 3.0, at)
        yield Reading("ups-1", "battery_charge_pct", self.charge_pct(at), at)
        yield Reading("ups-1", "output_load_pct", float(round(100 * load / RATED_W)), at, "line1")
        card = self.card_min(at, load)
        if card is not None:
            yield Reading("ups-1", "runtime_remaining_min", card, at)
        if self.generator != "none":
            yield Reading("transfer-1", "on_generator", float(self.on_generator(at)), at)
            yield Reading("generator-1", "generator_running", float(self.on_generator(at)), at)
            used = max(at - self.generator_on, 0) / MINUTE if self.on_generator(at) else 0.0
            pct = max(self.fuel_min - used, 0.0) / 30.0
            yield Reading("generator-1", "fuel_level_pct", round(min(pct, 100.0), 1), at)
        for scanner in self.scanners:
            if self.has_plugs:
                noisy = self.watts(scanner, at) * self.rng.uniform(0.98, 1.02)
                yield Reading(scanner.name, "mains_power_w", round(noisy), at, "line")
            elif scanner.is_examining(at) and scanner.name == "mri-1" and self._is_scanning(at):
                self.memory.scan(scanner.name, at)

    # ---- minute by minute --------------------------------------------------------------------------

    def run(self) -> Outcome:
        """From half an hour before the cut until the mains is back, or the battery is empty."""
        self._earlier_cuts()
        for at in range(T0 - 30 * MINUTE, T0, POLL):
            self.memory.add(self.readings(at))
        self.outcome.examinations = sum(scanner.is_examining(T0) for scanner in self.scanners)
        examining = [scanner for scanner in self.scanners if scanner.is_examining(T0)]
        at = T0
        while not self.mains(at) or at < self.back_at:
            if self.on_battery(at):
                self.wells.draw(self.load_w(at), POLL / MINUTE)
            elif self.wells.charge < 1:
                self.wells.draw(-0.1 * RATED_W, POLL / MINUTE)
            if self.wells.is_empty:
                self._power_lost(at)
                break
            self.memory.add(self.readings(at))
            if (at - T0) % MINUTE == 0:
                self._follow(make_plan(read_situation(self.site, self.memory, at)), at)
            at += POLL
        self.ended_at = at
        lost = {*self.outcome.lost, *self.outcome.given_up}
        over = [s for s in examining if s.name not in lost]
        self.outcome.ended = sum((s.ends_at or 0) <= at for s in over)
        self.outcome.rescued = len(over) - self.outcome.ended
        return self.outcome

    def _earlier_cuts(self) -> None:
        """Of the weeks before: somebody examines or not, and switches off in the middle of it or not."""
        rng, days = random.Random(self.rng.random()), 0.0
        wells = self.wells
        for _ in range(self.earlier_cuts):
            days += rng.uniform(1, 12)
            self._earlier_cut(rng, T0 - round(days * 24 * HOUR), round(rng.uniform(4, 45)))
        self.wells = wells
        for rows in reversed(self.earlier):
            self.memory.add(rows)

    def _earlier_cut(self, rng: random.Random, begin: int, minutes: int) -> None:
        self.wells = self.wells.fresh()
        scanning = {each.name for each in self.scanners if rng.random() < 0.5}
        off_at = begin + round(rng.uniform(2, 60) * MINUTE)
        off = rng.choice(self.scanners).name
        rows = list[Reading]()
        for at in range(begin - 10 * MINUTE, begin + (minutes + 5) * MINUTE, POLL):
            load = 150.0
            for each in self.scanners:
                if each.name != off or at < off_at:
                    is_scan = each.name in scanning and self._is_scanning(at)
                    load += each.scan_w if is_scan else each.idle_w
            battery = begin <= at < begin + minutes * MINUTE
            if battery:
                self.wells.draw(load, POLL / MINUTE)
            if self.wells.is_empty or self.wells.charge < 0.3:
                break  # they are careful: the generator came
            rows += [
                Reading("ups-1", "output_source", 5.0 if battery else 3.0, at),
                Reading("ups-1", "battery_charge_pct", self._charge_pct(load), at),
                Reading(
                    "ups-1", "output_load_pct", float(round(100 * load / RATED_W)), at, "line1"
                ),
            ]
        else:
            at = begin + (minutes + 5) * MINUTE
        rows.append(Reading("ups-1", "output_source", 3.0, at))
        self.earlier.append(rows)

    def _power_lost(self, at: int) -> None:
        for scanner in self.scanners:
            if scanner.is_examining(at):
                self.outcome.lost.append(scanner.name)
                if scanner.name in self.sure:
                    self.outcome.lost_unwarned.append(scanner.name)
            scanner.stopped_at = min(scanner.stopped_at or at, at - 10 * MINUTE)

    def _level_since(self, at: int) -> int:
        """Since when the mean load is what it is."""
        mean = self.mean_w(at)
        if not math.isclose(mean, self._level[1]):
            self._level = (at, mean)
        return self._level[0]

    def _follow(self, plan: PowerPlan, at: int) -> None:
        """They do at once what is due: what is not to be stopped now goes on as long as it may."""
        ups = plan.ups[0]
        if not self.on_battery(at):
            return
        truth = self.wells.lasts_min(self.mean_w(at))
        # While there is somebody to stop: afterwards nobody goes by it.
        is_needed = any(each.is_on(at) for each in self.scanners)
        if ups.left.minutes is not None and 5 <= truth <= 240 and at > T0 and is_needed:
            off = ups.left.minutes / truth - 1
            low, high = ups.left.low or 0.0, ups.left.high or 0.0
            self.outcome.runtime.append(
                Judged(
                    ups.left.used,
                    off,
                    (at - T0) / MINUTE,
                    truth,
                    at - self._level_since(at) >= STEADY,
                    bool(self.earlier_cuts) or self.wells.charge < SHOWN,
                    low <= truth <= high,
                )
            )
        by_name = {scanner.name: scanner for scanner in self.scanners}
        self.sure = {stop.device for stop in ups.stops if stop.action == "finish"}
        for stop in ups.stops:
            scanner = by_name.get(stop.device)
            if scanner is None or scanner.stopped_at is not None or stop.by is None:
                continue
            is_due = stop.by <= at
            if scanner.is_examining(at):
                if stop.action != "give_up" or not is_due:
                    continue
                self.outcome.given_up.append(scanner.name)
                if self.could_end(scanner, at):
                    self.outcome.cut_that_could_end.append(scanner.name)
                scanner.stopped_at = at
            elif is_due:
                scanner.stopped_at = at

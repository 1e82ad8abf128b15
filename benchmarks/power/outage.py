"""One simulated cut of the mains, minute by minute, with people who do what the plan says.

What the plan gets are readings, as a UPS card, plugs, contacts and a probe give them: rounded, noisy,
stuck, missing or wrong. What really happens is known to `Outage` only.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from alerts.power import make_plan, read_situation
from alerts.power.plan import PowerPlan
from benchmarks.power.battery import TwoWells, residue
from benchmarks.power.memory import Memory
from core.readings import Reading
from core.schema.site import Site
from core.time.clock import HOUR, MINUTE, SECOND

T0 = 1_790_000_000_000
POLL = 30 * SECOND
RATED_W = 10_000.0

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


@dataclass
class Outcome:
    """What is counted."""

    by_voltage: bool = False
    examinations: int = 0
    ended: int = 0
    rescued: int = 0  # over because mains or generator came
    given_up: list[str] = field(default_factory=list)
    cut_that_could_end: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)  # the battery was empty first
    lost_unwarned: list[str] = field(default_factory=list)  # though the plan had been sure
    runtime: list[tuple[str, float, float, float]] = field(
        default_factory=list
    )  # used, share off, minutes in
    restart: list[tuple[str, float, float]] = field(
        default_factory=list
    )  # device, minutes off, minutes in


class Outage:
    """A centre with its own battery, people, generator and mains, all from one seed."""

    def __init__(self, seed: int, site: Site, full: float, health: float, own_share: float) -> None:
        self.rng = random.Random(seed)
        rng = self.rng
        self.site, self.memory, self.outcome = site, Memory(), Outcome()
        self.health = health
        self.wells = TwoWells(full * health, RATED_W, own_share)
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
        self.frozen_card: float | None = None
        self.late: list[float] = []
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
        # A series of scans with waiting between: two minutes in three.
        scans = (at // MINUTE) % 3 != 0
        return scanner.scan_w if scans else scanner.idle_w * 1.05

    def load_w(self, at: int) -> float:
        return 150.0 + sum(self.watts(scanner, at) for scanner in self.scanners)

    def mean_w(self, at: int) -> float:
        """What it takes now, without the second-by-second of scanning."""
        return 150.0 + sum(
            self.watts(each, at)
            if not each.is_examining(at)
            else each.scan_w * 2 / 3 + each.idle_w * 1.05 / 3
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
                load += (
                    (other.scan_w * 2 / 3 + other.idle_w / 3)
                    if goes_on
                    else self.watts(other, moment)
                )
            wells.draw(load, POLL / MINUTE)
            if wells.is_empty:
                return False
        return True

    def _residue(self, pct: int) -> float:
        if pct not in self._residues:
            wells = TwoWells(self.wells.full, RATED_W, self.wells.own_share)
            self._residues[pct] = residue(wells, RATED_W * max(pct, 1) / 100)
        return self._residues[pct]

    # ---- what is read of it ------------------------------------------------------------------------

    def charge_pct(self, at: int) -> float:
        if self.counts_by_head:
            return float(round(100 * self.wells.head))
        # A good card knows that more stays behind at a higher load.
        pct = 100 * self.load_w(at) / RATED_W
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
            elif scanner.is_examining(at) and scanner.name == "mri-1" and (at // MINUTE) % 3 == 1:
                self.memory.scan(scanner.name, at)

    # ---- minute by minute --------------------------------------------------------------------------

    def run(self) -> Outcome:
        """From half an hour before the cut until the mains is back, or the battery is empty."""
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

    def _power_lost(self, at: int) -> None:
        for scanner in self.scanners:
            if scanner.is_examining(at):
                self.outcome.lost.append(scanner.name)
                if scanner.name in self.sure:
                    self.outcome.lost_unwarned.append(scanner.name)
            scanner.stopped_at = min(scanner.stopped_at or at, at - 10 * MINUTE)

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
            self.outcome.runtime.append((ups.left.used, off, (at - T0) / MINUTE, truth))
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

    # ---- and again -----------------------------------------------------------------------------------

    def restart(self) -> None:
        """From when the mains is back: what the plan says of each, beside when it really is usable."""
        rng, back = self.rng, self.back_at
        off_min = rng.uniform(15, 240)
        off_at = back - round(off_min * MINUTE)
        magnet = Magnet(rng, off_at, back + round(10 * MINUTE))
        memory = Memory()
        for at in range(off_at - 24 * HOUR, off_at, 5 * MINUTE):
            memory.add([Reading("mri-1", "magnet_temp_c", magnet.read(at), at)])
        for at in range(off_at - 10 * MINUTE, back + 4 * HOUR, MINUTE):
            battery = off_at <= at < back
            off = at < back + 10 * MINUTE and at >= off_at
            memory.add(
                [
                    Reading("mri-1", "magnet_temp_c", magnet.read(at), at),
                    Reading("ups-1", "output_source", 5.0 if battery else 3.0, at),
                    *(Reading(s.name, "mains_power_w", 0.0 if off else s.idle_w, at, "line")
                      for s in self.scanners),
                ]
            )  # fmt: skip
        chiller = rng.uniform(0.7, 1.5) * 15.0
        takes = {name: rng.uniform(0.7, 1.3) for name in ("ct-1", "us-1", "pacs")}
        for minutes in (10, 90, 180):
            plan = make_plan(read_situation(self.site, memory, back + minutes * MINUTE))
            if plan.steady_at is None:
                continue
            for each in plan.restarts:
                if each.usable_min is None:
                    continue
                foretold = plan.steady_at + each.usable_min * MINUTE
                if each.device == "mri-1":
                    truth = float(magnet.usable_at())
                elif each.device in takes and minutes == 10:
                    usual = self.site.devices[each.device].power.restart or 0
                    start = plan.steady_at + each.start_min * MINUTE
                    if each.waits_for:
                        start = plan.steady_at + max(each.start_min - 15.0 + chiller, 0) * MINUTE
                    truth = start + usual * takes[each.device]
                else:
                    continue
                self.outcome.restart.append(
                    (each.device, (foretold - truth) / MINUTE, float(minutes))
                )


class Magnet:
    """A permanent magnet: it cools to its room while it has no power, and is heated back with a delay."""

    SET_POINT, ROOM, LOSS_H, LAG_H = 32.0, 22.0, 40.0, 0.15

    def __init__(self, rng: random.Random, off_at: int, on_at: int) -> None:
        self.off_at, self.on_at = off_at, on_at
        self._rng = rng
        self.time_constant_h = 2.0 * rng.uniform(0.9, 1.1)
        hours = (on_at - off_at) / HOUR
        self.depth = (self.SET_POINT - self.ROOM) * (1 - math.exp(-hours / self.LOSS_H))
        self._fall = (self.SET_POINT - self.ROOM - self.depth) / self.LOSS_H

    def off_by(self, at: int) -> float:
        """K below the set-point; the heat comes with a lag of its own."""
        if at < self.off_at:
            return 0.0
        if at < self.on_at:
            hours = (at - self.off_at) / HOUR
            return (self.SET_POINT - self.ROOM) * (1 - math.exp(-hours / self.LOSS_H))
        hours, slow, quick = (at - self.on_at) / HOUR, self.time_constant_h, self.LAG_H
        # Two poles, with the depth and the fall that it had when the power came.
        b = (self._fall + self.depth / slow) / (1 / slow - 1 / quick)
        a = self.depth - b
        return a * math.exp(-hours / slow) + b * math.exp(-hours / quick)

    def read(self, at: int) -> float:
        return round(self.SET_POINT - self.off_by(at) + self._rng.gauss(0, 0.004), 3)

    def usable_at(self) -> int:
        """The end of four hours in which it changed by less than 0.01 K an hour."""
        at, last = self.on_at, self.on_at
        while at < self.on_at + 40 * HOUR:
            if abs(self.off_by(at + MINUTE) - self.off_by(at)) * 60 > 0.01:
                last = at
            at += MINUTE
        return last + 4 * HOUR

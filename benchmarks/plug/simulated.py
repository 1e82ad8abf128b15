"""Plugs of the simulated centre: its schedule, its supply, its mains and its meter."""

from collections.abc import Iterator

import numpy as np

from benchmarks.plug.recording import FIRST_MIDNIGHT, ZONE, Recording
from core.time.clock import DAY, SECOND
from simulator.faults import FaultTimeline
from simulator.physics.meters import read_meters
from simulator.physics.noise import generator
from simulator.physics.part import Key
from simulator.physics.power import supply_mains
from simulator.physics.scanner import Supply
from simulator.physics.usage import Schedule
from simulator.physics.world import World

KINDS = ("ct", "mri", "mammo", "cbct", "rf", "dxa", "us")
POWER = "mains_power_w"


def simulated(kind: str, seed: int, days: int, step_ms: int = 10 * SECOND) -> Recording:
    """A scanner of a kind over some days; its load is the seconds in which it scanned."""
    schedule = Schedule(seed, f"{kind}-1", kind, ZONE)
    moments = FIRST_MIDNIGHT + np.arange(step_ms, days * DAY + 1, step_ms)
    supply = Supply(kind, schedule)
    shown: dict[str, list[float]] = {}
    at: list[int] = []
    for world in _moments(seed, moments.tolist()):
        supply.step(world)
        if world.mains_on:  # without mains the plug is dark too
            at.append(world.at)
            rng = generator(seed, f"{kind} meter", world.at)
            for key, watts in read_meters(_power(supply), rng).items():
                shown.setdefault(key[1], []).append(watts)
    scanned = [schedule.scanned_s(end - step_ms, end) for end in moments.tolist()]
    examinations = schedule.examinations(FIRST_MIDNIGHT, FIRST_MIDNIGHT + days * DAY)
    return Recording(
        [(np.array(at), np.array(watts)) for watts in shown.values()],
        days,
        np.array([examination.start for examination in examinations]),
        moments - 1,
        np.array(scanned),
    )


def _power(supply: Supply) -> dict[Key, float]:
    return {key: value for key, value in supply.values().items() if key[0] == POWER}


def _moments(seed: int, moments: list[int]) -> Iterator[World]:
    world = World(seed, ZONE, FaultTimeline(()))
    for at in moments:
        world.begin_step(at)
        supply_mains(world)
        yield world

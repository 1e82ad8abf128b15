"""Plugs of the simulated centre: its schedule, its supply, its mains and its meter."""

from collections.abc import Iterator

import numpy as np

from benchmarks.plug.recording import FIRST_MIDNIGHT, ZONE, Recording
from collectors.plug_use.power_curve import Floats
from core.time.clock import DAY, MINUTE, SECOND
from simulator.faults import FaultTimeline
from simulator.physics.meters import METERS
from simulator.physics.power import supply_mains
from simulator.physics.scanner import Supply
from simulator.physics.usage import Schedule
from simulator.physics.world import World

KINDS = ("ct", "mri", "mammo", "cbct", "rf", "dxa", "us")
POWER = "mains_power_w"


def simulated(kind: str, seed: int, days: int, step_ms: int = 10 * SECOND) -> Recording:
    """A scanner of a kind over some days; its load is the seconds in which it scanned."""
    schedule = Schedule(seed, f"{kind}-1", kind, ZONE, FaultTimeline(()))
    supply = Supply(kind, schedule)
    lines: dict[str, list[float]] = {}
    at: list[int] = []
    for world in _moments(seed, days, step_ms):
        supply.step(world)
        if world.mains_on:  # without mains the plug is dark too
            at.append(world.at)
            for (metric, line), value in supply.values().items():
                if metric == POWER:
                    lines.setdefault(line, []).append(value)
    end = FIRST_MIDNIGHT + days * DAY
    minutes = range(FIRST_MIDNIGHT, end, 10 * MINUTE)
    examinations = schedule.examinations(FIRST_MIDNIGHT, end)
    return Recording(
        [(np.array(at), _metered(watts, seed)) for watts in lines.values()],
        days,
        np.array([examination.start for examination in examinations]),
        np.array(minutes),
        np.array([schedule.scanned_s(begin, begin + 10 * MINUTE) for begin in minutes]),
    )


def _metered(watts: list[float], seed: int) -> Floats:
    meter = METERS[POWER]
    noise = np.random.default_rng(seed).normal(0.0, meter.noise, len(watts))
    return np.maximum(np.round(np.array(watts) + noise, meter.digits), meter.floor)


def _moments(seed: int, days: int, step_ms: int) -> Iterator[World]:
    world = World(seed, ZONE, FaultTimeline(()))
    for at in range(FIRST_MIDNIGHT + step_ms, FIRST_MIDNIGHT + days * DAY + 1, step_ms):
        world.begin_step(at)
        supply_mains(world)
        yield world

"""From when the mains is back: what the plan says of each device, beside when it is really usable."""

import math

from alerts.power import make_plan, read_situation
from benchmarks.power.magnet import Magnet
from benchmarks.power.memory import Memory
from benchmarks.power.outage import Outage
from benchmarks.power.outcome import Usable
from core.readings import Reading
from core.time.clock import HOUR, MINUTE


def restart(outage: Outage) -> None:
    """From when the mains is back: what the plan says of each, beside when it really is usable."""
    rng, back = outage.rng, outage.back_at
    off_min = rng.uniform(15, 240)
    off_at = back - round(off_min * MINUTE)
    slow, lag = 2.0 * rng.uniform(0.8, 1.25), rng.uniform(0.05, 0.3)
    chiller = rng.uniform(0.7, 1.5) * 15.0
    memory = Memory()
    _earlier_recoveries(outage, memory, off_at, (slow, lag), chiller)
    magnet = Magnet(rng, off_at, back + round(10 * MINUTE), slow, lag)
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
                  for s in outage.scanners),
            ]
        )  # fmt: skip
    takes = {name: rng.uniform(0.7, 1.3) for name in ("ct-1", "us-1", "pacs")}
    for minutes in (10, 90, 180):
        plan = make_plan(read_situation(outage.site, memory, back + minutes * MINUTE))
        if plan.steady_at is None:
            continue
        for each in plan.restarts:
            if each.usable_min is None:
                continue
            foretold = plan.steady_at + each.usable_min * MINUTE
            if each.device == "mri-1":
                truth = float(magnet.usable_at())
            elif each.device in takes and minutes == 10:
                usual = outage.site.devices[each.device].power.restart or 0
                start = plan.steady_at + each.start_min * MINUTE
                if each.waits_for:
                    start = plan.steady_at + max(each.start_min - 15.0 + chiller, 0) * MINUTE
                truth = start + usual * takes[each.device]
            else:
                continue
            off_min = (foretold - truth) / MINUTE
            outage.outcome.restart.append(
                Usable(
                    each.device,
                    off_min,
                    float(minutes),
                    bool(outage.earlier_cuts),
                    abs(off_min) <= each.within_min,
                )
            )


def _earlier_recoveries(
    outage: Outage, memory: Memory, until: int, heating: tuple[float, float], chiller: float
) -> None:
    """Of the cuts before, the last of them days ago: magnet and cooling water went and came back."""
    rng, days = outage.rng, 2.0
    cuts = list[int]()
    for _ in range(outage.earlier_cuts):
        days += rng.uniform(1, 12)
        cuts.append(until - round(days * 24 * HOUR))
    for begin in reversed(cuts):
        on_at = begin + round(rng.uniform(30, 240) * MINUTE)
        magnet = Magnet(rng, begin, on_at, *heating)
        warmth = rng.uniform(5, 12)
        for at in range(begin - 24 * HOUR, begin + 22 * HOUR, 5 * MINUTE):
            # It warms while it is off; then nothing for a third of the time, then quickly.
            back = chiller * rng.uniform(0.9, 1.1)
            minutes = (at - on_at) / MINUTE
            off = 0.0 if at < begin else warmth * min((at - begin) / HOUR, 1.0)
            if minutes > 0:
                off = warmth * math.exp(-max(minutes - back / 3, 0.0) / (back / 3.5))
            water = round(14.0 + off + rng.gauss(0, 0.1), 1)
            memory.add(
                [
                    Reading("mri-1", "magnet_temp_c", magnet.read(at), at),
                    Reading("chiller-1", "supply_temp_c", water, at),
                ]
            )

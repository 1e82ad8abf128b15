"""How late living agents are polled beside dead ones on a busy machine, and who is called dead that lives.

    python -m benchmarks.snmp.late [--dead 500] [--living 50] [--seconds 60] [--burners 2]

All are to be asked each second. The dead take requests and answer nothing; beside the collector as many processes burn the cores as `--burners`
says. Late is what lies between two polls of a living agent beyond a second, from the beginnings that are stored.
"""

import argparse
import asyncio
import itertools
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path

from app.services.collect import collect
from benchmarks.snmp.agents import address, deaf_address
from benchmarks.snmp.run import agents, write_site
from core.schema.load import load_site
from core.schema.site import Site
from storage.series import SeriesReader

WARM_UP_S = 40.0  # until it is known who is dead


async def _collected(site: Site, seconds: float) -> None:
    stop = asyncio.Event()
    work = asyncio.create_task(collect(site, stop))
    await asyncio.sleep(WARM_UP_S + seconds)
    stop.set()
    await work


def judged(site: Site, living: int) -> tuple[list[float], int, int]:
    """Milliseconds late, in order; how often a living one was called dead, and how often a dead one was."""
    begun = defaultdict[str, list[int]](list)
    false, true = 0, 0
    readings = SeriesReader(site.series_path).since(0, 10_000_000).readings
    start = min(reading.at for reading in readings) + WARM_UP_S * 1000
    for reading in readings:
        if reading.metric != "up":
            continue
        is_living = int(reading.device[1:]) < living
        false += is_living and reading.value == 0
        true += not is_living and reading.value == 0
        if is_living and reading.at >= start:
            begun[reading.device].append(reading.at)
    late = [
        max(0.0, later - earlier - 1000)
        for times in begun.values()
        for earlier, later in itertools.pairwise(sorted(times))
    ]
    return sorted(late), false, true


def main() -> None:
    """One run."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--dead", type=int, default=500)
    arguments.add_argument("--living", type=int, default=50)
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("--burners", type=int, default=2)
    chosen = arguments.parse_args()
    hosts = [address(number) for number in range(chosen.living)]
    hosts += [deaf_address(number) for number in range(chosen.dead)]
    with tempfile.TemporaryDirectory() as place, agents() as port, ExitStack() as stack:
        for _ in range(chosen.burners):
            burner = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            stack.enter_context(burner)
            stack.callback(burner.kill)
        site = load_site(write_site(Path(place) / "site", hosts, port, "2c"))
        asyncio.run(_collected(site, chosen.seconds))
        late, false, true = judged(site, chosen.living)
    p50, p99 = late[len(late) // 2], late[len(late) * 99 // 100]
    print(
        f"{len(late)} polls of the living: late by {p50:.0f} ms (median), {p99:.0f} ms (p99),"
        f" {late[-1]:.0f} ms (most); {false} times called dead; of the dead {true};"
        f" load {os.getloadavg()[0]:.0f}"
    )


if __name__ == "__main__":
    main()

"""Scanward's side: `scanward collect` itself, in a process that says what it cost.

python -m benchmarks.snmp.ours SITE SECONDS [--profile FILE]
"""

import argparse
import asyncio
import cProfile
import resource
from pathlib import Path

from app.clock import now
from app.services.collect import collect
from core.schema.load import load_site
from core.schema.site import Site
from storage.series import SeriesReader


async def _run(site: Site, seconds: float, warm_up: float) -> tuple[int, float]:
    """Polls stored within so many seconds, and processor seconds that they took."""
    stop = asyncio.Event()
    work = asyncio.create_task(collect(site, stop))
    await asyncio.sleep(warm_up)
    before, began = used_s(), now()
    await asyncio.sleep(seconds)
    cost_s, ended = used_s() - before, now()
    stop.set()
    await work
    return _polls_stored(site, began, ended), cost_s


def _polls_stored(site: Site, since: int, until: int) -> int:
    """Polls of which all is in the store, by the times at which they were begun."""
    reader, cursor, count = SeriesReader(site.series_path), 0, 0
    while True:
        page = reader.since(cursor, 100_000)
        if page.cursor == cursor:
            return count
        count += sum(r.metric == "up" and since <= r.at < until for r in page.readings)
        cursor = page.cursor


def used_s() -> float:
    """Processor seconds of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("site", type=Path)
    arguments.add_argument("seconds", type=float)
    arguments.add_argument("--warm-up", type=float, default=15)
    arguments.add_argument("--profile")
    chosen = arguments.parse_args()
    profile = cProfile.Profile() if chosen.profile else None
    if profile:
        profile.enable()
    polls, cost_s = asyncio.run(_run(load_site(chosen.site), chosen.seconds, chosen.warm_up))
    if profile:
        profile.dump_stats(chosen.profile)
    print(polls, f"{cost_s:.3f}")

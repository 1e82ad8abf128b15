"""The collect loop: every source of the site, side by side, into the series store."""

import asyncio
import contextlib
import gc
import logging
import random
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from app.clock import now
from app.services.store_sink import StoreSink
from collectors.base import Sink, Source
from collectors.load import load_collector
from core.retry import Backoff
from core.schema.site import Site
from core.schema.sources.registry import kinds_of, unnamed_kinds
from storage.files.process_sign import WORK, ProcessSign
from storage.series import open_or_quarantine

log = logging.getLogger(__name__)

STOP_WITHIN_S = 4.0  # after a signal, whatever the load; the supervisor has no longer patience
_CLOSE_WITHIN_S = 2.0  # for what waits to be stored; a full disk would wait for ever
RESTART = Backoff(first=1.0, longest=300.0, jitter=(0.8, 1.2))  # seconds
_GC_THRESHOLDS = (50_000, 20, 20)  # objects until a look, looks until a longer one
HEALTHY_AFTER_S = 600.0  # having run so long, the next fault is not counted with the last


async def collect(site: Site, stop: asyncio.Event, *, once: bool = False) -> None:
    """Collect until `stop` is set; with `once`, one round of every source."""
    with ProcessSign(site.processes_path, "collect", now) as sign:
        await _collect(site, stop, sign, once=once)


async def _collect(site: Site, stop: asyncio.Event, sign: ProcessSign, *, once: bool) -> None:
    writer, damaged = open_or_quarantine(site.series_path, now())
    if damaged:
        log.critical("the series store was damaged: it is now %s, and a new one is begun", damaged)
    sink = StoreSink(writer, site.file.retention, now, partial(sign.note, WORK))
    storing: asyncio.Task[Any] = asyncio.create_task(sink.run())
    sources = _sources(site, sink)
    work = [source.once() if once else keep_alive(source) for source in sources]
    tasks: list[asyncio.Task[Any]] = [asyncio.create_task(job) for job in work]
    log.info(
        "collecting from %d sources of %d devices into %s",
        *(len(sources), len(site.devices), site.series_path.absolute()),
    )
    ends = [storing, asyncio.create_task(stop.wait())]
    if once:
        ends.append(asyncio.create_task(_all(tasks)))
    with _heap_left_alone():
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    await _cancel([*tasks, *ends[1:]])
    if storing.done():
        storing.result()  # raises what only a person can mend
    await _cancel([storing])
    try:
        async with asyncio.timeout(_CLOSE_WITHIN_S):
            await sink.close()
    except TimeoutError:
        log.warning("the store does not take what still waits: it was acknowledged to nobody")


@contextlib.contextmanager
def _heap_left_alone() -> Iterator[None]:
    """Code, site and loops stay for ever, and readings are in no cycles: to look through them was a fifth of a poll."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _sources(site: Site, sink: Sink) -> list[Source]:
    """Every loop of the kinds that the site uses, and of those that every site has."""
    kinds = (*kinds_of(site.source_entries), *unnamed_kinds())
    return [source for kind in kinds for source in load_collector(kind).sources(site, sink, now)]


async def keep_alive(source: Source) -> None:
    """A source that fails by our own mistake is started again; the others never notice."""
    restarts = 0
    while True:
        began = time.monotonic()
        try:
            await source.run()
        except Exception:
            # Whatever it was, the other devices are still to be watched.
            log.exception("%s stopped by a fault of ours; it is started again", source.name)
        restarts = 1 if time.monotonic() - began > HEALTHY_AFTER_S else restarts + 1
        pause = RESTART.pause(restarts)
        await asyncio.sleep(RESTART.spread(pause, random.random()))  # noqa: S311  no secret


async def _all(tasks: list[asyncio.Task[Any]]) -> None:
    await asyncio.wait(tasks)
    for task in tasks:
        if error := task.exception():
            log.error("a source failed by a fault of ours", exc_info=error)


async def _cancel(tasks: list[asyncio.Task[Any]]) -> None:
    """All at once: one after the other, a thousand would each wait for their turn of a busy loop."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

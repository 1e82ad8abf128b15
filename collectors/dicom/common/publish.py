"""From the ledger to the series store: what is new or has become other than published.

Noted in the ledger first, then stored with the number of the publication as position, then unmarked. So
after a kill at any moment the ledger knows what the store may have; and a store restored from an older
copy gets again what it lacks.
"""

import asyncio
from collections import defaultdict
from pathlib import Path

from collectors.base import Sink
from collectors.dicom.common.work_readings import COMPONENT, is_open, readings, start
from core.readings import LATE_EXAMINATIONS, Batch, Event
from core.schema.site import Device, Site
from core.time.clock import DAY
from storage.examinations.ledger import LONGEST, Ledger
from storage.examinations.work import PendingMark

_LATE = "Series, exposures or steps older than what can still be corrected, not counted"
POSITION = "dicom publication"
# Two kinds of source write to one ledger, and the store must be given corrections in their order.
_IN_TURN: defaultdict[Path, asyncio.Lock] = defaultdict(asyncio.Lock)


async def publish(site: Site, ledger: Ledger, sink: Sink, now: int) -> None:
    """Store every reading that follows from the ledger and is not stored. StoreError: all stays marked."""
    async with _IN_TURN[site.examinations_path.absolute()]:
        stored = int(sink.position(POSITION) or 0)
        await asyncio.to_thread(ledger.mark_unstored, stored)
        for mark in await asyncio.to_thread(ledger.marks):
            device = site.devices.get(mark.device)
            if device is None:  # what is not of this site, or not any more
                await asyncio.to_thread(ledger.unmark, mark, None)
            else:
                await _publish(site, device, mark, ledger, sink, now)
        await _prune(site, ledger, now)
        await _name_late(site, ledger, sink, now)


async def _publish(
    site: Site, device: Device, mark: PendingMark, ledger: Ledger, sink: Sink, now: int
) -> None:
    stored = int(sink.position(POSITION) or 0)
    since = start(max(mark.since, _oldest_that_can_be_corrected(site, now)), site.zone)
    work = await asyncio.to_thread(ledger.work, device.id, since)
    changes = readings(device.id, work, device.profile.metrics, site.zone, now, stored)
    if changes:
        last = await asyncio.to_thread(ledger.last_publication)
        publication = max(stored, last) + 1
        await asyncio.to_thread(ledger.note_published, changes, publication)
        await sink.append(Batch(readings=changes, positions={POSITION: str(publication)}))
    today = start(now, site.zone)
    await asyncio.to_thread(ledger.unmark, mark, today if is_open(work, today) else None)


async def _prune(site: Site, ledger: Ledger, now: int) -> None:
    """Once a day: what no correction can need any more, with a day and the longest series to spare."""
    oldest = _oldest_that_can_be_corrected(site, now)
    before = start(oldest, site.zone) - LONGEST - DAY if oldest else 0
    if before - await asyncio.to_thread(ledger.pruned_before) < DAY:
        return
    minutes = site.file.retention.minutes
    studies_before = 0 if minutes is None else min(before, now - minutes)
    await asyncio.to_thread(ledger.prune, before, studies_before)


async def _name_late(site: Site, ledger: Ledger, sink: Sink, now: int) -> None:
    """Of devices of the site: what came so late that it could be counted no more."""
    events = [
        Event(device, LATE_EXAMINATIONS, f"{_LATE}: {count}", now, "warning", COMPONENT)
        for device, count in sorted(ledger.late().items())
        if device in site.devices
    ]
    if events:
        await sink.append(Batch(events=events))


def _oldest_that_can_be_corrected(site: Site, now: int) -> int:
    """Where raw readings have been dropped a correction comes too late: what is older stays as it is.

    They are dropped by whole days, and `start` goes back by one.
    """
    raw = site.file.retention.raw
    return 0 if raw is None else (now - raw) // DAY * DAY + 3 * DAY

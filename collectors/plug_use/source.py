"""Reads examinations and load from the plugs of the scanners, an hour after each hour has ended.

It asks no device: it reads the series that others have brought, and once a day learns from what DICOM
has told of the same days.
"""

import asyncio
import logging
import threading

from collectors.base import Now, Sink, Source
from collectors.plug_use import model as models
from collectors.plug_use.history import learn_now, read_counter, read_curve
from collectors.plug_use.hours import WINDOW, PlugLedger, changes, estimates, parse_ledger, updated
from collectors.plug_use.idle import LEVEL
from collectors.plug_use.metrics import COMPONENT, EXAMINATIONS, POWER, UNARCHIVED
from collectors.plug_use.model import PlugModel
from collectors.plug_use.unarchived import unarchived
from core.errors import StoreError
from core.readings import Batch, Reading
from core.retry import FailureStreak
from core.schema.site import Device, Site
from core.time.clock import DAY, HOUR, MINUTE

log = logging.getLogger(__name__)

LOOK_EVERY_S = 300.0
# What is idle at the end of an hour is known only when a level's length has passed; then come messages
# that were delayed. Engineering.
DELAY = LEVEL + 5 * MINUTE
LEARN_EVERY = DAY
ARRIVES = (
    DAY  # after so long the PACS has what it gets; the newest day is not learned from. Engineering
)


def sources(site: Site, sink: Sink, now: Now) -> list[Source]:
    """One for the whole site, if any device may have a plug and examinations."""
    devices = [device for device in site.devices.values() if can_be_read(device)]
    return [PlugUseSource(site, devices, sink, now)] if devices else []


def can_be_read(device: Device) -> bool:
    """Are there a plug's power and examinations in its profile?"""
    return {POWER, EXAMINATIONS} <= device.profile.metrics.keys()


class PlugUseSource:
    """The second witness of every scanner that has a plug."""

    name = "use by plug"

    def __init__(self, site: Site, devices: list[Device], sink: Sink, now: Now) -> None:
        self._site, self._devices, self._sink, self._now = site, devices, sink, now
        self._failures = FailureStreak()
        self._last_error = ""
        self._learned_at: dict[str, int] = {}  # whether or not there was enough to learn from
        self._hour_done = 0
        self._stopping = threading.Event()

    @property
    def last_error(self) -> str:
        """Why the store does not answer."""
        return self._last_error

    async def run(self) -> None:
        """Look every five minutes until cancelled whether an hour has ended long enough ago."""
        try:
            while True:
                await self.once()
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            self._stopping.set()  # the thread that learns ends soon

    async def once(self) -> None:
        """All hours that have ended and have not been read."""
        last = (self._now() - DELAY) // HOUR * HOUR
        if last == self._hour_done:
            return
        errors: list[str] = []
        for device in self._devices:
            try:
                await self._read(device, last)
            except StoreError as error:  # the others are still to be read
                errors.append(f"{device.id}: {error}")
        self._last_error = "; ".join(errors)
        if not errors:
            self._hour_done = last
            if self._failures.recovered():
                log.info("%s: back", self.name)
        elif self._failures.failed():
            log.warning("%s waits: %s", self.name, self._last_error)

    async def _read(self, device: Device, last: int) -> None:
        learned_at = self._learned_at.get(device.id)
        if learned_at is None or not 0 <= last - learned_at < LEARN_EVERY:
            await asyncio.to_thread(self._learn, device, last)
        batch = await asyncio.to_thread(self._batch, device, last)
        if batch:
            await self._sink.append(batch)

    def _learn(self, device: Device, last: int) -> None:
        """A new model, unless it is younger than a day or there is too little to learn from."""
        model = models.load(self._site, device.id)
        if model is None or not 0 <= last - model.learned_at < LEARN_EVERY:
            learned = learn_now(self._site, device.id, last, self._stopping.is_set)
            if self._stopping.is_set():
                return
            if isinstance(learned, PlugModel) and not models.is_doubtful(learned, model):
                models.save(self._site, device.id, learned)
        self._learned_at[device.id] = last

    def _batch(self, device: Device, last: int) -> Batch:
        model = models.best(self._site, device)
        if model is None:
            return Batch()
        curve = read_curve(self._site, device.id, last - WINDOW - 2 * LEVEL, last + LEVEL)
        key = f"{self.name} {device.id}"
        before = parse_ledger(self._sink.position(key))
        after = updated(before, estimates(model, curve, last), last)
        readings = changes(device.id, before, after, device.profile.metrics, self._site.zone)
        readings += self._unarchived(device, model, after, last)
        return Batch(readings=readings, positions={key: after.model_dump_json()})

    def _unarchived(
        self, device: Device, model: PlugModel, ledger: PlugLedger, last: int
    ) -> list[Reading]:
        """What DICOM lacks of the last day, if the plug was learned on this very device."""
        if UNARCHIVED not in device.profile.metrics or model.learned_from != device.id:
            return []
        at, counter = read_counter(self._site, device.id, last - DAY, last)
        error_pct = model.accuracy[EXAMINATIONS].error_pct
        missing = unarchived(ledger, at, counter, error_pct, last)
        if missing is None:
            return []
        return [Reading(device.id, UNARCHIVED, missing, last, COMPONENT)]

"""Looks at each log file from time to time, and stores what it found with the place it reached."""

import asyncio
import logging
import time
from functools import partial
from zoneinfo import ZoneInfo

from collectors.base import Now, Sink, Source, reachability
from collectors.logfile.follow import EndFollower, Follower, Look
from collectors.logfile.hung_io import aside
from collectors.logfile.parse import parse
from collectors.logfile.reverse_follow import TopFollower
from core.errors import SourceError, StoreError
from core.readings import Batch
from core.schema.site import Device, Site
from core.schema.sources.logfile import LogSource
from core.time.clock import MINUTE

log = logging.getLogger(__name__)

_REPEAT_UP = MINUTE
_HUNG_AFTER = 30.0  # seconds


def sources(site: Site, sink: Sink, now: Now) -> list[Source]:
    """One source for every log file of every device."""
    return [
        FileSource(device, source, source.zone or site.zone, sink, now)
        for device in site.devices.values()
        for source in device.sources
        if isinstance(source, LogSource)
    ]


class FileSource:
    """One log file of one device."""

    def __init__(
        self, device: Device, source: LogSource, zone: ZoneInfo, sink: Sink, now: Now
    ) -> None:
        self._device = device
        self._source = source
        self._zone = zone
        self._sink = sink
        self._now = now
        form = source.format_of(device.profile)
        kind: type[TopFollower] | type[EndFollower]
        kind = TopFollower if form.newest_first else EndFollower
        self._follower: Follower = kind(source.path, source.encoding, form.begin)
        self._hung: asyncio.Future[Look] | None = None
        self._heard = now()
        self._up: bool | None = None
        self._up_written = 0
        self._trouble: str | None = None

    @property
    def name(self) -> str:
        """`ct-1 logfile /logs/EvtApplication_Today.txt`."""
        return f"{self._device.id} logfile {self._source.path}"

    @property
    def trouble(self) -> str:
        """Why the file cannot be read."""
        return self._trouble or ""

    @property
    def _key(self) -> str:
        return f"logfile:{self._device.id}:{self._source.path}"

    async def run(self) -> None:
        """Look every `every` until cancelled; whatever the share does, the next look comes."""
        while True:
            try:
                await self._round()
            except StoreError as error:
                self._lost(str(error))
            await asyncio.sleep(self._source.every / 1000)

    async def once(self) -> None:
        """Everything the file holds. The second look takes the last record, if it stood still."""
        await self._round()
        await self._round()

    async def _round(self) -> None:
        more = True
        while more:
            began = time.perf_counter()
            try:
                look = await self._look()
            except SourceError as error:
                self._lost(str(error))
                await self._append(Look([]), up=False, took=None)
                return
            await self._append(look, up=True, took=(time.perf_counter() - began) * 1000)
            self._back()
            more = look.more

    async def _look(self) -> Look:
        """One look, in its own thread. SourceError says why it failed."""
        if self._hung is not None and not self._hung.done():
            raise SourceError("the share still does not answer")
        saved = self._sink.position(self._key)
        looking = aside(partial(self._follower.look, saved), self.name)
        looking.add_done_callback(_heeded)
        self._hung = looking
        try:
            async with asyncio.timeout(_HUNG_AFTER):
                return await asyncio.shield(looking)
        except TimeoutError as error:
            raise SourceError("the share does not answer; the next look waits for it") from error
        except (OSError, LookupError) as error:
            raise _explained(error, self._source) from error

    async def _append(self, look: Look, *, up: bool, took: float | None) -> None:
        """Store what was found and how far that was, in one batch."""
        now = self._now()
        batch = parse(self._device, self._source, look.lines, self._zone, now)
        if look.lines:
            self._heard = now
        silence = self._source.silent_after
        alive = up and (silence is None or now - self._heard < silence)
        repeated = alive == self._up and now - self._up_written < _REPEAT_UP
        if not repeated:
            found = reachability(self._device, "logfile", now, up=alive, response_ms=took)
            batch.readings.extend(found)
        positions = {self._key: look.position} if look.position is not None else {}
        batch = Batch(batch.readings, batch.events, positions)
        if batch:
            await self._sink.append(batch)
        if not repeated:
            self._up, self._up_written = alive, now

    def _lost(self, text: str) -> None:
        if self._trouble is None:
            log.warning("%s: %s", self.name, text)
        self._trouble = text

    def _back(self) -> None:
        if self._trouble is not None:
            log.info("%s: back", self.name)
        self._trouble = None


def _heeded(looking: asyncio.Future[Look]) -> None:
    """Take a late answer's error, which nobody waits for any more."""
    if not looking.cancelled():
        looking.exception()


def _explained(error: OSError | LookupError, source: LogSource) -> SourceError:
    """What a person can do about it."""
    match error:
        case LookupError():
            text = f"unknown encoding {source.encoding!r}: write utf-8, cp1252 or utf-16"
            return SourceError(text, permanent=True)
        case FileNotFoundError():
            return SourceError("no such file: check `path`, and that the share is mounted")
        case PermissionError():
            text = "may not be read: give the user that Scanward runs as the right to read it"
            return SourceError(text, permanent=True)
        case IsADirectoryError() | NotADirectoryError():
            return SourceError("`path` is a folder or lies in a file", permanent=True)
    return SourceError(f"cannot be read: {error.strerror or error}")

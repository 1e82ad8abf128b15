"""Reads each log file at its interval, and stores what is new with the position it has reached."""

import asyncio
import logging
import time
from functools import partial
from zoneinfo import ZoneInfo

from collectors.base import Now, Sink, Source, reachability
from collectors.device_clock import clock_event
from collectors.logfile.follow import EndFollower, LogFollower, NewLines
from collectors.logfile.parse import parse
from collectors.logfile.record_times import RecordTimes
from collectors.logfile.reverse_follow import TopFollower
from collectors.polling.daemon_thread import run_in_daemon_thread
from core.errors import SourceError, StoreError
from core.readings import LOG_GAP, Batch, Event
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
        self._sink = sink
        self._now = now
        form = source.format_of(device.profile)
        self._times = RecordTimes(form.times, zone, int(sink.position(self._clock_key) or 0))
        self._clock_reported = self._times.offset
        self._caught_up_at: int | None = None  # when all that the file held had been read
        kind: type[TopFollower] | type[EndFollower]
        kind = TopFollower if form.newest_first else EndFollower
        self._follower: LogFollower = kind(source.path, source.encoding, form.begin)
        self._pending_read: asyncio.Future[NewLines] | None = None
        self._last_lines_at = now()
        self._up: bool | None = None
        self._up_written = 0
        self._last_error: str | None = None

    @property
    def name(self) -> str:
        """`ct-1 logfile /logs/EvtApplication_Today.txt`."""
        return f"{self._device.id} logfile {self._source.path}"

    @property
    def last_error(self) -> str:
        """Why the file cannot be read."""
        return self._last_error or ""

    @property
    def _clock_key(self) -> str:
        return f"logfile:clock:{self._device.id}:{self._source.path}"

    @property
    def _key(self) -> str:
        return f"logfile:{self._device.id}:{self._source.path}"

    async def run(self) -> None:
        """Read every `every` until cancelled, whatever the share does."""
        while True:
            try:
                await self._round()
            except StoreError as error:
                self._lost(str(error))
            await asyncio.sleep(self._source.every / 1000)

    async def once(self) -> None:
        """Everything the file holds. The second round takes the last record, if the file stood still."""
        await self._round()
        await self._round()

    async def _round(self) -> None:
        more = True
        while more:
            started_at = time.perf_counter()
            try:
                new = await self._read_new()
            except SourceError as error:
                self._lost(str(error))
                await self._append(NewLines([]), up=False, response_ms=None)
                return
            await self._append(new, up=True, response_ms=(time.perf_counter() - started_at) * 1000)
            self._back()
            more = new.more

    async def _read_new(self) -> NewLines:
        """What is new, read in a thread of its own. SourceError says why it failed."""
        if self._pending_read is not None and not self._pending_read.done():
            raise SourceError("the share still does not answer")
        saved = self._sink.position(self._key)
        pending = run_in_daemon_thread(partial(self._follower.read_new, saved), self.name)
        pending.add_done_callback(_discard_error)
        self._pending_read = pending
        try:
            async with asyncio.timeout(_HUNG_AFTER):
                return await asyncio.shield(pending)
        except TimeoutError as error:
            raise SourceError("the share does not answer; the next look waits for it") from error
        except (OSError, LookupError) as error:
            raise source_error(error, self._source) from error

    async def _append(self, new: NewLines, *, up: bool, response_ms: float | None) -> None:
        """Store new lines and how far the file has been read, in one batch."""
        now = self._now()
        batch = parse(
            *(self._device, self._source, new.lines, self._times, now), is_live=self._is_live(now)
        )
        if new.gap:
            event = Event(self._device.id, LOG_GAP, new.gap.capitalize(), now, "warning", "logfile")
            batch.events.append(event)
        if new.lines:
            self._last_lines_at = now
        silence = self._source.silent_after
        is_up = up and (silence is None or now - self._last_lines_at < silence)
        is_repeated = is_up == self._up and now - self._up_written < _REPEAT_UP
        if not is_repeated:
            readings = reachability(self._device, "logfile", now, up=is_up, response_ms=response_ms)
            batch.readings.extend(readings)
        positions = {self._key: new.position} if new.position is not None else {}
        if self._times.offset != self._clock_reported:
            positions[self._clock_key] = str(self._times.offset)
            batch.events.append(clock_event(self._device.id, "logfile", self._times.offset, now))
        batch = Batch(batch.readings, batch.events, positions)
        if batch:
            await self._sink.append(batch)
        self._clock_reported = self._times.offset
        self._caught_up_at = now if up and not new.more else None
        if not is_repeated:
            self._up, self._up_written = is_up, now

    def _is_live(self, now: int) -> bool:
        """Were the lines that a look brings now written since the look before?"""
        last = self._caught_up_at
        return last is not None and 0 <= now - last <= 2 * self._source.every + MINUTE

    def _lost(self, text: str) -> None:
        if self._last_error is None:
            log.warning("%s: %s", self.name, text)
        self._last_error = text

    def _back(self) -> None:
        if self._last_error is not None:
            log.info("%s: back", self.name)
        self._last_error = None


def _discard_error(pending: asyncio.Future[NewLines]) -> None:
    """Retrieve the error of a read that nobody waits for any more, or asyncio complains."""
    if not pending.cancelled():
        pending.exception()


def source_error(error: OSError | LookupError, source: LogSource) -> SourceError:
    """The error as a person can act on it."""
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

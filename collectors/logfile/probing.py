"""The newest lines of a log, and what the profile's patterns read of them; only the end of the file is read."""

import asyncio
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from collectors.base import Now
from collectors.logfile.chunk import CHUNK, Chunk
from collectors.logfile.parse import parse
from collectors.logfile.record_times import RecordTimes
from collectors.logfile.records import oldest_first
from collectors.logfile.rotation import LogFiles
from collectors.logfile.source import source_error
from collectors.polling.daemon_thread import run_in_daemon_thread
from collectors.probing import MOST, ProbeAnswer
from core.errors import SourceError
from core.schema.site import Device, Site
from core.schema.sources.logfile import LogFormat, LogSource

WITHIN_S = 10.0  # a share that hangs; ours
_LAST = 64 * 1024  # bytes that are looked at
_SHOWN, _LONGEST = 10, 300  # lines, and characters of each


async def probe(site: Site, now: Now) -> ProbeAnswer:
    """Of the one log that the site has."""
    [device] = site.devices.values()
    [source] = [entry for entry in device.sources if isinstance(entry, LogSource)]
    form = source.format_of(device.profile)
    reading = run_in_daemon_thread(partial(_newest_lines, source, form), "log probe")
    try:
        async with asyncio.timeout(WITHIN_S):
            lines = await asyncio.shield(reading)
    except TimeoutError:
        return ProbeAnswer(error="the share does not answer")
    except (OSError, LookupError) as error:
        return ProbeAnswer(error=str(source_error(error, source)))
    except SourceError as error:
        return ProbeAnswer(error=str(error))
    return _answer(device, source, lines, source.zone or site.zone, now())


def _answer(
    device: Device, source: LogSource, lines: list[str], zone: ZoneInfo, now: int
) -> ProbeAnswer:
    form = source.format_of(device.profile)
    batch = parse(device, source, lines, RecordTimes(form.times, zone, 0), now)
    shown = [line[:_LONGEST] for line in lines if line.strip()][-_SHOWN:]
    return ProbeAnswer(
        is_up=True, readings=batch.readings[-MOST:], events=batch.events[-MOST:], lines=shown
    )


def _newest_lines(source: LogSource, form: LogFormat) -> list[str]:
    """Oldest first. OSError if the file cannot be read."""
    path = _newest_file(source.path)
    with path.open("rb") as file:
        size = file.seek(0, 2)
        offset = 0 if form.newest_first else max(0, size - _LAST)
        chunk = Chunk(file, offset - offset % 4, source.encoding, is_cut=offset > 0)
        chunk.read(whole=size < CHUNK)
    if form.newest_first:
        return oldest_first(chunk.lines, form.begin)
    return chunk.lines


def _newest_file(path: Path) -> Path:
    if path.exists() and not path.is_file():  # a pipe would wait for ever, a device never end
        raise SourceError("`path` is no plain file")
    files = LogFiles(path)
    if not files.is_pattern:
        return files.spelt()
    parts = files.parts()
    if not parts:
        raise FileNotFoundError(2, "no such file", str(path))
    return parts[-1].path

"""A site with two mammographs of one kind, plugs on both and DICOM of the first, and its series."""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from app.services.store_sink import StoreSink
from benchmarks.plug.recording import FIRST_MIDNIGHT, Recording
from collectors.plug_use.source import PlugUseSource, sources
from core.readings import Batch, Reading
from core.schema.load import load_site
from core.schema.site import Site
from core.schema.storage import Retention
from core.time.clock import DAY, HOUR
from storage.series import SeriesReader, SeriesWriter

DEVICE, TWIN, OTHER = "mg-1", "mg-2", "ct-1"

SITE = """
id: test
name: Test
zone: Asia/Kabul
storage: {{folder: "{folder}/var"}}
broker: {{host: 127.0.0.1}}
devices:
  - {{id: mg-1, name: One, profile: planmed-sophie-classic, sources: [{{kind: mqtt, topic: mg-1}}]}}
  - {{id: mg-2, name: Two, profile: planmed-sophie-classic, sources: [{{kind: mqtt, topic: mg-2}}]}}
  - {{id: ct-1, name: CT, profile: toshiba-aquilion-cx, sources: [{{kind: mqtt, topic: ct-1}}]}}
  - {{id: switch-1, name: Switch, profile: network-switch}}
"""


def small_site(folder: Path) -> Site:
    path = folder / "site.yaml"
    path.write_text(SITE.format(folder=folder))
    return load_site(path)


def hour_of_day(day: int, hour: int) -> int:
    """UTC ms of a day of the recording and a full hour of UTC in it, by the clock of Herat half past."""
    return FIRST_MIDNIGHT + day * DAY + hour * HOUR + HOUR // 2


def plug_readings(
    recording: Recording, device: str, begin: int = 0, end: int = 1 << 60
) -> list[Reading]:
    """Its readings in [begin, end), UTC ms."""
    return [
        Reading(device, "mains_power_w", watts, at, f"line{number}" if number else "line")
        for number, (times, values) in enumerate(recording.components)
        for at, watts in zip(times.tolist(), values.tolist(), strict=True)
        if begin <= at < end
    ]


def dicom_counts(
    recording: Recording, device: str, begin: int = 0, end: int = 1 << 60
) -> list[Reading]:
    """The counter at the end of each hour in [begin, end), as the ledger of examinations has it."""
    first = -(-FIRST_MIDNIGHT // HOUR) * HOUR
    ends = np.arange(first, FIRST_MIDNIGHT + recording.days * DAY, HOUR)
    counts = np.searchsorted(recording.examinations, ends)
    return [
        Reading(device, "examination_count", float(count), at, "dicom")
        for at, count in zip(ends.tolist(), counts.tolist(), strict=True)
        if begin <= at < end
    ]


def dicom_work(recording: Recording, device: str, end: int) -> list[Reading]:
    """Load of each hour and busy minutes of each day up to `end`: made up, five for each examination."""
    first = -(-FIRST_MIDNIGHT // HOUR) * HOUR
    edges = np.arange(first, end + 1, HOUR)
    loads = np.histogram(recording.load_at, edges, weights=recording.load)[0]
    readings = [
        Reading(device, "scan_load_kj", round(load, 3), at, "dicom")
        for at, load in zip(edges[1:].tolist(), loads.tolist(), strict=True)
    ]
    midnights = np.arange(FIRST_MIDNIGHT, end + 1, DAY)
    examinations = np.histogram(recording.examinations, midnights)[0]
    return readings + [
        Reading(device, "busy_min", 5.0 * count, at, "dicom")
        for at, count in zip(midnights[1:].tolist(), examinations.tolist(), strict=True)
    ]


def store(site: Site, readings: Sequence[Reading]) -> None:
    writer = SeriesWriter(site.series_path)
    for begin in range(0, len(readings), 20_000):
        writer.append([Batch(readings=list(readings[begin : begin + 20_000]))])
    writer.close()


def collect(site: Site, moments: Iterable[int]) -> str:
    """Rounds of the source at these moments, UTC ms, in one process; its last error."""
    now = [0]

    async def story() -> str:
        sink = StoreSink(
            SeriesWriter(site.series_path), Retention(raw=None, minutes=None), lambda: now[0]
        )
        storing = asyncio.create_task(sink.run())
        (source,) = sources(site, sink, lambda: now[0])
        assert isinstance(source, PlugUseSource)
        for now[0] in moments:
            await source.once()
        storing.cancel()
        await sink.close()
        return source.last_error

    return asyncio.run(story())


def counts(site: Site, device: str) -> list[tuple[int, float]]:
    """What the plug has told, as corrected: times (UTC ms) and the counter."""
    curve = SeriesReader(site.series_path).range(
        device, "examination_count", "plug", 0, FIRST_MIDNIGHT + 99 * DAY, 100_000
    )
    return [(point.at, point.mean) for point in curve.points]

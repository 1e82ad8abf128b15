"""Devices with DICOM nodes, a site of them, and a sink that remembers."""

import asyncio
from collections.abc import Callable
from typing import Any

from collectors.base import Source
from collectors.dicom.echo import sources
from core.readings import Batch, Reading
from core.schema.profile import Profile
from core.schema.site import Device, Site, SiteFile
from core.schema.sources.dicom import DicomSource

T0 = 1_790_000_000_000


class MemorySink:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []

    async def append(self, batch: Batch) -> None:
        self.readings += batch.readings

    def position(self, key: str) -> str | None:
        return None

    def series(self, device: str, metric: str = "up") -> list[float]:
        """Every value of one device, in the order of arrival."""
        return [r.value for r in self.readings if (r.device, r.metric) == (device, metric)]


def node(port: int, title: str = "NODE", **settings: Any) -> DicomSource:
    """A node of the loopback, with time-outs that suit a test."""
    given = {"kind": "dicom", "host": "127.0.0.1", "port": port, "ae_title": title}
    return DicomSource.model_validate({"timeout": "10s", **given, **settings})


def often(source: DicomSource, every_ms: int) -> DicomSource:
    """More often than a site file may."""
    return source.model_copy(update={"every": every_ms})


def site(**nodes: DicomSource) -> Site:
    """A site of devices of these names, a node each."""
    file = SiteFile.model_validate(
        {"id": "herat", "name": "Herat", "zone": "Asia/Kabul", "devices": []}
    )
    devices = {
        name: Device(name, name, "", "", "test", Profile(), (), (source,))
        for name, source in nodes.items()
    }
    return Site(file, devices)


def loops(sink: MemorySink, **nodes: DicomSource) -> list[Source]:
    return sources(site(**nodes), sink, lambda: T0)


def once(**nodes: DicomSource) -> MemorySink:
    """One echo of each, and what it brought."""
    sink = MemorySink()

    async def play() -> None:
        await asyncio.gather(*(loop.once() for loop in loops(sink, **nodes)))

    asyncio.run(play())
    return sink


async def run_until(
    done: Callable[[], bool], running: list[Source], *, within_s: float = 60.0
) -> None:
    """Run loops until `done`, then cancel them."""
    tasks = [asyncio.create_task(source.run()) for source in running]
    try:
        async with asyncio.timeout(within_s):
            while not done():
                await asyncio.sleep(0.01)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

"""The cast of the SNMP tests: a device, its source, a site around them, and a sink that remembers."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from collectors.base import Source
from collectors.snmp import sources
from core.readings import Batch, Event, Reading
from core.schema.metric import Metric
from core.schema.profile import Profile
from core.schema.site import Device, Site, SiteFile
from core.schema.sources.snmp import SnmpMap, SnmpSource, SnmpTable, SnmpValue
from tests.support.cpu_clock import own_time

T0 = 1_790_000_000_000

UPTIME = "1.3.6.1.2.1.1.3.0"
STORAGE = "1.3.6.1.2.1.25.2.3.1"
STORAGE_LABEL, STORAGE_SIZE, STORAGE_USED = (f"{STORAGE}.{column}" for column in (3, 5, 6))

SERVER = Profile(
    metrics={
        "uptime_s": Metric(title="Uptime", unit="s", kind="counter"),
        "storage_used_pct": Metric(title="Storage used", unit="%", plausible=(0, 100)),
    },
    snmp=SnmpMap(
        values=[SnmpValue(metric="uptime_s", oid=UPTIME, scale=0.01)],
        tables=[
            SnmpTable(
                metric="storage_used_pct",
                oid=STORAGE_USED,
                of=STORAGE_SIZE,
                label=STORAGE_LABEL,
                scale=100,
                component="{label}",
            )
        ],
    ),
)


class MemorySink:
    """Keeps batches in memory and lets a test wait for them."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.times: list[float] = []  # of the loop's clock, beside each batch
        self.own_times: list[float] = []  # of a clock that stands while we wait for a core

    async def append(self, batch: Batch) -> None:
        self.batches.append(batch)
        self.times.append(asyncio.get_running_loop().time())
        self.own_times.append(own_time())

    def position(self, key: str) -> str | None:
        return None

    @property
    def readings(self) -> list[Reading]:
        return [reading for batch in self.batches for reading in batch.readings]

    @property
    def events(self) -> list[Event]:
        return [event for batch in self.batches for event in batch.events]

    def values(self, metric: str) -> dict[str, float]:
        """Component -> last value of a metric."""
        return {r.component: r.value for r in self.readings if r.metric == metric}

    def series(self, metric: str) -> list[float]:
        """Every value of a metric, in the order of arrival."""
        return [r.value for r in self.readings if r.metric == metric]


def snmp(port: int, **settings: Any) -> SnmpSource:
    """A source at a loopback port, with a short timeout so that tests are short."""
    given = {"kind": "snmp", "host": "127.0.0.1", "port": port, "timeout": "300ms", "retries": 0}
    if settings.get("version", "2c") != "3":
        given["community"] = "public"
    return SnmpSource.model_validate({**given, **settings})


def device(*agents: SnmpSource, profile: Profile = SERVER, name: str = "pacs-1") -> Device:
    """A device with these sources."""
    return Device(
        id=name,
        name=name,
        room="",
        serial="",
        profile_name="test",
        profile=profile,
        depends_on=(),
        sources=agents,
    )


def site(*devices: Device) -> Site:
    """A site of these devices."""
    file = SiteFile.model_validate(
        {"id": "herat", "name": "Herat", "zone": "Asia/Kabul", "devices": []}
    )
    return Site(file, {one.id: one for one in devices})


def loops(sink: MemorySink, *devices: Device) -> list[Source]:
    """The SNMP loops of a site of these devices."""
    return sources(site(*devices), sink, lambda: T0)


def poll_once(*devices: Device) -> MemorySink:
    """One poll of each, and what it brought."""
    sink = MemorySink()

    async def poll() -> None:
        await asyncio.gather(*(loop.once() for loop in loops(sink, *devices)))

    asyncio.run(poll())
    return sink


async def run_until(
    done: Callable[[], bool], running: list[Source], *, within_s: float = 60.0
) -> None:
    """Run loops until `done`, then cancel them; TimeoutError if it takes too long."""
    tasks = [asyncio.create_task(source.run()) for source in running]
    try:
        async with asyncio.timeout(within_s):
            while not done():
                await asyncio.sleep(0.01)
                for task in tasks:
                    if task.done():
                        await task  # a loop that ended is a bug: show it
    finally:
        await _cancelled(tasks)


async def _cancelled(tasks: list["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    ended: Awaitable[list[BaseException | None]] = asyncio.gather(*tasks, return_exceptions=True)
    await ended

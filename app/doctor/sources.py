"""Every device is asked once, side by side. Nothing that it answers is stored."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from app.clock import now
from app.doctor.finding import Finding, Findings
from collectors import logfile, mqtt, snmp
from collectors.base import Source
from core.errors import SourceError
from core.readings import Batch, Reading
from core.schema.broker import Broker
from core.schema.site import Device, Site
from core.schema.sources.mqtt import MqttSource
from core.text import times

LISTEN_S = 3.0

Check = Coroutine[Any, Any, list[Finding]]


async def check_sources(site: Site, stored: list[Reading]) -> list[Finding]:
    """One poll of each agent, one look at each log, and a short while at the broker.

    `stored` is the newest of every series: who sleeps for minutes was perhaps heard before.
    """
    ear = _Ear()
    asked = [*snmp.sources(site, ear, now), *logfile.sources(site, ear, now)]
    checks: list[Check] = [_ask(source) for source in asked]
    if site.file.broker is not None:
        checks.append(_listen(site, site.file.broker, stored))
    found = await asyncio.gather(*checks)
    return [finding for part in found for finding in part]


class _HeardError(Exception):
    """A source has brought its first batch, and that is enough."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        super().__init__()


class _Ear:
    """A sink that ends its source's round with what it brought."""

    async def append(self, batch: Batch) -> None:
        raise _HeardError(batch)

    def position(self, key: str) -> str | None:
        return None


async def _ask(source: Source) -> list[Finding]:
    found = Findings(source.name)
    batch = Batch()
    try:
        await source.once()
    except _HeardError as heard:
        batch = heard.batch
    doubts = [event.text for event in batch.events if event.quality == "bad"]
    readings = [one for one in batch.readings if one.metric not in ("up", "response_ms")]
    is_up = any(one.metric == "up" and one.value for one in batch.readings)
    text = f"{len(readings)} readings, {len(batch.events)} events"
    if not is_up:
        found.fail(source.trouble or "does not answer")
    elif source.trouble:
        found.warn(f"answers only in part ({text}): {source.trouble}")
    elif doubts:
        said = "; ".join(doubts[:3])
        found.warn(f"answers ({text}), not all to be believed: {said}; look at the profile")
    else:
        found.ok(f"answers: {text}")
    return found


async def _listen(site: Site, broker: Broker, stored: list[Reading]) -> list[Finding]:
    found = Findings(f"broker {broker.host}:{broker.port}")
    try:
        heard = await mqtt.listen(site, broker, now, LISTEN_S)
    except SourceError as error:
        found.fail(str(error).removeprefix(f"{found.what}: "))
        return found
    found.ok("lets us in")
    published = [
        (device, source)
        for device in site.devices.values()
        for source in device.sources
        if isinstance(source, MqttSource)
    ]
    for device, source in published:
        found += _heard(device, source, heard, stored)
    return found


def _heard(
    device: Device, source: MqttSource, heard: dict[tuple[str, str], bool], stored: list[Reading]
) -> list[Finding]:
    component = f"{source.component}-mqtt" if source.component else "mqtt"
    found = Findings(f"{device.id} mqtt {source.topic}")
    spoke = heard.get((device.id, component))
    ups = [
        one
        for one in stored
        if (one.device, one.metric, one.component) == (device.id, "up", component)
    ]
    age = now() - ups[0].at if ups else None
    if spoke:
        found.ok("was heard just now")
    elif spoke is False:
        found.fail("the broker says that it is offline: is it switched on, and near enough?")
    elif age is not None and ups[0].value and age <= source.silent_after:
        found.ok(f"was heard within {times.duration(source.silent_after)}")
    elif age is None:
        found.warn(
            f"not heard within {LISTEN_S:g} s, nor before: it may speak seldom, or `topic` is not its"
            " own (in Tasmota: Configuration, MQTT, Topic)"
        )
    else:
        found.fail("silent: is it switched on, and does it reach the broker?")
    return found

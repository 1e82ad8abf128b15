"""Finds the package of a kind of source by its name, so that a site loads only the kinds it uses."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import NamedTuple

from collectors.base import Now, Sink, Source
from collectors.examination import examine_once
from collectors.probing import ProbeAnswer, probe_once
from core.finding import Finding
from core.readings import Event, Reading
from core.schema.site import Device, Site
from core.schema.sources.base import SourceEntry
from core.schema.sources.registry import KINDS


class Collector(NamedTuple):
    """What the package of a kind offers.

    `sources` makes its loops for a site. `examine` tries each of them for the doctor and stores
    nothing; it is given the newest stored reading of every series, and events about sources. Without one of its own a package
    is examined by one round of each loop, if site files name its kind; else there is nothing to say of it.
    `probe` tries the one source of a site with one device, to show what it answers; without one of its own, by one
    round.
    """

    sources: Callable[[Site, Sink, Now], list[Source]]
    examine: Callable[[Site, Now, Sequence[Reading | Event]], Awaitable[list[Finding]]]
    probe: Callable[[Site, Now], Awaitable[ProbeAnswer]]


def load_collector(kind: str) -> Collector:
    """The collector of a registered kind."""
    package = import_module(KINDS[kind].collector)
    examine = getattr(package, "examine", None)
    if examine is None:
        examine = partial(examine_once, package.sources) if KINDS[kind].entry else _no_findings
    probe = getattr(package, "probe", None) or partial(probe_once, package.sources)
    return Collector(package.sources, examine, probe)


async def probe_source(site: Site, device: Device, source: SourceEntry, now: Now) -> ProbeAnswer:
    """What one source of a device answers now; neither need be in the site file yet."""
    alone = replace(device, sources=(source.with_profile(device.profile),))
    return await load_collector(source.kind).probe(replace(site, devices={device.id: alone}), now)


async def _no_findings(_site: Site, _now: Now, _stored: Sequence[Reading | Event]) -> list[Finding]:
    return []

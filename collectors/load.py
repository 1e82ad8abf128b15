"""Finds the package of a kind of source by its name, so that a site loads only the kinds it uses."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from importlib import import_module
from typing import NamedTuple

from collectors.base import Now, Sink, Source
from collectors.examination import examine_once
from core.finding import Finding
from core.readings import Event, Reading
from core.schema.site import Site
from core.schema.sources.registry import KINDS


class Collector(NamedTuple):
    """What the package of a kind offers.

    `sources` makes its loops for a site. `examine` tries each of them for the doctor and stores
    nothing; it is given the newest stored reading of every series, and events about sources. Without one of its own a package
    is examined by one round of each loop, if site files name its kind; else there is nothing to say of it.
    """

    sources: Callable[[Site, Sink, Now], list[Source]]
    examine: Callable[[Site, Now, Sequence[Reading | Event]], Awaitable[list[Finding]]]


def load_collector(kind: str) -> Collector:
    """The collector of a registered kind."""
    package = import_module(KINDS[kind].collector)
    examine = getattr(package, "examine", None)
    if examine is None:
        examine = partial(examine_once, package.sources) if KINDS[kind].entry else _no_findings
    return Collector(package.sources, examine)


async def _no_findings(_site: Site, _now: Now, _stored: Sequence[Reading | Event]) -> list[Finding]:
    return []

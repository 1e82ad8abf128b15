"""Asks each DICOM node whether it answers; an association is opened, verified and released each time."""

from collectors.base import Now, Sink, Source
from collectors.dicom.echo.node import Node, nodes
from collectors.polling.load import CollectorLoad
from collectors.polling.loop import PollLoop
from core.schema.site import Site

AT_ONCE = (
    16  # associations; each is three threads of this process, and a site has some tens of nodes
)


def sources(site: Site, sink: Sink, now: Now) -> list[Source]:
    """One loop for each DICOM node of each device."""
    load = CollectorLoad(AT_ONCE)
    return [_loop(node, sink, now, load) for node in nodes(site)]


def _loop(node: Node, sink: Sink, now: Now, load: CollectorLoad) -> PollLoop:
    return PollLoop(node.device, node.component, node, sink, now, load)

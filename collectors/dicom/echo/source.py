"""Asks each DICOM node whether it answers; an association is opened, verified and released each time."""

from collections.abc import Sequence
from functools import partial

from collectors.base import Now, Sink, Source
from collectors.dicom.common.association import VERIFICATION, associated, in_thread
from collectors.dicom.common.failures import DeclinedError
from collectors.dicom.common.line import Line
from collectors.dicom.common.peer import Peer
from collectors.dicom.echo.web_server import with_web_server
from collectors.examination import examine_once
from collectors.polling.load import CollectorLoad
from collectors.polling.loop import PollAnswer, PollLoop
from core.errors import SourceError
from core.finding import Finding
from core.readings import Event, Reading
from core.schema.site import Device, Site
from core.schema.sources.dicom import DicomSource

# Associations at once: each is three threads of this process, and a site has some tens of nodes.
_AT_ONCE = 16
_STEPS = 8  # time-outs in a row, and more than that: then something hangs that has no time-out


def sources(site: Site, sink: Sink, now: Now) -> list[Source]:
    """One loop for each DICOM node of each device."""
    return _loops(site, sink, now, is_examined=False)


async def examine(site: Site, now: Now, stored: Sequence[Reading | Event]) -> list[Finding]:
    """For the doctor: who takes a connection and is silent is also tried as a web server."""
    return await examine_once(partial(_loops, is_examined=True), site, now, stored)


def _loops(site: Site, sink: Sink, now: Now, *, is_examined: bool) -> list[Source]:
    load = CollectorLoad(_AT_ONCE)
    return [
        PollLoop(device, source.up_component, echo, sink, now, load)
        for device in site.devices.values()
        for source in device.sources
        if isinstance(source, DicomSource)
        for echo in [_Echo(device, source, peer_of(source, site), is_examined=is_examined)]
    ]


def peer_of(source: DicomSource, site: Site) -> Peer:
    """The node, with the title by which this site calls it."""
    calling = source.calling or site.file.dicom.ae_title
    timeout_s = source.timeout / 1000
    return Peer(source.host, source.port, source.ae_title, calling, timeout_s, source.tls)


class _Echo:
    """One node."""

    def __init__(
        self, device: Device, source: DicomSource, peer: Peer, *, is_examined: bool
    ) -> None:
        self.name = f"{device.id} dicom {peer}"
        self.every_s = source.every / 1000
        self.timeout_s = source.timeout / 1000
        self._peer = peer
        self._is_examined = is_examined

    async def poll(self, at: int) -> PollAnswer:
        """One echo. A node that is too busy, or cannot verify, has answered all the same."""
        within_s = _STEPS * self.timeout_s + 2.0
        try:
            response_ms = await in_thread(self._peer, self._verify, within_s=within_s)
        except DeclinedError as error:
            return PollAnswer(is_up=True, error=error)
        return PollAnswer(is_up=True, response_ms=response_ms)

    def _verify(self, line: Line) -> float:
        try:
            with associated(self._peer, [VERIFICATION], line) as association:
                return association.verify()
        except SourceError as error:
            if self._is_examined and line.is_silent:
                raise with_web_server(error, self._peer) from None
            raise

"""One node, asked by C-ECHO."""

from collections.abc import Iterator

from collectors.dicom.common.association import VERIFICATION, associated, in_thread
from collectors.dicom.common.failures import DeclinedError
from collectors.dicom.common.line import Line
from collectors.dicom.common.peer import Peer
from collectors.dicom.echo.web_server import with_web_server
from collectors.polling.loop import PollAnswer
from core.errors import SourceError
from core.schema.site import Device, Site
from core.schema.sources.dicom import DicomSource

_STEPS = 8  # time-outs in a row, more than an echo has: then something hangs that has no time-out


class Node:
    """A node of a device of the site. An `examined` one may be tried by other means than DICOM."""

    def __init__(self, device: Device, source: DicomSource, peer: Peer, *, examined: bool) -> None:
        self.device = device
        self.peer = peer
        self.component = source.up_component
        self.name = f"{device.id} dicom {peer}"
        self.every_s = source.every / 1000
        self.timeout_s = source.timeout / 1000
        self._is_examined = examined

    async def poll(self, at: int) -> PollAnswer:
        """One echo. A node that is too busy, or cannot verify, has answered all the same."""
        within_s = _STEPS * self.timeout_s + 2.0
        try:
            response_ms = await in_thread(self.peer, self._verify, within_s=within_s)
        except DeclinedError as error:
            return PollAnswer(is_up=True, error=error)
        return PollAnswer(is_up=True, response_ms=response_ms)

    def _verify(self, line: Line) -> float:
        try:
            with associated(self.peer, [VERIFICATION], line) as association:
                return association.verify()
        except SourceError as error:
            if self._is_examined and line.is_silent:
                raise with_web_server(error, self.peer) from None
            raise


def nodes(site: Site, *, examined: bool = False) -> Iterator[Node]:
    """The nodes of the site's devices."""
    for device in site.devices.values():
        for source in device.sources:
            if isinstance(source, DicomSource):
                yield Node(device, source, _peer(source, site), examined=examined)


def _peer(source: DicomSource, site: Site) -> Peer:
    calling = source.calling or site.file.dicom.ae_title
    timeout_s = source.timeout / 1000
    return Peer(source.host, source.port, source.ae_title, calling, timeout_s, source.tls)

"""The DICOM side of the simulated centre, from one second to the next."""

from collections.abc import Callable
from functools import partial
from threading import Thread

from core.schema.site import Device, Site
from core.schema.sources.dicom import DicomSource
from simulator.centre import Centre
from simulator.physics.study import SimulatedStudy, made_uid
from simulator.servers.dicom.archive import ArchiveIndex
from simulator.servers.dicom.node import Node, NodeAddress, quieten
from simulator.servers.dicom.pacs import start_pacs
from simulator.servers.dicom.sender import SendQueue, Shipment
from simulator.servers.dicom.shipping import (
    begin_step,
    end_step,
    reports,
    to_pacs,
    to_scanward,
    whole_step,
)
from simulator.servers.loopback import is_loopback
from simulator.wire.dicom.identity import MODALITIES, ScannerIdentity
from simulator.wire.dicom.image import images
from simulator.wire.dicom.step import MPPS_KINDS

Clock = Callable[[int], int]  # from the time of the physics to the time that is written, UTC ms


class DicomTraffic:
    """Every modality and the PACS that are on this computer; `step` sends what has become due."""

    def __init__(self, site: Site, centre: Centre, clock: Clock) -> None:
        quieten()
        self._site, self._centre, self._clock = site, centre, clock
        self.archive = ArchiveIndex()
        self._nodes: list[Node] = []
        self._modalities: list[tuple[Device, str]] = []  # with the AE title of each
        self._pacs: SendQueue | None = None
        for device, peer in dicom_peers(site):
            self._add(device, peer)
        listen = site.file.dicom.listen
        self._scanward = None
        if listen is not None and is_loopback(listen.address):
            scanward = NodeAddress(listen.address, listen.port, site.file.dicom.ae_title)
            self._scanward = SendQueue(scanward)
        self._open_steps: set[str] = set()  # UIDs of studies

    def _add(self, device: Device, peer: NodeAddress) -> None:
        is_on = partial(self._centre.reaches_network, device)
        if device.profile.kind == "pacs":
            self._fill_archive()
            self._nodes.append(start_pacs(peer, self.archive, is_on))
            self._pacs = SendQueue(peer)
        else:
            self._nodes.append(Node(peer, is_on))
        if device.profile.kind in MODALITIES:
            self._modalities.append((device, peer.ae_title))

    def _fill_archive(self) -> None:
        """What was sent before this process began is there."""
        for device in self._site.devices.values():
            for study in self._centre.studies_lately_sent(device.id):
                source = self._source(device, study)
                for series in study.series:
                    uids = (made_uid(series.uid, n) for n in range(1, series.images + 1))
                    self.archive.add(next(images(source, study, series)), uids)
                for report in reports(source, study):
                    self.archive.add(report)

    def step(self) -> None:
        """Hand what has become due to the threads that send it."""
        for device, ae_title in self._modalities:
            can_send = self._centre.reaches_network(device)
            for study in self._centre.studies_started(device.id):
                if can_send and study.kind in MPPS_KINDS:
                    self._begin_step(device, study, ae_title)
            if can_send:
                for study in self._centre.studies_sent(device.id):
                    self._send(device, study, ae_title)

    @property
    def is_idle(self) -> bool:
        """Has everything that was due been taken?"""
        return all(sender.is_idle for sender in (self._pacs, self._scanward) if sender)

    def close(self) -> None:
        """Stop sending and listening."""
        senders = [sender for sender in (self._pacs, self._scanward) if sender is not None]
        closings = [*(sender.close for sender in senders), *(node.close for node in self._nodes)]
        closing = [Thread(target=close) for close in closings]  # half a second each
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()

    def _begin_step(self, device: Device, study: SimulatedStudy, ae_title: str) -> None:
        if self._scanward is not None:
            source, written = self._source(device, study), study.at_time_of(self._clock)
            self._open_steps.add(study.uid)
            begin = partial(begin_step, source, written, ae_title)
            self._scanward.send(Shipment(ae_title, begin))

    def _send(self, device: Device, study: SimulatedStudy, ae_title: str) -> None:
        source, written = self._source(device, study), study.at_time_of(self._clock)
        if self._pacs is not None:
            self._pacs.send(Shipment(ae_title, partial(to_pacs, source, written)))
        if self._scanward is None:
            return
        if study.uid in self._open_steps:
            self._open_steps.discard(study.uid)
            self._scanward.send(Shipment(ae_title, partial(end_step, source, written)))
        elif study.kind in MPPS_KINDS:
            step = partial(whole_step, source, written, ae_title)
            self._scanward.send(Shipment(ae_title, step))
        self._scanward.send(Shipment(ae_title, partial(to_scanward, source, written)))

    def _source(self, device: Device, study: SimulatedStudy) -> ScannerIdentity:
        return ScannerIdentity(device, self._centre.header(study), self._site.zone)


def dicom_peers(site: Site) -> list[tuple[Device, NodeAddress]]:
    """The devices that the site file expects to answer C-ECHO on this computer."""
    return [
        (device, NodeAddress(source.host, source.port, source.ae_title))
        for device in site.devices.values()
        for source in device.sources
        if isinstance(source, DicomSource) and is_loopback(source.host)
    ]

"""What is done for a peer: C-ECHO, C-STORE, and N-CREATE and N-SET of MPPS."""

import logging
from collections.abc import Callable
from typing import Protocol

from collectors.dicom.common.dataset import Attributes, DatasetError
from collectors.dicom.common.identity import DeviceNames, SenderNames, titles_of
from collectors.dicom.receiver import pdu
from collectors.dicom.receiver.command import (
    C_ECHO,
    C_STORE,
    N_CREATE,
    N_SET,
    UNRECOGNISED,
    Command,
    Outcome,
)
from collectors.dicom.receiver.commit import Extract, GroupCommit
from collectors.dicom.receiver.connection import PeerTitles
from collectors.dicom.receiver.dose_report import report_device
from collectors.dicom.receiver.incoming import IncomingDataset
from collectors.dicom.receiver.read_object import ObjectReader, UnreadableError
from collectors.dicom.receiver.services import MPPS, REPORTS, STORAGE
from collectors.dicom.receiver.steps import SUCCESS, StepBook
from collectors.dicom.receiver.strangers import Strangers
from core.errors import StoreError
from core.schema.dicom import Phantom
from core.schema.site import Device, Site

log = logging.getLogger(__name__)

OUT_OF_RESOURCES, NOT_UNDERSTOOD = 0xA700, 0xC000  # PS3.4 B.2.3
NO_SUCH_CLASS, PROCESSING_FAILURE, MISTYPED = 0x0118, 0x0110, 0x0212  # PS3.7 annex C
_STORE_COMMENT = "not stored, send it again"


class PhantomKeeper(Protocol):
    """Where images of phantoms go; the pixels of all others are dropped."""

    def of(self, image: Attributes) -> Phantom | None:
        """The phantom that the image is of."""

    def add(
        self, device: str, phantom: Phantom, image: Attributes, dataset: IncomingDataset, at: int
    ) -> None:
        """Keep it until it is judged."""


class ReceivingService:
    """Of one site."""

    def __init__(
        self,
        site: Site,
        reader: ObjectReader,
        steps: StepBook,
        commit: GroupCommit,
        now: Callable[[], int],
        phantoms: PhantomKeeper | None,
    ) -> None:
        self._site = site
        self._reader = reader
        self._steps = steps
        self._commit = commit
        self._now = now
        self._phantoms = phantoms
        self._names = DeviceNames(site)
        self._calling = _calling_titles(site)
        self.strangers = Strangers("objects of no device of this site")
        self.refused = Strangers("refused to connect")

    def rejection(self, titles: PeerTitles) -> pdu.Rejection | None:
        """A peer must call us by our title, and have one that is known here."""
        called_us = titles.called == self._site.file.dicom.ae_title
        if called_us and titles.calling in self._calling:
            return None
        self.refused.add(f"{titles.calling!r}, calling {titles.called!r}")
        return pdu.UNKNOWN_CALLING if called_us else pdu.UNKNOWN_CALLED

    def incoming(self, transfer_syntax: str) -> IncomingDataset:
        """Pixels are only held where the site names phantoms, and only theirs."""
        phantoms = self._phantoms
        if phantoms is None:
            return IncomingDataset(transfer_syntax)
        return IncomingDataset(transfer_syntax, lambda image: phantoms.of(image) is not None)

    async def perform(
        self, command: Command, dataset: IncomingDataset | None, titles: PeerTitles
    ) -> Outcome:
        """Never raises what a peer's bytes could cause."""
        if command.field == C_ECHO:
            return Outcome(SUCCESS)
        if command.field == C_STORE:
            return await self._store(command, dataset, titles)
        if command.field in (N_CREATE, N_SET):
            return await self._step(command, dataset, titles)
        return Outcome(UNRECOGNISED)

    async def _store(
        self, command: Command, dataset: IncomingDataset | None, titles: PeerTitles
    ) -> Outcome:
        if command.sop_class not in STORAGE:
            return Outcome(NO_SUCH_CLASS)
        if dataset is None:
            return Outcome(NOT_UNDERSTOOD, "no dataset")
        now = self._now()
        try:
            attributes = dataset.attributes()
            device = self._device(command, attributes, titles)
            if device is None:
                return Outcome(SUCCESS)
            extract = self._reader.read(command.sop_class, attributes, device, now)
            phantom = self._phantoms.of(attributes) if self._phantoms is not None else None
            if self._phantoms is not None and phantom is not None:
                self._phantoms.add(device.id, phantom, attributes, dataset, now)
        except (DatasetError, UnreadableError) as error:
            return Outcome(NOT_UNDERSTOOD, str(error))
        try:
            await self._commit.store(extract)
        except StoreError:
            self._reader.forget_unsaved()
            return Outcome(OUT_OF_RESOURCES, _STORE_COMMENT)
        return Outcome(SUCCESS)

    def _device(
        self, command: Command, attributes: Attributes, titles: PeerTitles
    ) -> Device | None:
        """By what the object says of its machine; by who sent it, unless that only forwards.

        An object of nobody's device is answered with success: a failure would be sent again for ever,
        and hold up what stands behind it in the sender's queue.
        """
        sender = SenderNames(
            (), attributes.text("StationName"), attributes.text("DeviceSerialNumber")
        )
        name = self._names.device(sender)
        if name is None and command.sop_class in REPORTS:
            content = report_device(attributes)
            name = self._names.device(SenderNames((), content.station_name, content.serial))
        if name is None:
            name = self._names.device(SenderNames((titles.calling,)))
            if name is not None and not self._is_scanner(name):
                name = None
        if name is None:
            self.strangers.add(sender._replace(ae_titles=(titles.calling,)).label)
        return self._site.devices[name] if name else None

    def _is_scanner(self, device: str) -> bool:
        """A PACS, a server or a workstation forwards what others made."""
        profile = self._site.devices[device].profile
        return profile.group != "infrastructure" and profile.kind != "pacs"

    async def _step(
        self, command: Command, dataset: IncomingDataset | None, titles: PeerTitles
    ) -> Outcome:
        if command.sop_class != MPPS:
            return Outcome(NO_SUCH_CLASS)
        if dataset is None or not command.instance:
            return Outcome(MISTYPED, "no dataset or no instance UID")
        now, uid = self._now(), command.instance
        before = self._steps.known(uid)
        try:
            attributes = dataset.attributes()
            if command.field == N_CREATE:
                device = self._performer(attributes, titles)
                status, entry = self._steps.create(uid, attributes, device, now)
            else:
                status, entry = self._steps.set(uid, attributes, now)
        except DatasetError as error:
            return Outcome(PROCESSING_FAILURE, str(error))
        if entry is None:
            return Outcome(status)
        try:
            await self._commit.store(Extract([entry]))
        except StoreError:
            self._steps.restore(uid, before)
            return Outcome(PROCESSING_FAILURE, _STORE_COMMENT)
        return Outcome(status)

    def _performer(self, step: Attributes, titles: PeerTitles) -> str | None:
        stated = (step.text("PerformedStationAETitle"), titles.calling)
        sender = SenderNames(tuple(filter(None, stated)), step.text("PerformedStationName"))
        device = self._names.device(sender)
        if device is None:
            self.strangers.add(sender.label)
        return device


def _calling_titles(site: Site) -> frozenset[str]:
    listener = site.file.dicom.listen
    stated = listener.calling if listener is not None else []
    titles = (title for device in site.devices.values() for title in titles_of(device))
    return frozenset(stated or titles)

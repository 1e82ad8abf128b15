"""Images of phantoms: the only ones whose pixels are kept until they are judged, and decoded.

They are held in memory until no more of their series come (collectors/dicom/phantoms/gathering.py). A
phantom's image is answered before it is judged: what a kill loses is measured again the next morning.
"""

import asyncio
import io
import logging
from collections.abc import Sequence

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filereader import read_dataset as read_whole
from pydicom.uid import UID

from collectors.base import Now, Observation, Sink, to_batch, validated
from collectors.dicom.common.dataset import (
    DEFLATED,
    EXPLICIT_BIG,
    IMPLICIT_LITTLE,
    Attributes,
    DatasetError,
    inflated,
)
from collectors.dicom.common.library_logs import silence_libraries
from collectors.dicom.phantoms.gathering import PhantomSeries, SeriesGatherer
from collectors.dicom.phantoms.judging import judge
from collectors.dicom.phantoms.measured import UnfitImageError
from collectors.dicom.receiver.image import acquired_at
from collectors.dicom.receiver.incoming import IncomingDataset
from core.errors import StoreError
from core.readings import PHANTOM_UNFIT, Event
from core.schema.dicom import Phantom
from core.schema.site import Site
from core.time.clock import believable

log = logging.getLogger(__name__)

EVERY_S = 5.0
_QUIET_MS = 30_000


class PhantomImages:
    """Of one site."""

    def __init__(self, site: Site, sink: Sink, now: Now) -> None:
        silence_libraries()
        self._site = site
        self._sink = sink
        self._now = now
        self._gatherer = SeriesGatherer()
        self._crowded: list[PhantomSeries] = []
        self._unsaved: list[Observation] = []
        self._began: dict[tuple[str, str], int] = {}  # of the series, by device and series UID

    def of(self, image: Attributes) -> Phantom | None:
        """The first phantom of the site file that the image is of, by whole PatientID or ProtocolName.

        As collectors/dicom/phantoms/matching.py compares them, but of the header alone.
        """
        patient, protocol = (_plain(image.text(name)) for name in ("PatientID", "ProtocolName"))
        for phantom in self._site.file.dicom.phantoms:
            if patient and patient in map(_plain, phantom.patient_ids):
                return phantom
            if protocol and protocol in map(_plain, phantom.protocols):
                return phantom
        return None

    def add(
        self, device: str, phantom: Phantom, image: Attributes, dataset: IncomingDataset, at: int
    ) -> None:
        """Keep an image of a phantom; `at` is when it arrived, UTC ms."""
        began = acquired_at(image, self._site.zone)
        key = (device, image.text("SeriesInstanceUID"))
        if began is None or not believable(began, at):
            began = at
        self._began[key] = min(began, self._began.get(key, began))
        whole = _decoded(dataset.whole(), dataset.transfer_syntax)
        self._crowded += self._gatherer.add(device, phantom, whole, at)

    async def run(self) -> None:
        """Judge what is whole, until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.judge_whole(_QUIET_MS)
            except StoreError as error:
                log.warning("a phantom's values were not stored: %s", error)

    async def judge_whole(self, quiet: int) -> None:
        """Judge and store the series of which nothing has come for `quiet` ms."""
        whole = [*self._crowded, *self._gatherer.take_whole(self._now(), quiet)]
        self._crowded = []
        for series in whole:
            self._unsaved += await asyncio.to_thread(self._judged, series)
        batch = to_batch(self._unsaved)
        if batch:
            await self._sink.append(batch)
        self._unsaved = []

    def _judged(self, series: PhantomSeries) -> Sequence[Observation]:
        device = self._site.devices[series.device]
        images = list(series.images.values())
        uid = str(images[0].get("SeriesInstanceUID") or "")
        at = self._began.pop((series.device, uid), series.newest_at)
        try:
            values = judge(series.phantom, *images, pylinac=self._site.file.dicom.pylinac)
        except UnfitImageError as error:
            text = f"an image of the phantom {series.phantom.kind} cannot be measured: {error}"
            return [Event(device.id, PHANTOM_UNFIT, text, at, "warning", "dicom")]
        return [
            validated(device, each.metric, each.value, at, component=each.component)
            for each in values
            if each.metric in device.profile.metrics
        ]


def _decoded(data: bytes, transfer_syntax: str) -> Dataset:
    """As pydicom reads it, pixels and all."""
    if transfer_syntax == DEFLATED:
        data = inflated(data, len(data) * 20)
    is_implicit = transfer_syntax == IMPLICIT_LITTLE
    is_little = transfer_syntax != EXPLICIT_BIG
    try:
        dataset = read_whole(io.BytesIO(data), is_implicit, is_little)
    except Exception as error:  # noqa: BLE001  whatever a damaged dataset raises; its words may hold a name
        raise DatasetError(f"a phantom's image that is damaged: {type(error).__name__}") from None
    dataset.set_original_encoding(is_implicit, is_little)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(transfer_syntax)
    return dataset


def _plain(text: str) -> str:
    return text.strip(" \0").casefold()

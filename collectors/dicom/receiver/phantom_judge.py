"""Phantom images as they come: held until their series is whole, then measured.

Pixels are in memory only. What was measured is kept until it is stored; images that wait when the
process ends are lost, and the phantom is measured again tomorrow.
"""

import io
import zlib
from collections.abc import Sequence

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filereader import read_dataset
from pydicom.uid import UID

from collectors.base import Observation, to_batch, validated
from collectors.dicom.common.dataset import DEFLATED, EXPLICIT_BIG, IMPLICIT_LITTLE
from collectors.dicom.common.dicom_times import read_moment
from collectors.dicom.phantoms.gathering import PhantomSeries, SeriesGatherer
from collectors.dicom.phantoms.judging import judge
from collectors.dicom.phantoms.measured import UnfitImageError
from collectors.dicom.receiver.commit import Extract
from core.readings import PHANTOM_UNFIT, Event
from core.schema.dicom import Phantom
from core.schema.site import Device, Site
from core.time.clock import believable


class PhantomJudge:
    """Of one site; called with each image, in the thread of the receiver."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._gatherer = SeriesGatherer()
        self._crowded: list[PhantomSeries] = []
        self._unread: list[Observation] = []
        self._unsaved: list[Observation] = []

    def __call__(
        self, device: str, phantom: Phantom, encoded: bytes, transfer_syntax: str, now: int
    ) -> None:
        """Keep an image until its series is whole."""
        try:
            image = decoded(encoded, transfer_syntax)
        except Exception:  # noqa: BLE001  pydicom raises what its converters do; its text may quote values
            self._unread.append(_unfit(device, phantom, "its bytes are no dataset", now))
            return
        self._crowded += self._gatherer.add(device, phantom, image, now)

    def whole(self, now: int) -> list[PhantomSeries]:
        """The series that are to be measured now."""
        series = [*self._crowded, *self._gatherer.take_whole(now)]
        self._unsaved += self._unread
        self._crowded, self._unread = [], []
        return series

    def measure(self, whole: Sequence[PhantomSeries]) -> Extract:
        """What these series give, and what earlier ones gave that is not stored. Takes its time."""
        for series in whole:
            self._unsaved += self._measured(series)
        batch = to_batch(self._unsaved)
        return Extract((), batch.readings, batch.events)

    def stored(self) -> None:
        """What `measure` gave is safe."""
        self._unsaved = []

    def _measured(self, series: PhantomSeries) -> list[Observation]:
        device = self._site.devices[series.device]
        images = list(series.images.values())
        at = self._made_at(images, series.newest_at)
        try:
            quantities = judge(series.phantom, *images)
        except UnfitImageError as error:
            return [_unfit(device.id, series.phantom, str(error), at)]
        except Exception:  # noqa: BLE001  a decoder's or pylinac's: what it says may hold a value
            return [_unfit(device.id, series.phantom, "it cannot be decoded or measured", at)]
        return [
            validated(device, own.metric, own.value, at, component=own.component)
            for own in quantities
            if _has(device, own.metric)
        ]

    def _made_at(self, images: Sequence[Dataset], arrived: int) -> int:
        """When the series was made; when it came, if it does not say that or cannot be believed."""
        for image in images:
            for what in ("Series", "Acquisition", "Content", "Study"):
                day, time = (str(image.get(f"{what}{part}") or "") for part in ("Date", "Time"))
                at = read_moment(day, time, self._site.zone)
                if at is not None and believable(at, arrived):
                    return at
        return arrived


def decoded(encoded: bytes, transfer_syntax: str) -> Dataset:
    """The dataset; its pixels are decoded when they are asked for."""
    if transfer_syntax == DEFLATED:
        encoded = zlib.decompress(encoded, -zlib.MAX_WBITS)
    dataset = read_dataset(
        io.BytesIO(encoded),
        is_implicit_VR=transfer_syntax == IMPLICIT_LITTLE,
        is_little_endian=transfer_syntax != EXPLICIT_BIG,
    )
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(transfer_syntax)
    return dataset


def _unfit(device: str, phantom: Phantom, reason: str, at: int) -> Event:
    text = f"an image of the phantom {phantom.kind} cannot be measured: {reason}"
    return Event(device, PHANTOM_UNFIT, text, at, "warning", "dicom")


def _has(device: Device, metric: str) -> bool:
    return metric in device.profile.metrics

"""Holds the images of a phantom's series until no more come: one series is one measurement."""

from collections import OrderedDict
from dataclasses import dataclass, field

from pydicom.dataset import Dataset

from core.schema.dicom import Phantom
from core.time.clock import SECOND

QUIET = 30 * SECOND  # after the last image the series is whole
MOST_BYTES = 512 * 1024 * 1024  # of pixels of all that are waiting; a CatPhan scan has 150 MB


@dataclass
class PhantomSeries:
    """The images of one series that have come, and when the newest did."""

    device: str
    phantom: Phantom
    newest_at: int  # UTC ms of arrival
    images: dict[str, Dataset] = field(
        default_factory=dict
    )  # by SOP instance UID: twice counts once
    byte_count: int = 0


class SeriesGatherer:
    """Phantom images by series, in memory only. What is lost by a kill is measured again tomorrow."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._series: OrderedDict[tuple[str, str], PhantomSeries] = OrderedDict()

    def add(self, device: str, phantom: Phantom, image: Dataset, now: int) -> list[PhantomSeries]:
        """Keep an image; comes back with the series that must be judged now to make room for it."""
        key = (device, str(image.get("SeriesInstanceUID") or ""))
        series = self._series.setdefault(key, PhantomSeries(device, phantom, now))
        name = str(image.get("SOPInstanceUID") or len(series.images))
        if name not in series.images:
            series.byte_count += len(image.get("PixelData") or b"")
            series.images[name] = image
        series.newest_at = now
        crowded = []
        while self.byte_count > self._most_bytes:
            crowded.append(self._series.popitem(last=False)[1])
        return crowded

    def take_whole(self, now: int, quiet: int = QUIET) -> list[PhantomSeries]:
        """The series of which nothing has come for `quiet` ms; all of them if that is negative."""
        whole = [key for key, series in self._series.items() if now - series.newest_at > quiet]
        return [self._series.pop(key) for key in whole]

    @property
    def byte_count(self) -> int:
        """Of the pixels of all that are waiting."""
        return sum(series.byte_count for series in self._series.values())

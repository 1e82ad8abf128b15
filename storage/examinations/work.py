"""What the ledger answers of a device: what is to be published, and from what."""

from typing import NamedTuple

from core.time.covered_hours import Interval
from storage.examinations.entries import ExposureEntry, SeriesEntry, StepEntry


class PendingMark(NamedTuple):
    """Since when (UTC ms) the readings of a device may be other than published."""

    device: str
    since: int
    revision: int  # another one means that more was recorded meanwhile


class PublishedReading(NamedTuple):
    """A reading as the series store was given it; `value` is None if it was withdrawn."""

    metric: str
    at: int
    value: float | None
    publication: int  # running number of the batch


class DeviceWork(NamedTuple):
    """What the ledger knows of a device since a moment, and what was published of it."""

    since: int  # UTC ms
    studies: list[int]  # when each study began that began since then, in order
    series: list[SeriesEntry]
    exposures: list[ExposureEntry]  # without those of headers where the study has a report
    steps: list[StepEntry]
    covered: list[Interval]
    published: list[PublishedReading]  # after `since`
    before: dict[str, PublishedReading]  # the last of each metric up to `since`, none withdrawn

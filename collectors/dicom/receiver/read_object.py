"""From one object to what is stored of it: entries of the ledger, readings and events.

Pure but for what it remembers between objects: which images are of one exposure, and each scanner's
software and calibration.
"""

from collections.abc import Callable, Sequence
from datetime import tzinfo

from collectors.base import Observation, to_batch, validated
from collectors.dicom.common.dataset import Attributes
from collectors.dicom.common.dicom_times import read_offset
from collectors.dicom.receiver import image as headers
from collectors.dicom.receiver.acquisitions import RecentImages
from collectors.dicom.receiver.commit import Extract
from collectors.dicom.receiver.content import code
from collectors.dicom.receiver.dose_report import read_dose_report
from collectors.dicom.receiver.mammography_report import MammographyView
from collectors.dicom.receiver.scanner_memory import Change, ScannerMemory
from collectors.dicom.receiver.services import REPORTS, SECONDARY_CAPTURE
from core.readings import DOSE_REPORT_DOUBT, Event
from core.schema.site import Device
from core.time.clock import DAY, believable
from core.vocabulary.readings import Quality
from storage.examinations.entries import Entry, ExposureEntry, SeriesEntry
from storage.examinations.uid_hash import UidHasher

COMPONENT = "dicom"
_DOSE_REPORT = "113701"
_MOST_DOUBTS = 5


class UnreadableError(Exception):
    """An object of which nothing can be used; the text says what is missing."""


class ObjectReader:
    """Of one site."""

    def __init__(
        self, hasher: UidHasher, zone: tzinfo, position: Callable[[str], str | None]
    ) -> None:
        self._hasher = hasher
        self._zone = zone
        self._position = position
        self._images = RecentImages()
        self._memory = ScannerMemory(position)

    def forget_unsaved(self) -> None:
        """What was remembered of objects that could not be stored."""
        self._memory = ScannerMemory(self._position)
        self._images.forget_readings()

    def read(self, sop_class: str, attributes: Attributes, device: Device, now: int) -> Extract:
        """What follows from an object that arrived `now`. UnreadableError, DatasetError."""
        if not attributes.text("StudyInstanceUID"):
            raise UnreadableError("no StudyInstanceUID")
        zone = read_offset(attributes.text("TimezoneOffsetFromUTC")) or self._zone
        if sop_class in REPORTS:
            return self._report(attributes, device, zone, now)
        return self._image(sop_class, attributes, device, zone, now)

    def _report(self, report: Attributes, device: Device, zone: tzinfo, now: int) -> Extract:
        if code(report.item("ConceptNameCodeSequence")) != _DOSE_REPORT:
            return Extract()  # a report of something else: not for us, and nothing is kept
        at = headers.acquired_at(report, zone)
        dose = read_dose_report(report, device.id, self._hasher, now if at is None else at, zone)
        exposures = [_with_believable_time(exposure, now) for exposure in dose.exposures]
        newest = max((exposure.at for exposure in exposures), default=now)
        doubts = [
            Event(
                device.id, DOSE_REPORT_DOUBT, f"dose report: {text}", newest, "warning", COMPONENT
            )
            for text in dose.doubts[:_MOST_DOUBTS]
        ]
        change = self._software(report, device, "SR", newest)
        views = to_batch(_of_views(dose.views, device, now))
        return Extract(
            exposures, views.readings, [*views.events, *doubts, *change.events], change.positions
        )

    def _image(
        self, sop_class: str, image: Attributes, device: Device, zone: tzinfo, now: int
    ) -> Extract:
        if not image.text("SeriesInstanceUID"):
            raise UnreadableError("no SeriesInstanceUID")
        if sop_class in SECONDARY_CAPTURE and not image.text("KVP"):
            return Extract()  # a screen of a report: made at a console, and when is anyone's guess
        acquired = headers.acquired_at(image, zone)
        is_timed = acquired is not None and believable(acquired, now)
        at = acquired if is_timed and acquired is not None else now
        key = self._hasher.hash(image.text("SeriesInstanceUID"))
        series = self._images.series(key, at)
        series.add(self._hasher.hash(image.text("SOPInstanceUID")), at)
        study = self._hasher.hash(image.text("StudyInstanceUID"))
        entries: list[Entry] = [
            SeriesEntry(
                device.id, study, key, series.began_at, series.ended_at, len(series.instances)
            ),
            *self._exposure(image, device, study, at, is_timed=is_timed),
        ]
        if series.has_readings:
            return Extract(entries)
        series.has_readings = True
        health = to_batch(_observations(image, device, at, now, is_timed=is_timed))
        software = self._software(image, device, image.text("Modality")[:16], at)
        calibration = self._calibration(image, device, zone, now)
        return Extract(
            entries,
            health.readings,
            [*health.events, *software.events, *calibration.events],
            {**software.positions, **calibration.positions},
        )

    def _exposure(
        self, image: Attributes, device: Device, study: bytes, at: int, *, is_timed: bool
    ) -> list[ExposureEntry]:
        name = headers.acquisition(image)
        if name is None:
            return []
        shared = headers.reconstructed_from(image) if is_timed else None
        key = self._images.exposure(
            self._hasher.hash(name),
            self._hasher.hash(image.text("SeriesInstanceUID")),
            None if shared is None else self._hasher.hash(shared),
            at,
        )
        acquisition = self._images.acquisition(key)
        acquisition.add(headers.shot(image), at)
        return [
            ExposureEntry(
                device.id,
                study,
                key,
                at,
                "header",
                1,
                acquisition.scan_s,
                acquisition.load_kj,
                acquisition.dap_gy_cm2,
            )
        ]

    def _software(self, attributes: Attributes, device: Device, kind: str, at: int) -> Change:
        version = headers.software(attributes)
        return self._memory.software(device.id, kind, version, at) if version else Change([], {})

    def _calibration(self, image: Attributes, device: Device, zone: tzinfo, now: int) -> Change:
        at = headers.calibrated_at(image, zone)
        if at is None or not believable(at, now):
            return Change([], {})
        return self._memory.calibration(device.id, at)


def _with_believable_time(exposure: ExposureEntry, now: int) -> ExposureEntry:
    return exposure if believable(exposure.at, now) else exposure._replace(at=now)


def _of_views(views: Sequence[MammographyView], device: Device, now: int) -> list[Observation]:
    """Of each mammogram; the dose by view, because only like is compared with like."""
    observations: list[Observation] = []
    for view in views:
        values = (
            ("compression_thickness_mm", COMPONENT, view.thickness_mm),
            ("compression_force_n", COMPONENT, view.force_n),
            ("average_glandular_dose_mgy", view.view or COMPONENT, view.glandular_dose_mgy),
        )
        is_timed = believable(view.at, now)
        quality: Quality = "good" if is_timed else "clock"
        at = view.at if is_timed else now
        observations += [
            validated(device, metric, value, at, component=component, quality=quality)
            for metric, component, value in values
            if value is not None and metric in device.profile.metrics
        ]
    return observations


def _observations(
    image: Attributes, device: Device, at: int, now: int, *, is_timed: bool
) -> list[Observation]:
    values: dict[str, float | None] = {
        "detector_temp_c": image.number("DetectorTemperature"),
        "compression_force_n": image.number("CompressionForce")
        or None,  # 0: nothing was compressed
    }
    frequency = headers.frequency(image)
    if frequency is not None:
        values["imaging_frequency_hz"] = frequency.hz
        values["imaging_frequency_resolution_hz"] = frequency.resolution_hz
    if is_timed and 0 <= now - at < DAY:  # older ones were not made now: a study sent once more
        values["image_transfer_delay_s"] = (now - at) / 1000
    quality: Quality = "good" if is_timed else "clock"
    return [
        validated(device, metric, value, at, component=COMPONENT, quality=quality)
        for metric, value in values.items()
        if value is not None and metric in device.profile.metrics
    ]

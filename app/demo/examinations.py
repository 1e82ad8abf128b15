"""The history of a demo's examinations: what DICOM would have brought of them, in the ledger and as readings.

The ledger is filled first and asked what follows from it, by the code that does so live. So the counters
go on without a jump when the collector begins.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing

from collectors.dicom.common.publish import publish
from collectors.dicom.common.work_readings import COMPONENT
from collectors.dicom.receiver.scanner_memory import ScannerMemory
from core.readings import Batch, Reading
from core.schema.site import Site
from simulator.centre import Centre
from simulator.physics.header import Header
from simulator.physics.study import TUBES, SimulatedStudy, mammogram_of
from simulator.wire.dicom.dose_report import ctdi_vol_mgy, dlp_mgy_cm, event_uid
from simulator.wire.dicom.identity import MODALITIES, reports_uid
from simulator.wire.dicom.image import COIL, KERNEL, SOP_CLASSES
from simulator.wire.dicom.step import MPPS_KINDS, step_uid
from storage.examinations.entries import (
    Entry,
    ExposureEntry,
    OtherSeriesEntry,
    SeriesEntry,
    StepEntry,
)
from storage.examinations.ledger import Ledger
from storage.examinations.uid_hash import UidHasher

OF_PHANTOMS = {
    *("qa_water_ct_number_hu", "qa_water_noise_hu", "qa_water_uniformity_hu"),
    *("qa_snr", "qa_piu_pct", "qa_ghosting_pct", "qa_sdnr", "phantom_bmd_g_cm2"),
}

Position = Callable[[str], str | None]  # what a store has under a key


def new_store(_key: str) -> None:
    """The positions of a store that nobody has written yet."""


class ExaminationHistory:
    """The readings of the ledger between the start and the end of a history, in time order."""

    def __init__(self, readings: list[Reading], positions: dict[str, str]) -> None:
        self._readings, self._positions = readings, positions
        self._next = 0

    def until(self, at: int) -> Batch:
        """Those up to `at` (UTC milliseconds) that were not in an earlier answer."""
        begin = self._next
        while self._next < len(self._readings) and self._readings[self._next].at <= at:
            self._next += 1
        return Batch(readings=self._readings[begin : self._next])

    def rest(self) -> Batch:
        """What is left, with the positions of the collector."""
        return Batch(readings=self._readings[self._next :], positions=self._positions)


def write_examinations(
    site: Site,
    centre: Centre,
    end: int,
    begin: int | None = None,
    position: Position = new_store,
) -> ExaminationHistory:
    """Fill the ledger with all that is sent from where the centre stands until `end`, UTC milliseconds.

    Or from `begin` on: what is in the ledger already changes nothing. `position` is of its store.
    """
    begin = centre.at if begin is None else begin
    hasher = UidHasher(site.uid_key_path)
    sink = _MemorySink(position)
    with closing(Ledger(site.examinations_path)) as ledger:
        scanners = [d.id for d in site.devices.values() if d.profile.kind in MODALITIES]
        studies = (study for id_ in scanners for study in centre.studies_of(id_, begin, end))
        ledger.record(
            entry
            for study in studies
            for entry in (_entries if study.sent_at <= end else _in_progress)(study, hasher)
        )
        ledger.cover(scanners, begin, end)
        asyncio.run(publish(site, ledger, sink, end))
    return ExaminationHistory(sorted(sink.readings, key=lambda r: r.at), sink.positions)


class HeaderHistory:
    """What the receiver would have read in the headers of the studies, and what their phantoms measured."""

    def __init__(self, site: Site, position: Position = new_store) -> None:
        self._metrics = {device.id: set(device.profile.metrics) for device in site.devices.values()}
        self._memory = ScannerMemory(position)

    def batch(self, study: SimulatedStudy, header: Header) -> Batch:
        """Of one study, each series once."""
        readings = [*_phantom_readings(study, header), *_mammograms(study)]
        last = study.series[-1]
        for series in study.series if study.kind in SOP_CLASSES else ():
            at = series.start + (series.end - series.start) // series.images  # of its first image
            values = {"image_transfer_delay_s": (study.sent_at - at) / 1000.0, **header.values}
            if "imaging_frequency_hz" in values:
                values["imaging_frequency_resolution_hz"] = 1.0
            readings += [
                Reading(study.device, metric, value, at, COMPONENT)
                for metric, value in values.items()
                if metric in self._metrics[study.device] and metric not in OF_PHANTOMS
            ]
        modality = MODALITIES[study.kind]
        change = self._memory.software(study.device, modality, header.software, last.end)
        return Batch(readings, change.events, change.positions)


def _phantom_readings(study: SimulatedStudy, header: Header) -> Iterator[Reading]:
    series = study.series[0]
    components = {"ct": f"{series.kilovolt:.0f}kV-{KERNEL}", "mri": COIL}
    component = components.get(study.kind, "")
    for metric in OF_PHANTOMS & header.values.keys():
        value = round(header.values[metric], 4)
        yield Reading(study.device, metric, value, series.end, component)


def _mammograms(study: SimulatedStudy) -> Iterator[Reading]:
    """What the dose report says of each view."""
    for series in study.series if study.kind == "mammo" and not study.is_phantom else ():
        shown = mammogram_of(series)
        for metric, component, value in (
            ("compression_thickness_mm", COMPONENT, shown.thickness_mm),
            ("average_glandular_dose_mgy", shown.side + shown.projection, shown.glandular_dose_mgy),
        ):
            yield Reading(study.device, metric, value, series.start, component)


class _MemorySink:
    """A sink that keeps what it is given, before a store with these positions."""

    def __init__(self, stored: Position) -> None:
        self._stored = stored
        self.readings: list[Reading] = []
        self.positions: dict[str, str] = {}

    async def append(self, batch: Batch) -> None:
        self.readings += batch.readings
        self.positions.update(batch.positions)

    def position(self, key: str) -> str | None:
        return self.positions.get(key) or self._stored(key)


def _in_progress(study: SimulatedStudy, hasher: UidHasher) -> Iterator[Entry]:
    """What is known of a study that is not sent yet: its step, where the scanner says steps."""
    if study.kind in MPPS_KINDS:
        step = hasher.hash(step_uid(study))
        yield StepEntry(study.device, hasher.hash(study.uid), step, "in progress", study.start)


def _entries(study: SimulatedStudy, hasher: UidHasher) -> Iterator[Entry]:
    """What PACS, dose report and MPPS tell of a study."""
    device, known_as = study.device, hasher.hash(study.uid)
    has_report = study.kind in TUBES
    for series in study.series:
        # When a series ended is known where its last image came; a PACS does not say it.
        ended = series.end if study.kind in SOP_CLASSES else series.start
        key = hasher.hash(series.uid)
        yield SeriesEntry(device, known_as, key, series.start, ended, series.images)
        if has_report:
            is_ct = study.kind == "ct"
            yield ExposureEntry(
                device,
                known_as,
                hasher.hash(event_uid(series)),
                series.start,
                "report",
                scan_s=series.seconds,
                tube_load_kj=series.load_kj,
                dap_gy_cm2=None if is_ct else series.dap_gy_cm2,
                ctdi_vol_mgy=ctdi_vol_mgy(series) if is_ct else None,
                dlp_mgy_cm=dlp_mgy_cm(series) if is_ct else None,
            )
    if has_report or (study.kind == "dxa" and study.is_phantom):
        key = hasher.hash(reports_uid(study))
        yield OtherSeriesEntry(device, known_as, key, study.end)
    if study.kind in MPPS_KINDS:
        step = hasher.hash(step_uid(study))
        yield StepEntry(device, known_as, step, "completed", study.start, study.end)

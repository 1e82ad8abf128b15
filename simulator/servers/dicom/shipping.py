"""What a study sends, and to whom: everything to the PACS; reports, headers and steps to Scanward."""

from collections.abc import Iterable, Iterator
from itertools import chain

from pydicom.dataset import Dataset

from simulator.physics.study import SimulatedStudy
from simulator.servers.dicom.sender import StepMessage
from simulator.wire.dicom.density_report import density_report
from simulator.wire.dicom.dose_report import dose_report
from simulator.wire.dicom.identity import ScannerIdentity
from simulator.wire.dicom.image import images
from simulator.wire.dicom.step import step_ended, step_in_progress, step_uid


def to_pacs(source: ScannerIdentity, study: SimulatedStudy) -> Iterator[Dataset]:
    """All objects of a study; the images first, as a scanner does."""
    for _ in range(1 + study.is_sent_twice):
        for series in study.series:
            yield from images(source, study, series)
        yield from reports(source, study)


def to_scanward(source: ScannerIdentity, study: SimulatedStudy) -> Iterator[Dataset]:
    """Its reports, and of each series the first and the last image: headers, or a phantom."""
    for _ in range(1 + study.is_sent_twice):
        for series in study.series:
            ends = (1, series.images)
            yield from (i for i in images(source, study, series) if i.InstanceNumber in ends)
        yield from reports(source, study)


def reports(source: ScannerIdentity, study: SimulatedStudy) -> Iterable[Dataset]:
    """Of dose and of bone density, where the study has one."""
    made = (dose_report(source, study), density_report(source, study))
    return (report for report in made if report is not None)


def begin_step(
    source: ScannerIdentity, study: SimulatedStudy, ae_title: str
) -> Iterator[StepMessage]:
    """The N-CREATE of its performed procedure step."""
    yield StepMessage(step_uid(study), step_in_progress(source, study, ae_title), is_new=True)


def end_step(source: ScannerIdentity, study: SimulatedStudy) -> Iterator[StepMessage]:
    """The N-SET with which it is complete."""
    yield StepMessage(step_uid(study), step_ended(source, study), is_new=False)


def whole_step(
    source: ScannerIdentity, study: SimulatedStudy, ae_title: str
) -> Iterator[StepMessage]:
    """Both at once: of a scanner that had no network when it began."""
    return chain(begin_step(source, study, ae_title), end_step(source, study))

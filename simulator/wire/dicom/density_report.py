"""The report of a bone densitometer on its phantom: one number in g/cm², as DICOM has no template for it."""

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import EnhancedSRStorage

from simulator.physics.study import SimulatedStudy, made_uid
from simulator.wire.dicom.content import coded, number
from simulator.wire.dicom.identity import ScannerIdentity, date_and_time, new_object, reports_uid

TITLE = ("SIM-1", "99SIM", "Bone density report")
TOTAL = ("SIM-2", "99SIM", "Total BMD")


def density_report(source: ScannerIdentity, study: SimulatedStudy) -> Dataset | None:
    """The report of a phantom's study; None of any other."""
    density = source.header.values.get("phantom_bmd_g_cm2")
    if density is None:
        return None
    report = new_object(source, study, EnhancedSRStorage, made_uid(study.uid, "density"))
    report.Modality = "SR"
    report.SeriesInstanceUID = reports_uid(study)
    report.SeriesNumber, report.InstanceNumber = 900, 1
    report.SeriesDate, report.SeriesTime = date_and_time(source.local(study.end))
    report.ContentDate, report.ContentTime = report.SeriesDate, report.SeriesTime
    report.CompletionFlag, report.VerificationFlag = "COMPLETE", "UNVERIFIED"
    report.ValueType, report.ContinuityOfContent = "CONTAINER", "SEPARATE"
    report.ConceptNameCodeSequence = DicomSequence([coded(TITLE)])
    report.ContentSequence = DicomSequence([number(TOTAL, round(density, 4), "g/cm2")])
    return report

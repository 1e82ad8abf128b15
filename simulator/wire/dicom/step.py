"""The performed procedure step of a study (MPPS, PS3.4 annex F)."""

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as DicomSequence

from simulator.physics.study import SimulatedStudy, made_uid
from simulator.wire.dicom.identity import ScannerIdentity, add_patient, date_and_time, station_name

MPPS_KINDS = ("ct", "mri", "rf")  # kinds of machines that do MPPS


def step_uid(study: SimulatedStudy) -> str:
    """Of the step that a study is."""
    return made_uid(study.uid, "step")


def step_in_progress(source: ScannerIdentity, study: SimulatedStudy, ae_title: str) -> Dataset:
    """What an N-CREATE says."""
    step = Dataset()
    add_patient(step, study)
    scheduled = Dataset()
    scheduled.StudyInstanceUID = study.uid
    scheduled.AccessionNumber = f"TEST{study.number:06d}"
    step.ScheduledStepAttributesSequence = DicomSequence([scheduled])
    step.PerformedProcedureStepID = str(study.number)
    step.PerformedStationAETitle = ae_title
    step.PerformedStationName = station_name(source.device)
    began = date_and_time(source.local(study.start))
    step.PerformedProcedureStepStartDate, step.PerformedProcedureStepStartTime = began
    step.PerformedProcedureStepStatus = "IN PROGRESS"
    step.Modality = source.modality
    step.PerformedProcedureStepEndDate = ""
    step.PerformedProcedureStepEndTime = ""
    step.PerformedSeriesSequence = DicomSequence([])
    return step


def step_ended(source: ScannerIdentity, study: SimulatedStudy) -> Dataset:
    """What the N-SET at its end says."""
    step = Dataset()
    step.PerformedProcedureStepStatus = "COMPLETED"
    ended = date_and_time(source.local(study.end))
    step.PerformedProcedureStepEndDate, step.PerformedProcedureStepEndTime = ended
    series = []
    for made in study.series:
        performed = Dataset()
        performed.SeriesInstanceUID = made.uid
        performed.ProtocolName = "Test protocol"
        series.append(performed)
    step.PerformedSeriesSequence = DicomSequence(series)
    return step

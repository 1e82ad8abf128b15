"""Which images are a phantom's: those that the site file names, and nothing else."""

from collections.abc import Sequence

from pydicom.dataset import Dataset

from core.schema.dicom import Phantom


def phantom_of(phantoms: Sequence[Phantom], dataset: Dataset) -> Phantom | None:
    """The first phantom of the site file that has the image's PatientID or ProtocolName.

    Both are compared whole, without blanks around them and without regard to case. What is empty is
    nobody's: an image without a PatientID is no phantom's.
    """
    patient = _normalised(dataset.get("PatientID"))
    protocol = _normalised(dataset.get("ProtocolName"))
    for phantom in phantoms:
        if patient and patient in map(_normalised, phantom.patient_ids):
            return phantom
        if protocol and protocol in map(_normalised, phantom.protocols):
            return phantom
    return None


def _normalised(text: object) -> str:
    return str(text or "").strip(" \0").casefold()

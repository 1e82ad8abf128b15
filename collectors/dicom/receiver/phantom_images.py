"""The hook for images of phantoms: only theirs are decoded, and by collectors/dicom/phantoms."""

from collections.abc import Callable, Sequence

from collectors.dicom.common.dataset import Attributes
from core.schema.dicom import Phantom

# Device, phantom, the encoded dataset with its pixels, its transfer syntax, and when it arrived (UTC ms).
PhantomImages = Callable[[str, Phantom, bytes, str, int], None]


def named_phantom(phantoms: Sequence[Phantom], image: Attributes) -> Phantom | None:
    """The first phantom of the site file that the image is of, by whole PatientID or ProtocolName.

    As collectors/dicom/phantoms compares them: without blanks around them, whatever the case.
    """
    patient, protocol = (_plain(image.text(name)) for name in ("PatientID", "ProtocolName"))
    for phantom in phantoms:
        if patient and patient in map(_plain, phantom.patient_ids):
            return phantom
        if protocol and protocol in map(_plain, phantom.protocols):
            return phantom
    return None


def _plain(text: str) -> str:
    return text.strip(" \0").casefold()

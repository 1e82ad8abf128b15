"""Small DICOM objects as two scanners send them, and what a PACS must be found to have of them."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

ROOT = "1.2.826.0.1.3680043.9.7777"
SENDERS = {  # what each writes of itself
    "ct-1": {"StationName": "ctawp1 ", "DeviceSerialNumber": "22041", "Modality": "CT"},
    "mr-1": {"StationName": "MRC", "Modality": "MR"},
    "station UNKNOWN7": {"StationName": "UNKNOWN7", "Modality": "US"},
}


@dataclass(frozen=True)
class MadeSeries:
    """A series of a scanner, and when it began by the wall clock of the site."""

    device: str
    study: int
    number: int
    began: datetime
    images: int

    @property
    def study_uid(self) -> str:
        return f"{ROOT}.{self.study}"

    def objects(self, first: int = 0, until: int | None = None) -> Iterator[bytes]:
        """The images, each as a file."""
        for index in range(first, self.images if until is None else until):
            yield as_file(self._image(index))

    def _image(self, index: int) -> Dataset:
        image = Dataset()
        image.SOPClassUID = CTImageStorage
        image.StudyInstanceUID = self.study_uid
        image.SeriesInstanceUID = f"{ROOT}.{self.study}.{self.number}"
        image.SOPInstanceUID = f"{ROOT}.{self.study}.{self.number}.{index + 1}"
        image.PatientID, image.PatientName = f"P{self.study}", "Ahmadi^Zahra"
        image.StudyDate = f"{self.began:%Y%m%d}"
        image.StudyTime = image.SeriesTime = f"{self.began:%H%M%S}.500"
        image.SeriesDate = f"{self.began:%Y%m%d}"
        created = self.began + timedelta(seconds=10 * index)
        image.InstanceCreationDate = f"{created:%Y%m%d}"
        image.InstanceCreationTime = f"{created:%H%M%S}"
        image.AccessionNumber, image.StudyID, image.SeriesNumber = "", "", str(self.number)
        image.InstanceNumber = str(index + 1)
        for keyword, value in SENDERS[self.device].items():
            setattr(image, keyword, value)
        return image


def as_file(image: Dataset) -> bytes:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = image.SOPClassUID
    meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    file = FileDataset("", image, file_meta=meta, preamble=b"\0" * 128)
    target = BytesIO()
    file.save_as(target, enforce_file_format=True)
    return target.getvalue()


def some_days(first: datetime, days: int, studies_a_day: int, seed: int = 7) -> list[MadeSeries]:
    """Studies of both scanners and a stranger, of one to three series each."""
    chance = random.Random(seed)
    made: list[MadeSeries] = []
    for day in range(days):
        for number in range(studies_a_day):
            device = chance.choices(list(SENDERS), [5, 4, 1])[0]
            minute = 7 * 60 + chance.randrange(10 * 60)
            began = first + timedelta(days=day, minutes=minute)
            study = 1 + day * 1000 + number
            for index in range(chance.randint(1, 3)):
                moment = began + timedelta(minutes=3 * index)
                made.append(MadeSeries(device, study, index + 1, moment, chance.randint(1, 3)))
    return made


def counts(made: Sequence[MadeSeries]) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Of each device and day: studies, series, images."""
    answers: dict[tuple[str, str], tuple[int, int, int]] = {}
    days: dict[tuple[str, int], str] = {}
    for own in made:
        study = (own.device, own.study)
        days[study] = min(days.get(study, "9"), f"{own.began:%Y-%m-%d}")
    for own in made:
        key = (own.device, f"{own.began:%Y-%m-%d}")
        studies, series, images = answers.get(key, (0, 0, 0))
        answers[key] = (studies, series + 1, images + own.images)
    for (device, _), day in days.items():
        studies, series, images = answers[device, day]
        answers[device, day] = (studies + 1, series, images)
    return answers

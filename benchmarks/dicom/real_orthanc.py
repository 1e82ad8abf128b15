"""A real Orthanc that has been given small objects: Debian's, with its DICOMweb plugin."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.dicom.web_pacs import A_SERIES, A_STUDY, FIRST
from tests.collectors.dicom.archive.made_objects import MadeSeries
from tests.support.dicom_peers import Orthanc, orthanc_server


@contextmanager
def filled(images: int) -> Iterator[Orthanc]:
    """With so many, fifty a series, four series a study, of a CT and an MR by turns."""
    with TemporaryDirectory() as folder, orthanc_server(Path(folder)) as server:
        began = datetime.combine(FIRST, datetime.min.time())
        for number in range(images // A_SERIES):
            study = number // A_STUDY
            at = began + timedelta(hours=7, minutes=number)
            device = ("ct-1", "mr-1")[study % 2]
            for image in MadeSeries(device, study + 1, number, at, A_SERIES).objects():
                server.upload(image)
        yield server

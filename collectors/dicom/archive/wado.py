"""Headers by WADO-RS (PS3.18 10.4): metadata only, never pixels; places by QIDO-RS, for the ledger has no UIDs.

Of a series in which each image may be an exposure all are needed; of others one, for what its scanner says of
itself.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from collectors.dicom.archive.asking import Question
from collectors.dicom.archive.attributes import NO_IMAGES
from collectors.dicom.archive.qido import QidoArchive
from collectors.dicom.archive.rest import RestClient
from collectors.dicom.common.dataset import Attributes
from collectors.dicom.common.json_dataset import JsonAttributes, read_metadata
from collectors.dicom.receiver.image import X_RAY
from core.errors import SourceError
from core.schema.sources.pacs import PacsSource

_ACCEPT = "application/dicom+json, application/json;q=0.5"


class SeriesPlace(NamedTuple):
    """By which UIDs the PACS knows a series."""

    study: str
    series: str
    modality: str


class WadoClient:
    """The DICOMweb at the entry's `wado_url`. Blocks. SourceError says what is wrong."""

    def __init__(self, entry: PacsSource) -> None:
        self._web = entry.model_copy(update={"via": "qido", "url": entry.wado_url})
        self._client = RestClient(self._web)
        self._archive: QidoArchive | None = None

    @property
    def address(self) -> str:
        """`http://pacs.example:8042`."""
        return self._client.address

    def cut(self) -> None:
        """From another thread: end it."""
        self._client.cut()
        if self._archive is not None:
            self._archive.cut()

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def places(self, day: str, hashed: Callable[[str], bytes]) -> dict[bytes, SeriesPlace]:
        """The series of a day's studies, `20260303`, by the hash of their UID."""
        self._archive = QidoArchive(self._web)
        places: dict[bytes, SeriesPlace] = {}
        for rows, _ in self._archive.query(Question([day])):
            for row in rows:
                study, series = row.get("StudyInstanceUID", ""), row.get("SeriesInstanceUID", "")
                if study and series:
                    modality = row.get("Modality", "").strip().upper()
                    places[hashed(series)] = SeriesPlace(study, series, modality)
        return places

    def headers(self, place: SeriesPlace) -> Sequence[Attributes]:
        """Those of its images that tell something; none of a series that has no images."""
        path = ("studies", place.study, "series", place.series)
        if place.modality in NO_IMAGES:
            return []
        if place.modality in X_RAY or not place.modality:
            return self._metadata(*path, "metadata")
        content = self._client.get(*path, "instances", accept=_ACCEPT, limit="1").content
        for instance in self._instances(content):
            uid = instance.text("SOPInstanceUID")
            if uid:
                return self._metadata(*path, "instances", uid, "metadata")[:1]
        return []

    def _instances(self, content: object) -> list[JsonAttributes]:
        rows = content if isinstance(content, list) else []
        return [JsonAttributes(row) for row in rows[:1] if isinstance(row, dict)]

    def _metadata(self, *path: str) -> list[JsonAttributes]:
        try:
            return read_metadata(self._client.json_body(*path, accept=_ACCEPT))
        except ValueError:
            text = f"{self.address} answers with metadata that is no JSON of DICOM"
            raise SourceError(text) from None

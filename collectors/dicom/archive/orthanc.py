"""Orthanc's feed of changes: which series are new or have grown since the last round.

A deletion in Orthanc does not undo what was done, so it is passed over. `NewSeries` brings a series while it
is still coming, `StableSeries` when it has been quiet for a minute; each is asked for once a page.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from collectors.dicom.archive.asking import FROM_NEWEST, AskedRows, Question
from collectors.dicom.archive.attributes import (
    LAST_DATE,
    LAST_TIME,
    SENT_BY,
    SERIES,
    STUDY,
    Attributes,
)
from collectors.dicom.archive.rest import RestClient, StatusError
from core.errors import SourceError
from core.schema.sources.pacs import PacsSource

PAGE = 1000  # changes
_MOST_STUDIES = 2000  # remembered within a round
_SERIAL = "0018-1000"


class OrthancArchive:
    """An Orthanc, by its own REST interface."""

    def __init__(self, entry: PacsSource) -> None:
        self._client = RestClient(entry)
        self._studies: OrderedDict[str, Attributes] = OrderedDict()

    def cut(self) -> None:
        """From another thread: end it."""
        self._client.cut()

    def query(self, question: Question) -> Iterator[AskedRows]:
        """A page of changes at a time, with how far the feed has been read."""
        try:
            yield from self._changes(question)
        finally:
            self._client.close()

    def newest(self) -> int:
        """The number of the newest change."""
        return _number(_object(self._client.get("changes", last="").content), "Last")

    def _changes(self, question: Question) -> Iterator[AskedRows]:
        newest = self.newest()
        since = question.cursor
        if since < FROM_NEWEST:
            since = max(newest + since, 0)
        elif since > newest:
            question.doubts.append("its feed begins anew: all of it is read once more")
            since = 0
        while True:
            query = {"since": str(since), "limit": str(PAGE)}
            page = _object(self._client.get("changes", **query).content)
            changes = page.get("Changes")
            if not isinstance(changes, list):
                raise SourceError(
                    f"{self._client.address} is no Orthanc, or `url` does not lead to it",
                    permanent=True,
                )
            series = dict.fromkeys(
                str(change.get("ID"))
                for change in changes
                if isinstance(change, dict)
                and change.get("ChangeType") in ("NewSeries", "StableSeries")
            )
            rows = [row for name in series if (row := self._series(name)) is not None]
            since = max(_number(page, "Last"), since)
            yield AskedRows(rows, since)
            if page.get("Done") is not False:
                return

    def _series(self, name: str) -> Attributes | None:
        """None if it has been deleted meanwhile."""
        try:
            series = _object(self._client.get("series", name).content)
            study = self._study(str(series.get("ParentStudy")))
            instances = series.get("Instances")
            names = instances if isinstance(instances, list) else []
            counted = {"NumberOfSeriesRelatedInstances": str(len(names))}
            own = {**_tags(series, SERIES), **counted, **self._ended(name)}
            return {**study, **own, **self._sender(names)}
        except StatusError as error:
            if error.status == 404:
                return None
            raise

    def _study(self, name: str) -> Attributes:
        if name not in self._studies:
            study = _object(self._client.get("studies", name).content)
            self._studies[name] = _tags(study, STUDY)
            if len(self._studies) > _MOST_STUDIES:
                self._studies.popitem(last=False)
        return self._studies[name]

    def _ended(self, name: str) -> Attributes:
        """When the last image of the series was made, if the scanner writes that."""
        content = self._client.get("series", name, "instances").content
        instances = content if isinstance(content, list) else []
        made = (_tags(_object(each), (LAST_DATE, LAST_TIME)) for each in instances)
        return max(
            made, key=lambda tags: (tags.get(LAST_DATE, ""), tags.get(LAST_TIME, "")), default={}
        )

    def _sender(self, instances: Sequence[object]) -> Attributes:
        """What no series of Orthanc has: its serial, and who sent it."""
        first = str(instances[0]) if instances else ""
        texts = {
            SENT_BY: self._plain("instances", first, "metadata", SENT_BY),
            "DeviceSerialNumber": self._plain("instances", first, "content", _SERIAL),
        }
        return {keyword: text for keyword, text in texts.items() if text}

    def _plain(self, *path: str) -> str:
        try:
            return self._client.text(*path).strip("\0 ")
        except StatusError as error:
            if error.status == 404:
                return ""
            raise


def _object(content: object) -> Mapping[str, object]:
    """An object of JSON; empty if it is none."""
    return content if isinstance(content, dict) else {}


def _tags(resource: Mapping[str, object], keys: Iterable[str]) -> Attributes:
    tags = _object(resource.get("MainDicomTags"))
    texts = {keyword: str(tags.get(keyword) or "").strip("\0 ") for keyword in keys}
    return {keyword: text for keyword, text in texts.items() if text}


def _number(page: Mapping[str, object], key: str) -> int:
    value = page.get(key)
    return value if isinstance(value, int) else 0

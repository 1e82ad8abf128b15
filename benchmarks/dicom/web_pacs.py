"""A PACS that answers at once: DICOMweb's search and Orthanc's feed over days that are made up, in a process of its own.

`python -m benchmarks.dicom.web_pacs PORT DAYS IMAGES`
"""

import json
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

FIRST = date(2026, 3, 2)
A_SERIES, A_STUDY = 50, 4  # images, series
STATIONS = ("CTAWP1", "MRC", "NOBODY")
Json = dict[str, object] | list[dict[str, object]]


class Series(NamedTuple):
    """One of the made-up series."""

    number: int
    day: date
    second: int

    @property
    def study(self) -> int:
        return self.number // A_STUDY

    @property
    def dicom(self) -> dict[str, str]:
        """Its attributes by tag."""
        clock = f"{self.second // 3600:02}{self.second // 60 % 60:02}{self.second % 60:02}"
        return {
            "0020000D": f"1.2.3.{self.study}",
            "0020000E": f"1.2.3.{self.study}.{self.number}",
            "00080020": f"{self.day:%Y%m%d}",
            "00080021": f"{self.day:%Y%m%d}",
            "00080030": clock,
            "00080031": clock,
            "00081010": STATIONS[self.study % 3],
            "00080060": "CT",
        }


class WebPacs:
    """What it holds, and its answers."""

    def __init__(self, days: int, images: int) -> None:
        count = images // A_SERIES
        self.series = [
            Series(
                day * count + index, FIRST + timedelta(days=day), 25_000 + index * 40_000 // count
            )
            for day in range(days)
            for index in range(count)
        ]
        self._changes: list[tuple[str, int]] = []
        for series in self.series:
            self._changes.append(("NewSeries", series.number))
            self._changes += [("NewInstance", series.number)] * A_SERIES
            self._changes.append(("StableSeries", series.number))

    def answer(self, path: str, query: Mapping[str, list[str]]) -> Json | str | None:
        """JSON, plain text, or nothing."""
        parts = path.strip("/").split("/")
        if parts == ["dicom-web", "series"]:
            return self._search(query)
        if parts == ["changes"]:
            return self._feed(query)
        if parts[0] == "series":
            return self._of_series(self.series[int(parts[1])], parts[2:])
        if parts[0] == "studies":
            series = self.series[int(parts[1]) * A_STUDY]
            return {"MainDicomTags": _tags(series, "StudyInstanceUID", "StudyDate", "StudyTime")}
        return {"RemoteAET": "CT99", "0018-1000": "22041"}.get(parts[-1])

    def _search(self, query: Mapping[str, list[str]]) -> Json:
        chosen = [own for own in self.series if f"{own.day:%Y%m%d}" == query["StudyDate"][0]]
        first = int(query["offset"][0])
        return [
            {
                **{tag: {"vr": "LO", "Value": [value]} for tag, value in own.dicom.items()},
                "00201209": {"vr": "IS", "Value": [A_SERIES]},
            }
            for own in chosen[first : first + int(query["limit"][0])]
        ]

    def _feed(self, query: Mapping[str, list[str]]) -> Json:
        if "since" not in query:
            return {"Changes": [], "Done": True, "Last": len(self._changes)}
        since = int(query["since"][0])
        until = min(since + int(query["limit"][0]), len(self._changes))
        changes = [
            {
                "ChangeType": kind,
                "ID": str(number),
                "Seq": since + index + 1,
                "ResourceType": "Series",
            }
            for index, (kind, number) in enumerate(self._changes[since:until])
        ]
        return {"Changes": changes, "Done": until == len(self._changes), "Last": until}

    def _of_series(self, series: Series, rest: list[str]) -> Json:
        if rest:
            made = {
                "InstanceCreationDate": f"{series.day:%Y%m%d}",
                "InstanceCreationTime": "120000",
            }
            return [{"ID": str(index), "MainDicomTags": made} for index in range(A_SERIES)]
        names = ("SeriesInstanceUID", "SeriesDate", "SeriesTime", "StationName", "Modality")
        return {
            "Instances": [f"{series.number}-{index}" for index in range(A_SERIES)],
            "ParentStudy": str(series.study),
            "MainDicomTags": _tags(series, *names),
        }


_TAGS = {
    "StudyInstanceUID": "0020000D",
    "SeriesInstanceUID": "0020000E",
    "StudyDate": "00080020",
    "SeriesDate": "00080021",
    "StudyTime": "00080030",
    "SeriesTime": "00080031",
    "StationName": "00081010",
    "Modality": "00080060",
}


def _tags(series: Series, *names: str) -> dict[str, str]:
    return {name: series.dicom[_TAGS[name]] for name in names}


def serve(port: int, days: int, images: int) -> None:
    """Until killed."""
    pacs = WebPacs(days, images)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            answer = pacs.answer(url.path, parse_qs(url.query, keep_blank_values=True))
            body = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(200 if answer is not None else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever(0.05)


if __name__ == "__main__":
    serve(*map(int, sys.argv[1:]))

"""QIDO-RS and Orthanc's REST against servers that are not as they should be."""

import asyncio
import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from core.errors import SourceError
from core.time.clock import HOUR, MINUTE
from tests.collectors.dicom.archive.house import FIRST, NOW, PacsHouse
from tests.collectors.dicom.archive.made_objects import MadeSeries, counts, some_days
from tests.support.ports import free_port

pytestmark = pytest.mark.servers

Body = bytes
PAGE = b"<!DOCTYPE html><html><title>Log in</title><body>Zahra Ahmadi</body></html>"


@dataclass
class WebPacs:
    """Answers DICOMweb with the habits that a test gives it."""

    made: list[MadeSeries]
    most: int = 10_000  # rows of an answer
    knows_offset: bool = True
    warns: bool = False
    has_all_series: bool = True
    takes_fields: bool = True
    knows_hours: bool = True
    status: int = 200
    body: Body | None = None  # in place of every answer
    login: str = ""  # `user:password` or `Bearer x`
    odd: Callable[[object], object] = lambda answer: answer
    asked: list[str] = field(default_factory=list)

    def answer(self, target: str, authorization: str) -> tuple[int, dict[str, str], Body]:
        self.asked.append(target)
        if self.login and authorization != self.login:
            return 401, {}, PAGE
        if self.status != 200 or self.body is not None:
            return self.status, {}, self.body or PAGE
        url, query = urlsplit(target), parse_qs(urlsplit(target).query)
        parts = url.path.strip("/").split("/")[1:]
        if parts == ["series"] and not self.has_all_series:
            return 404, {}, PAGE
        if "includefield" in query and not self.takes_fields:
            return 400, {}, PAGE
        rows = self._rows(parts, query)
        offset = int(query.get("offset", ["0"])[0]) if self.knows_offset else 0
        shown = rows[offset : offset + min(self.most, int(query["limit"][0]))]
        is_more = len(rows) > offset + len(shown)
        headers = {"Warning": '299 pacs "more"'} if self.warns and is_more else {}
        if not shown:
            return 204, headers, b""
        return 200, headers, json.dumps(self.odd(shown)).encode()

    def _rows(self, parts: list[str], query: dict[str, list[str]]) -> list[dict[str, object]]:
        chosen = [own for own in self.made if self._is_of(own, parts, query)]
        if parts == ["studies"]:
            studies = {own.study_uid: own for own in chosen}
            return [{"0020000D": _value("UI", uid)} for uid in studies]
        return [_series(own) for own in chosen]

    def _is_of(self, own: MadeSeries, parts: list[str], query: dict[str, list[str]]) -> bool:
        if len(parts) == 3:
            return own.study_uid == parts[1]
        day = "000000-235959.999999"
        span = (query.get("StudyTime", [day])[0] if self.knows_hours else day).split("-")
        first = min(each.began for each in self.made if each.study == own.study)
        return (
            f"{first:%Y%m%d}" in query["StudyDate"][0].split("-")
            and span[0] <= f"{first:%H%M%S}" <= span[1]
        )


def _value(vr: str, *values: object) -> dict[str, object]:
    return {"vr": vr, "Value": list(values)}


def _series(own: MadeSeries) -> dict[str, object]:
    return {
        "00080020": _value("DA", f"{own.began:%Y%m%d}"),
        "00080021": _value("DA", f"{own.began:%Y%m%d}"),
        "00080031": _value("TM", f"{own.began:%H%M%S}"),
        "0020000D": _value("UI", own.study_uid),
        "0020000E": _value("UI", f"{own.study_uid}.{own.number}"),
        "00100010": _value("PN", {"Alphabetic": "Ahmadi^Zahra"}),
        "00181000": _value("LO", {"ct-1": "0022041", "mr-1": ""}[own.device]),
        "00081010": _value("SH", {"ct-1": None, "mr-1": "MRC"}[own.device]),
        "00201209": _value("IS", own.images),
    }


@contextmanager
def listening(
    pacs: WebPacs,
    folder: Path,
    more: str = "",
    via: str = "qido",
    change: Callable[[str], str] = str,
) -> Iterator[PacsHouse]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = pacs.answer(self.path, self.headers.get("Authorization", ""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Handler)
    server.daemon_threads = True
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    ).start()
    try:
        url = f"http://127.0.0.1:{server.server_address[1]}/web"
        yield PacsHouse(folder, f"via: {via}, url: '{url}', timeout: 5s{more}", change)
    finally:
        server.shutdown()
        server.server_close()


def busy_days() -> list[MadeSeries]:
    made = some_days(FIRST.replace(tzinfo=None), 3, 30)
    return [own for own in made if own.device in ("ct-1", "mr-1")]


@pytest.mark.parametrize("knows_offset", [True, False])
@pytest.mark.parametrize("warns", [True, False])
def test_a_server_with_a_limit_of_answers_loses_nothing(
    tmp_path: Path, *, knows_offset: bool, warns: bool
) -> None:
    pacs = WebPacs(busy_days(), most=10, knows_offset=knows_offset, warns=warns)
    with listening(pacs, tmp_path) as house:
        assert house.poll().error is None
        assert house.counts() == counts(pacs.made)


def test_one_that_does_not_look_at_hours_is_not_asked_for_each_minute(tmp_path: Path) -> None:
    began = FIRST.replace(tzinfo=None, hour=9)
    pacs = WebPacs([MadeSeries("ct-1", n, 1, began, 1) for n in range(20)], knows_hours=False)
    with listening(pacs, tmp_path) as house:
        assert house.poll().error is None
        assert house.counts() == counts(pacs.made)
        assert len(pacs.asked) < 60
        pacs.most, pacs.knows_offset, pacs.warns = 10, False, True
        assert "10 at once, and not by the hour" in str(house.poll(NOW + 2 * HOUR).error)


def test_one_that_refuses_fields_which_it_does_not_know_is_asked_without(tmp_path: Path) -> None:
    pacs = WebPacs(busy_days(), takes_fields=False)
    with listening(pacs, tmp_path) as house:
        assert house.poll().error is None
        assert house.counts() == counts(pacs.made)


def test_a_name_that_is_put_right_moves_what_was_counted(tmp_path: Path) -> None:
    pacs = WebPacs(busy_days())
    with listening(pacs, tmp_path) as house:
        house.poll()
    mistake = {"MR1, mr1b": "MR1", "station_names: [MRC]": "station_names: []", "[XRC]": "[MRC]"}
    (tmp_path / "other").mkdir()

    def mistaken(text: str) -> str:
        for right, wrong in mistake.items():
            text = text.replace(right, wrong)
        return text

    with listening(pacs, tmp_path / "other", change=mistaken) as wrong:
        wrong.poll()
        assert {device for device, _ in wrong.counts()} == {"ct-1", "xr-1"}
        right = PacsHouse(tmp_path / "other", wrong.line)
        right.store = wrong.store
        right.restart()
        right.poll(NOW + 5 * MINUTE)
        assert right.counts() == counts(pacs.made)


def test_one_without_a_search_over_all_series_is_asked_study_by_study(tmp_path: Path) -> None:
    pacs = WebPacs(busy_days(), has_all_series=False)
    with listening(pacs, tmp_path) as house:
        assert house.poll().error is None
        assert house.counts() == counts(pacs.made)


ODD = {
    "numbers as text": lambda rows: json.loads(
        json.dumps(rows).replace('"Value": [1]', '"Value": ["1 "]')
    ),
    "small letters": lambda rows: [
        {key.lower(): value for key, value in row.items()} for row in rows
    ],
    "no values": lambda rows: [
        {**row, "00080060": {"vr": "CS"}, "00400244": {"Value": []}} for row in rows
    ],
    "null": lambda rows: [
        {**row, "00400241": {"vr": "AE", "Value": [None]}, "00080201": None} for row in rows
    ],
    "a number in place of text": lambda rows: [
        {**row, "00181000": row["00181000"]} for row in rows
    ],
    "keys of nobody": lambda rows: [{**row, "00091001": _value("UN", "x"), "7": 7} for row in rows],
}


@pytest.mark.parametrize("habit", ODD)
def test_json_as_servers_write_it(tmp_path: Path, habit: str) -> None:
    pacs = WebPacs(busy_days(), odd=ODD[habit])
    with listening(pacs, tmp_path) as house:
        assert house.poll().error is None
        assert house.counts() == counts(pacs.made)


def test_a_single_object_in_place_of_a_list(tmp_path: Path) -> None:
    made = [MadeSeries("ct-1", 1, 1, FIRST.replace(tzinfo=None, hour=9), 4)]
    pacs = WebPacs(made, odd=lambda rows: rows[0] if isinstance(rows, list) else rows)
    with listening(pacs, tmp_path) as house:
        assert house.poll().error is None
        assert house.counts() == counts(made)


@pytest.mark.parametrize(
    ("status", "body", "word", "permanent"),
    [
        (200, PAGE, "answers with a web page: check `url`, and whether it wants a login", True),
        (200, b"\x00\x01\x02", "something that is no JSON", True),
        (200, b"[[]]", "JSON that is no DICOM", True),
        (200, b"7", "JSON that is no DICOM", True),
        (200, b"[" * 100_000, "something that is no JSON", True),
        (401, None, "wants another user and password, or a token", True),
        (403, None, "does not let this user in", True),
        (500, None, "answers with the status 500", False),
        (503, None, "answers with the status 503", False),
    ],
)
def test_what_is_no_answer_is_said_in_words_and_never_quoted(
    tmp_path: Path, status: int, body: Body | None, word: str, *, permanent: bool
) -> None:
    pacs = WebPacs([], status=status, body=body)
    with listening(pacs, tmp_path) as house, pytest.raises(SourceError, match=word) as caught:
        house.poll()
    assert caught.value.permanent is permanent
    assert "Ahmadi" not in str(caught.value)
    assert "Zahra" not in str(caught.value)


@pytest.mark.parametrize(
    ("login", "more"),
    [
        (f"Basic {base64.b64encode(b'scan:ward').decode()}", ", user: scan, password: 'env:PACS'"),
        ("Bearer ward", ", token: 'env:PACS'"),
    ],
)
def test_it_logs_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, login: str, more: str) -> None:
    monkeypatch.setenv("PACS", "ward")
    pacs = WebPacs(busy_days(), login=login)
    with listening(pacs, tmp_path, more) as house:
        assert house.poll().error is None
        assert house.counts() == counts(pacs.made)
        monkeypatch.setenv("PACS", "stolen")
        with pytest.raises(SourceError, match="another user and password") as caught:
            house.poll()
        assert "stolen" not in str(caught.value)


def test_a_web_server_that_is_no_orthanc_is_named(tmp_path: Path) -> None:
    with (
        listening(WebPacs([], body=b'{"hello": 1}'), tmp_path, via="orthanc") as house,
        pytest.raises(SourceError, match="no Orthanc, or `url` does not lead to it"),
    ):
        house.poll()


def test_nobody_there_is_said_at_once(tmp_path: Path) -> None:
    house = PacsHouse(tmp_path, f"via: qido, url: 'http://127.0.0.1:{free_port()}/web'")
    with pytest.raises(SourceError, match="nothing listens at"):
        house.poll()


def test_a_round_that_is_cancelled_ends_at_once_though_the_server_hangs(tmp_path: Path) -> None:
    going_on = threading.Event()

    def hang(rows: object) -> object:
        going_on.wait(60)
        return rows

    pacs = WebPacs(busy_days(), odd=hang)
    with listening(pacs, tmp_path) as house:

        async def cancelled() -> float:
            poll = asyncio.create_task(house.peer.poll(NOW))
            while not pacs.asked:
                await asyncio.sleep(0.01)
            began = asyncio.get_running_loop().time()
            poll.cancel()
            await asyncio.gather(poll, return_exceptions=True)
            return asyncio.get_running_loop().time() - began

        assert asyncio.run(cancelled()) < 3
        going_on.set()

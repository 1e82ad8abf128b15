"""Every failure is one of three kinds, in words that say what to do."""

import inspect
from pathlib import Path

import pytest
import urllib3.exceptions
from influxdb_client.rest import ApiException

from core.schema.storage import Influx
from core.time.clock import MINUTE, SECOND
from storage.influx.client import InfluxClient
from storage.influx.errors import (
    InfluxError,
    MisconfiguredError,
    RejectedError,
    RetryError,
    translated,
)
from storage.influx.forward import Forwarder
from storage.influx.state import ForwardState
from storage.series import SeriesReader
from tests.storage.influx.answers import Answer, answering
from tests.storage.influx.cast import SITE, T0, Way, helium
from tests.support.influxdb import PASSWORD, USER, Server
from tests.support.mosquitto import write_certificates

LINE = [b"readings,device=mri-2 value=1 %d" % T0]


def write_error(client: InfluxClient) -> InfluxError:
    with pytest.raises(InfluxError) as caught:
        client.write(LINE)
    client.close()
    return caught.value


def query_error(client: InfluxClient) -> InfluxError:
    with pytest.raises(InfluxError) as caught:
        list(client.query('select * from "readings"'))
    client.close()
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (400, b'{"error": "partial write: field type conflict"}', RejectedError, "type conflict"),
        (422, b'{"code": "unprocessable", "message": "no"}', RejectedError, "422: no"),
        (
            400,
            b'{"error": "partial", "data": [{"error_message": "bad tag", "line_number": 1}]}',
            RejectedError,
            "partial: bad tag",
        ),
        (413, b"<html>too large</html>", RejectedError, "413"),
        (400, b"<html>plain HTTP to an HTTPS port</html>", MisconfiguredError, "an InfluxDB?"),
        (401, b'{"message": "unauthorized access"}', MisconfiguredError, "know this token"),
        (403, b"", MisconfiguredError, "let it write to and read from 'scanward'"),
        (404, b'{"error": "database not found"}', MisconfiguredError, "create it"),
        (405, b"", MisconfiguredError, "an InfluxDB?"),
        (301, b"", MisconfiguredError, "final address"),
        (429, b"", RetryError, "429"),
        (500, b'{"error": "timeout"}', RetryError, "500: timeout"),
        (502, b"<html>\xff\xfe</html>", RetryError, ""),
        (503, b"", RetryError, "503"),
    ],
)
def test_an_answer_is_of_the_right_kind_to_a_writer_and_a_reader(
    status: int, body: bytes, kind: type[InfluxError], words: str
) -> None:
    with answering(Answer(status, body)) as server:
        for error in (write_error(server.client()), query_error(server.client())):
            assert type(error) is kind
            assert words in str(error)
            assert error.permanent == (kind is MisconfiguredError)


def test_the_pause_a_server_asks_for_is_kept(tmp_path: Path) -> None:
    way = Way(None, "x", tmp_path)  # type: ignore[arg-type]  # only its store is used
    way.store([helium(80, T0)])
    answer = Answer(503, b"", {"Retry-After": "90"})
    with answering(answer):
        assert getattr(write_error(answer.client()), "after", None) == 90
        answer.headers = {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}
        assert getattr(write_error(answer.client()), "after", 0) is None
        answer.headers = {"Retry-After": "90"}
        state = ForwardState(tmp_path / "forward.db", "x")
        series = SeriesReader(tmp_path / "series.db")
        forwarder = Forwarder(series, answer.client(), state, SITE)
        assert forwarder.step(T0) == "waiting"
        tries = len(answer.asked)
        assert forwarder.step(T0 + 89 * SECOND) == "waiting"
        assert len(answer.asked) == tries
        answer.status = 204
        assert forwarder.step(T0 + 90 * SECOND) == "more"
        state.close()


def test_pauses_grow_to_five_minutes_and_differ_by_chance(tmp_path: Path) -> None:
    way = Way(None, "x", tmp_path)  # type: ignore[arg-type]  # only its store is used
    way.store([helium(80, T0)])
    with answering(Answer(500)) as answer:
        state = ForwardState(tmp_path / "forward.db", "x")
        series = SeriesReader(tmp_path / "series.db")
        forwarder = Forwarder(series, answer.client(), state, SITE, chance=lambda: 0.0)
        pauses, now = [], T0
        for _ in range(12):
            forwarder.step(now)
            pauses.append(forwarder.due - now)
            now = forwarder.due
        state.close()
    assert pauses[:4] == [SECOND // 2, SECOND, 2 * SECOND, 4 * SECOND]
    assert pauses[-1] == 5 * MINUTE // 2


def test_nobody_there_nobody_answering_and_an_answer_cut_short_are_tried_again() -> None:
    with answering(Answer(slow_s=1.5)) as server:
        assert type(write_error(server.client())) is RetryError
    gone = server.client()
    assert type(write_error(gone)) is RetryError
    refused = query_error(gone)
    assert type(refused) is RetryError
    assert "refused" in str(refused)
    assert "object at 0x" not in str(refused)
    with answering(Answer(200, b'{"results": [', cut=True)) as server:
        assert type(query_error(server.client())) is RetryError
    with answering(Answer(200, b"welcome to the portal")) as server:
        assert type(query_error(server.client())) is RetryError


def _exceptions() -> list[type[Exception]]:
    found = [one for _, one in inspect.getmembers(urllib3.exceptions, inspect.isclass)]
    return [one for one in found if issubclass(one, urllib3.exceptions.HTTPError)]


@pytest.mark.parametrize("kind", _exceptions())
def test_no_exception_of_the_library_gets_through(kind: type[Exception]) -> None:
    bare = type(kind.__name__, (kind,), {"__init__": lambda _: None, "__str__": lambda _: "it"})
    with pytest.raises(InfluxError), translated("http://there", "scanward"):
        raise bare
    with pytest.raises(InfluxError), translated("http://there", "scanward"):
        raise ApiException(status=0, reason="SSLError")  # type: ignore[no-untyped-call]


def test_a_bucket_that_is_not_there_is_said_by_the_real_server(influx_server: Server) -> None:
    influx_server.start()
    client = influx_server.client("nowhere")
    for error in (write_error(client), query_error(client)):
        assert type(error) is MisconfiguredError
        assert "no bucket (1.x: database) 'nowhere'" in str(error)


def test_a_question_that_is_no_influxql_is_said_by_the_real_server(way: Way) -> None:
    with pytest.raises(InfluxError, match="error parsing query"):
        list(way.server.client(way.database).query("select from"))


def test_a_wrong_password_is_said_and_the_right_one_found_without_a_restart(
    tmp_path: Path,
) -> None:
    server = Server(tmp_path, auth=True)
    server.start()
    try:
        server.ask(f"create user {USER} with password '{PASSWORD}' with all privileges")
        password = tmp_path / "password"
        password.write_text("wrong")
        more = {"user": USER, "password": f"file:{password}"}
        client = server.client("_internal", **more)
        error = write_error(client)
        assert type(error) is MisconfiguredError
        assert "401" in str(error)
        assert "wrong" not in str(error)
        password.write_text(PASSWORD)
        error = write_error(client)
        assert "no bucket" in str(error), "now it may come in"
    finally:
        server.stop(kill=True)


def test_a_token_is_sent_as_one_and_an_absent_one_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with answering(Answer()) as server:
        client = server.client(token="env:SCANWARD_TEST_TOKEN", org="centre")
        assert "SCANWARD_TEST_TOKEN is not set" in str(write_error(client))
        monkeypatch.setenv("SCANWARD_TEST_TOKEN", "t-1")
        client.write(LINE)
        client.close()
    assert server.authorizations == ["Token t-1"]
    assert server.asked == ["/api/v2/write?org=centre&bucket=scanward&precision=ms"]


def test_a_bucket_with_a_policy_is_both_to_the_reader() -> None:
    with answering(Answer(200, b"{}")) as server:
        client = server.client(bucket="scanward/short")
        assert list(client.query("select 1")) == []
        client.close()
    assert "db=scanward&" in server.asked[0]
    assert server.asked[0].endswith("&rp=short")


def test_tls_is_trusted_only_by_the_right_authority(tmp_path: Path) -> None:
    certificates = tmp_path / "certificates"
    certificates.mkdir()
    write_certificates(certificates)
    server = Server(tmp_path, certificates=certificates)
    server.start()
    try:
        server.ask("create database safe")
        error = write_error(server.client("safe"))
        assert type(error) is MisconfiguredError
        assert "storage.influxdb.ca" in str(error)
        error = write_error(server.client("safe", ca=tmp_path / "nowhere.pem"))
        assert type(error) is MisconfiguredError
        careless = server.client("safe", verify=False)
        with pytest.warns(urllib3.exceptions.InsecureRequestWarning):
            careless.write(LINE)
        careless.close()
        client = server.client("safe", ca=certificates / "ca.pem")
        client.write(LINE)
        assert [table.rows for table in client.query('select "value" from "readings"')] == [
            [[T0, 1]]
        ]
        client.close()
    finally:
        server.stop(kill=True)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"url": "influx.example:8086"}, "url"),
        ({"url": "http://me:secret@influx.example"}, "url"),
        ({"user": "me"}, "need one another"),
        ({"token": "env:A", "user": "me", "password": "env:B"}, "not both"),
        ({"token": "plain"}, "not the secret itself"),
        ({"bucket": ""}, "bucket"),
    ],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Influx.model_validate({"url": "http://influx.example", "bucket": "b", **wrong})

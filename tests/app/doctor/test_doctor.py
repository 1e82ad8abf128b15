"""The doctor beside real servers: what is well is ok, and what is not says what to do."""

import asyncio
import json
import logging
import queue
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from typer.testing import CliRunner

from app.cli.main import cli
from app.clock import now
from app.doctor import Finding, examine, machine
from app.services.alert import alert
from app.services.maintain import maintain
from core.readings import Batch, Reading
from core.schema.load import load_site
from core.time.clock import DAY, HOUR, MINUTE
from storage.backup.take import take
from storage.records import Records
from storage.records.cursors import LastReading
from storage.series import SeriesReader, SeriesWriter
from tests.collectors.snmp.ber import integer
from tests.collectors.snmp.own_agent import Mib, honest, own_agent
from tests.support.mosquitto import PASSWORD, USER, Mosquitto
from tests.support.warm_command import scanward

SITE = """
id: small
name: Small
zone: Asia/Kabul
storage: {{folder: "{folder}/var"}}
backup: {{folder: "{folder}/backups", same_disk: true}}
broker:
  host: 127.0.0.1
  port: {broker}
  user: scanward
  password: file:{folder}/password
  tls: {{ca: "{folder}/ca.pem"}}
channels: [{{kind: apprise, id: engineer, url: "file:{folder}/hook"}}]
routes: [{{severities: [critical], channels: [engineer]}}]
devices:
  - id: ups-1
    name: UPS
    profile: ups-rfc1628
    sources: [{{kind: snmp, host: 127.0.0.1, port: {agent}, community: public, timeout: 200ms}}]
  - id: pacs
    name: PACS
    profile: pacs
    sources: [{{kind: logfile, path: "{folder}/orthanc.log", format: orthanc}}]
  - {{id: room, name: Room, profile: room-sensor, sources: [{{kind: mqtt, topic: {topic}}}]}}
"""
UPS: Mib = {(1, 3, 6, 1, 2, 1, 33, 1, 2, 4, 0): integer(100)}


class Hook(BaseHTTPRequestHandler):
    """A webhook that remembers what it was told."""

    told: list[dict[str, Any]] = []

    def do_POST(self) -> None:
        self.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Not into the test's output."""


@pytest.fixture(scope="module")
def hook() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    broker = Mosquitto(tmp_path_factory.mktemp("broker"))
    broker.start()
    client = connected(broker, "sensor")
    client.publish("tele/room/LWT", "Online", qos=1, retain=True).wait_for_publish(5)
    end(client)
    yield broker
    broker.stop()


def connected(broker: Mosquitto, name: str, on_message: Any = None) -> paho.Client:
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
    client.username_pw_set(USER, PASSWORD)
    client.tls_set(str(broker.ca))
    client.on_message = on_message
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    return client


def end(client: paho.Client) -> None:
    client.disconnect()
    client.loop_stop()


class Installation:
    """A site in a folder, whole; a test breaks one thing and asks the doctor."""

    def __init__(self, folder: Path, broker: Mosquitto) -> None:
        self.folder = folder
        self.path = folder / "site.yaml"
        self.broker = broker
        self.topic = "room"
        self.mib = UPS
        self.write(161)

    def make(self, hook: int) -> None:
        """Everything that belongs to it, and a first reading, judged and backed up."""
        folder = self.folder
        for name, text in (("password", PASSWORD), ("hook", f"json://127.0.0.1:{hook}/")):
            (folder / name).write_text(text)
            (folder / name).chmod(0o600)
        (folder / "ca.pem").write_bytes(self.broker.ca.read_bytes())
        (folder / "orthanc.log").write_text("")
        site = load_site(self.path)
        writer = SeriesWriter(site.series_path)
        writer.append([Batch([Reading("ups-1", "up", 1.0, now(), "snmp")])])
        writer.close()
        alert(site, threading.Event(), once=True)
        take(site, self.path, folder / "backups", now())

    def write(self, agent: int) -> None:
        said = {
            "folder": self.folder,
            "broker": self.broker.port,
            "agent": agent,
            "topic": self.topic,
        }
        self.path.write_text(SITE.format(**said))

    def examined(self, *, tell: bool = False) -> dict[str, Finding]:
        """The doctor's findings by what they are about; the last word of a place is its own port."""

        async def ask() -> list[Finding]:
            async with own_agent(honest(self.mib)) as agent:
                self.write(agent.port)
                return await examine(load_site(self.path), self.path, send_test=tell)

        return {finding.what.split(" ")[0]: finding for finding in asyncio.run(ask())}

    def wrong(self) -> dict[str, str]:
        """What is not ok."""
        found = self.examined().items()
        return {what: f"{one.outcome} {one.text}" for what, one in found if one.outcome != "ok"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, broker: Mosquitto, hook: int) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    Installation(folder, broker).make(hook)
    return folder


@pytest.fixture
def place(
    tmp_path: Path, whole: Path, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> Installation:
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr("collectors.mqtt.examination.LISTEN_S", 0.4)
    monkeypatch.setattr(machine, "clock_state", lambda: 0)
    monkeypatch.setattr("app.doctor.certificates.WARN", 0)
    monkeypatch.setattr(machine, "FREE_WARN", 0)
    monkeypatch.setattr(machine, "FREE_FAIL", 0)
    return Installation(tmp_path, broker)


def test_a_whole_installation_has_nothing_but_ok(place: Installation) -> None:
    found = place.examined()
    assert [str(one) for one in found.values() if one.outcome != "ok"] == []
    assert set(found) == {
        *("disk", "clock", "files", "readings", "records", "alerts", "certificates"),
        *("backup", "channel"),
        *("broker", "ups-1", "pacs", "room"),
    }
    assert found["ups-1"].text == "answers: 1 readings, 0 events"
    assert found["room"].text == "was heard just now"


def test_a_test_message_arrives_and_nothing_is_sent_unasked(place: Installation) -> None:
    Hook.told.clear()
    place.examined()
    assert Hook.told == []
    assert place.examined(tell=True)["channel"].outcome == "ok"
    assert [told["title"] for told in Hook.told] == ["Scanward at Small: a test"]


def test_nothing_it_hears_is_stored_and_nothing_is_made(place: Installation) -> None:
    site = load_site(place.path)
    before = SeriesReader(site.series_path).latest()
    (place.folder / "var" / "records.db").unlink()
    place.examined()
    assert SeriesReader(site.series_path).latest() == before
    assert not (place.folder / "var" / "records.db").exists()


def test_the_collectors_session_keeps_what_was_sent_meanwhile(place: Installation) -> None:
    collector = connected(place.broker, "scanward")
    collector.subscribe("tele/room/SENSOR", 1)
    sensor = connected(place.broker, "sensor-2")
    sensor.publish("tele/room/SENSOR", "{}", qos=1).wait_for_publish(5)
    end(collector)
    sensor.publish("tele/room/SENSOR", "kept", qos=1).wait_for_publish(5)
    end(sensor)
    assert place.examined()["broker"].outcome == "ok"
    kept: queue.Queue[bytes] = queue.Queue()
    end_of = connected(place.broker, "scanward", lambda *said: kept.put(said[2].payload))
    while kept.get(timeout=5) != b"kept":
        pass  # of QoS 1: what was not confirmed before it left comes again
    end(end_of)


def test_every_sick_part_is_named_with_what_to_do(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place.folder / "orthanc.log").unlink()
    (place.folder / "password").write_text("another")
    (place.folder / "hook").write_text("json://127.0.0.1:9/")
    (place.folder / "hook").chmod(0o644)
    monkeypatch.setattr(machine, "clock_state", lambda: 5)
    monkeypatch.setattr(machine, "FREE_FAIL", 1 << 60)
    for name in (place.folder / "backups").iterdir():
        name.rename(name.with_name("scanward-small-20200101T000000Z"))
    wrong = place.wrong()
    assert wrong["disk"].startswith("failed ")
    assert "timedatectl set-ntp true" in wrong["clock"]
    assert f"chmod o-rwx {place.folder}/hook" in wrong["files"]
    assert wrong["backup"].startswith("failed the newest is ")
    assert wrong["channel"] == "failed 127.0.0.1:9 cannot be reached: Connection refused"
    assert wrong["pacs"].startswith("failed no such file: check `path`")
    assert "check `user` and `password`" in wrong["broker"]
    assert set(wrong) == {"disk", "clock", "files", "backup", "channel", "pacs", "broker"}


def test_a_storage_folder_that_all_may_enter_is_said_with_what_to_do(place: Installation) -> None:
    folder = place.folder / "var"
    assert "files" not in place.wrong(), "closed from the first file on"
    folder.chmod(0o755)
    (folder / "records.db").chmod(0o644)
    wrong = place.wrong()["files"]
    assert wrong.startswith("warning ")
    assert wrong.endswith(f"chmod o-rwx {folder} {folder}/records.db")


def test_a_secret_that_is_absent_is_said_with_its_place(place: Installation) -> None:
    (place.folder / "hook").unlink()
    wrong = place.wrong()
    assert wrong["files"].startswith("failed channels[0].url: cannot be read")
    assert wrong["channel"].startswith("failed ")
    assert set(wrong) == {"files", "channel"}


@pytest.fixture(autouse=True)
def _sources_speak_again() -> Iterator[None]:
    """The command silences them, and here it runs in the process of the other tests."""
    logger = logging.getLogger("collectors")
    level = logger.level
    yield
    logger.setLevel(level)


@pytest.mark.parametrize(
    ("age", "outcome"), [(2 * HOUR, "warning nothing was collected"), (-HOUR, "failed the newest")]
)
def test_old_readings_and_those_of_the_future(
    place: Installation, age: int, outcome: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.doctor.examination.now", lambda: now() + age)
    assert place.wrong()["readings"].startswith(outcome)


def test_readings_that_nobody_judges(place: Installation) -> None:
    writer = SeriesWriter(load_site(place.path).series_path)
    writer.append([Batch([Reading("ups-1", "up", 1.0, now() + 6 * MINUTE, "snmp")])])
    writer.close()
    assert "is `scanward alert` running?" in place.wrong()["alerts"]


def test_downtime_that_nobody_counts(place: Installation) -> None:
    site, at = load_site(place.path), now()
    ups = [Reading("ups-1", "up", 0.0, at - ago * MINUTE, "snmp") for ago in range(20, 8, -1)]
    writer = SeriesWriter(site.series_path)
    writer.append([Batch([*ups, Reading("pacs", "up", 1.0, at, "logfile")])])
    writer.close()
    with closing(Records(site.records_url)) as records, records.writing() as db:
        db.delete(db.get_one(LastReading, ("ups-1", "up", "snmp")))  # what it heard first was newer
    alert(site, threading.Event(), once=True)
    assert "is `scanward maintain` running?" in place.wrong()["alerts"]
    maintain(site, threading.Event(), once=True)
    assert "alerts" not in place.wrong()


def test_values_that_cannot_be_believed_are_named(place: Installation) -> None:
    place.mib = {**UPS, (1, 3, 6, 1, 2, 1, 33, 1, 3, 3, 1, 3, 1): integer(2360)}
    wrong = place.wrong()["ups-1"]
    assert wrong.startswith("warning answers (1 readings, 1 events), not all to be believed")
    assert "input_voltage_v: out of range: 2360" in wrong


def test_a_certificate_that_ends_soon(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.doctor.certificates.WARN", 30 * DAY)
    assert "that of the broker ends in 0 days" in place.wrong()["certificates"]


@pytest.mark.parametrize(
    ("up", "age", "outcome"), [(1.0, 0, "ok"), (0.0, 0, "failed"), (1.0, DAY, "failed")]
)
def test_a_sensor_that_sleeps_is_judged_by_what_was_stored(
    place: Installation, up: float, age: int, outcome: str
) -> None:
    writer = SeriesWriter(load_site(place.path).series_path)
    writer.append([Batch([Reading("room", "up", up, now() - age, "mqtt")])])
    writer.close()
    place.topic = "sleeper"
    assert place.examined()["room"].outcome == outcome


def test_what_a_newer_scanward_made_is_refused_and_not_touched(place: Installation) -> None:
    folder = place.folder / "var"
    for name, word in (
        ("records.db", "update alembic_version set version_num = '9999'"),
        ("series.db", "pragma user_version = 9"),
    ):
        with closing(sqlite3.connect(folder / name)) as db:
            db.execute(word)
            db.commit()
            db.execute("pragma wal_checkpoint(truncate)")
    before = {name: (folder / name).read_bytes() for name in ("records.db", "series.db")}
    wrong = place.wrong()
    assert "is of a newer Scanward" in wrong["records"]
    assert "is of a newer Scanward" in wrong["readings"]
    for command in ("collect", "alert"):
        ended = scanward(command, "--once", "--site", str(place.path))
        assert ended.returncode == 1
        assert "is of a newer Scanward" in ended.stderr
        assert "nothing was touched" in ended.stderr
    assert before == {name: (folder / name).read_bytes() for name in before}


def test_for_a_program_it_is_json_and_the_exit_code_says_failed(place: Installation) -> None:
    where = ["--site", str(place.path)]
    ended = CliRunner().invoke(cli, ["doctor", "--json", *where])
    found = {one["what"]: one["outcome"] for one in json.loads(ended.stdout)}
    assert ended.exit_code == 1
    assert found["ups-1 snmp 127.0.0.1:161"] == "failed"
    text = place.path.read_text()
    place.path.write_text(text.replace("sources: [{kind: snmp", "sources: [] #"))
    ended = CliRunner().invoke(cli, ["doctor", *where])
    assert ended.exit_code == 0, ended.stdout
    assert ended.stdout.startswith("ok       disk ")

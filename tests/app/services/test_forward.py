"""`scanward forward` as an operator meets it, with a real InfluxDB."""

import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services.forward import forward
from app.services.processes import processes
from core.schema.load import load_site
from storage.influx.reader import InfluxReader
from storage.series import SeriesReader
from storage.series.store import open_store
from tests.app.cli.test_main import ROOT
from tests.storage.influx.cast import Way, numbered
from tests.support.influxdb import Server
from tests.support.warm_command import scanward

DEMO = ROOT / "config" / "demo.yaml"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("influxdb"))
    server.start()
    server.ask("create database scanward")
    yield server
    server.stop(kill=True)


def site_file(folder: Path, url: str, more: str = "") -> Path:
    path = folder / "site.yaml"
    path.write_text(
        "id: herat\nname: Herat\nzone: Asia/Kabul\n"
        f"storage: {{folder: {folder}, influxdb: {{url: '{url}', bucket: scanward}}{more}}}\n"
        "devices: [{id: dxa-1, name: DXA, profile: hologic-dxa}]\n"
    )
    return path


def store(folder: Path, first: int, last: int) -> None:
    Way(None, "", folder).store(numbered(first, last))  # type: ignore[arg-type]  # no server


def test_once_sends_all_and_status_says_so(server: Server, tmp_path: Path) -> None:
    site = str(site_file(tmp_path, server.url))
    before = scanward("forward", "--status", "--site", site)
    assert "sent       0 lines, last never" in before.stdout
    store(tmp_path, 0, 7_000)
    ended = scanward("forward", "--once", "--site", site)
    assert (ended.returncode, ended.stderr) == (0, "")
    said = scanward("forward", "--status", "--site", site).stdout
    assert "sent       7000 lines" in said
    assert "waiting    0 journal entries" in said
    assert "trouble    none" in said
    again = scanward("forward", "--again", "--site", site)
    assert again.stdout == "0 lines were taken, 0 were refused again\n"


@pytest.mark.servers
def test_once_with_nobody_there_is_one_line_and_the_status_remembers_it(tmp_path: Path) -> None:
    site = str(site_file(tmp_path, "http://127.0.0.1:9"))
    store(tmp_path, 0, 10)
    ended = scanward("forward", "--once", "--site", site)
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "http://127.0.0.1:9" in ended.stderr
    said = scanward("forward", "--status", "--site", site).stdout
    assert "trouble    http://127.0.0.1:9" in said


@pytest.mark.servers
def test_a_site_without_influxdb_has_nothing_to_forward_to() -> None:
    ended = scanward("forward", "--site", "config/demo.yaml")
    assert ended.returncode == 1
    expected = "config/demo.yaml: storage.influxdb: there is no InfluxDB to forward to\n"
    assert ended.stderr == expected


def test_run_forwards_only_where_there_is_an_influxdb(tmp_path: Path) -> None:
    path = site_file(tmp_path, "http://influx.example")
    forwarding = [command[0] for command in processes(load_site(path), path)]
    assert forwarding == ["collect", "alert", "maintain", "dashboard", "forward"]
    plain = [command[0] for command in processes(load_site(DEMO), DEMO)]
    assert plain == ["collect", "alert", "maintain", "dashboard"]


def test_it_goes_on_until_it_is_told_to_stop(server: Server, tmp_path: Path) -> None:
    site = site_file(tmp_path, server.url)
    words = [sys.executable, "-m", "app", "forward", "--site", str(site)]
    process = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    store(tmp_path, 0, 100)
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if "sent       100" in scanward("forward", "--status", "--site", str(site)).stdout:
            break
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=10)
    assert process.returncode == 0, said
    assert "Traceback" not in said


def test_trouble_is_logged_once_when_it_comes_and_once_when_it_goes(
    server: Server,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.services.forward.ROUND_S", 0.02)
    monkeypatch.setattr("storage.influx.forward.FIRST_PAUSE", 20)
    caplog.set_level(logging.INFO, "app.services.forward")
    store(tmp_path, 0, 10)
    stop = threading.Event()
    site = load_site(site_file(tmp_path, server.url))
    server.stop()
    thread = threading.Thread(target=forward, args=(site, stop))
    thread.start()
    time.sleep(0.5)
    server.start()
    until = time.monotonic() + 10
    while time.monotonic() < until and "goes on" not in caplog.text:
        time.sleep(0.05)
    stop.set()
    thread.join(10)
    said = [record.getMessage().split(":")[0] for record in caplog.records]
    assert said[1:] == ["forwarding waits", "forwarding goes on"]


def test_the_site_file_chooses_where_to_read(tmp_path: Path) -> None:
    url = "http://influx.example"
    assert isinstance(open_store(load_site(site_file(tmp_path, url))), SeriesReader)
    chosen = load_site(site_file(tmp_path, url, ", read_from: influxdb"))
    assert isinstance(open_store(chosen), InfluxReader)


@pytest.mark.servers
def test_reading_from_an_influxdb_that_is_not_set_is_refused(tmp_path: Path) -> None:
    path = site_file(tmp_path, "http://influx.example", ", read_from: influxdb")
    text = path.read_text().replace(
        "influxdb: {url: 'http://influx.example', bucket: scanward}, ", ""
    )
    path.write_text(text)
    ended = scanward("config", "check", str(path))
    assert ended.returncode == 1
    assert "`read_from: influxdb` needs `influxdb`" in ended.stderr

"""docker-compose.yml played without an engine: its commands, users, paths and secrets for real."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.conftest import started
from tests.deploy.root import CODE, UNSHARE, can_unshare
from tests.support.influxdb import INFLUXD, NGINX
from tests.support.mosquitto import MOSQUITTO

DEVICES = """
  - {id: dxa-1, name: DXA, profile: hologic-dxa, sources: [{kind: mqtt, topic: dxa-1}]}
  - {id: pacs, name: PACS, profile: pacs, sources: [{kind: logfile, path: /logs/orthanc.log, format: orthanc}]}
"""
FLOOD = """
title: A rule that always sounds
metrics: {}
rules: [{id: runs, title: It runs, metric: up, above: 0, severity: warning, basis: engineering}]
extends: [hologic-dxa]
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its own, because it gets other devices."""
    return started(tmp_path_factory.mktemp("played"))


@pytest.fixture(scope="module")
def seen(project: Path) -> dict[str, Any]:
    """What was seen while it ran."""
    if not can_unshare():
        pytest.skip("needs server: root, and mounts of its own")
    for name, path in (("influxdb", INFLUXD), ("nginx", NGINX), ("mosquitto", MOSQUITTO)):
        if path is None:
            pytest.skip(f"needs server: {name} is not installed")
    site = project / "config" / "site.yaml"
    text = site.read_text().replace("- {kind: snmp, host: 192.0.2.20", "# - {kind: snmp")
    site.write_text(
        text.replace("    sources:\n", "    sources: []\n")
        + DEVICES.replace("hologic-dxa", "sounding")
    )
    (project / "config" / "profiles" / "sounding.yaml").write_text(FLOOD)
    (project / "logs" / "orthanc.log").write_text("")
    ended = subprocess.run(
        [*UNSHARE, sys.executable, "-m", "tests.deploy.engine", str(project)],
        cwd=CODE, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-4000:]
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return found


def test_a_plugs_reading_reaches_influxdb_by_tls_and_without(seen: dict[str, Any]) -> None:
    assert seen["arrived"], seen["logs"]


def test_a_sensor_cannot_speak_for_another(seen: dict[str, Any]) -> None:
    assert set(seen["power"]) <= {123.0, 321.0}


def test_pages_backup_and_marks_come_by_themselves(seen: dict[str, Any]) -> None:
    assert (seen["api"], seen["backup"], seen["marked"]) == (True, True, True), seen["logs"]


def test_the_first_page_draws_the_devices(seen: dict[str, Any]) -> None:
    ended, *drawn = seen["page"]
    assert ended == "FINISHED_SUCCESSFULLY"
    assert "DXA" in "".join(drawn)
    assert seen["setup"]
    assert "nobody can sign in yet" in seen["logs"]["dashboard"]
    assert "exception" not in "".join(drawn).lower()


def test_every_health_check_is_content(seen: dict[str, Any]) -> None:
    assert seen["unhealthy"] == [], seen["logs"]


def test_grafanas_files_are_written_for_it(seen: dict[str, Any], project: Path) -> None:
    code, said = seen["files"]
    assert code == 0, said
    files = project / "volumes" / "provisioning"
    assert (files / "datasources" / "my-centre.yaml").read_text().count(
        "$__file{/run/secrets/influx_token}"
    ) == 1
    assert len(list(files.rglob("*.json"))) == 6
    code, read = seen["grafana"]
    assert code == 0, read  # by Grafana's own user
    assert read.endswith((project / "deploy" / "secrets" / "influx_token").read_text())


def test_the_doctor_finds_the_installation_well(seen: dict[str, Any]) -> None:
    code, said = seen["doctor"]
    assert code == 0, said
    wrong = {
        line.split(":")[0].split(maxsplit=1)[1]
        for line in said.splitlines()
        if line.startswith("warning")
    }
    # The test's machine may have no time service; the template's channel is the log alone.
    assert wrong <= {"clock", "routes"}, said


def test_nothing_but_the_data_can_be_written_and_no_other_secret_read(seen: dict[str, Any]) -> None:
    assert seen["written"] == ["/var/lib/scanward/x"]
    assert "No such file" in seen["foreign_secret"]


def test_everything_stops_when_it_is_told_to(seen: dict[str, Any]) -> None:
    assert set(seen["ended"].values()) == {0}, (seen["ended"], seen["logs"])
    for name, log in seen["logs"].items():
        assert "Traceback" not in log, (name, log)

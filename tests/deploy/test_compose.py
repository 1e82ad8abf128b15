"""docker-compose.yml and Dockerfile: read by others' tools, and held against the code they name."""

import re
import shutil
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from app.cli.main import cli
from app.doctor.machine import secret_files
from core.schema.load import load_site
from core.schema.site import Site
from tests.deploy.conftest import ROOT, first_start
from tests.deploy.engine import default
from tests.support.influxdb import NGINX
from tests.support.mosquitto import write_certificates

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if one["image"].startswith("scanward:")}
ENDS_BY_ITSELF = {"grafana-files", "doctor"}
NO_HEALTH_CHECK = {
    "grafana-files",
    "grafana-marks",
    "backup",
    "doctor",
    "mail",
}  # `scanward doctor` looks at those


@pytest.fixture(scope="module")
def site(project: Path) -> Site:
    return load_site(project / "deploy" / "site.yaml")


def test_docker_compose_itself_reads_the_file(project: Path) -> None:
    tool = shutil.which("docker-compose", path="/usr/bin:/usr/local/bin")
    if tool is None:
        pytest.skip("needs server: docker-compose is not installed")
    ended = subprocess.run(
        [tool, "config"], cwd=project, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, ""), "well formed, and no variable is missing"
    assert set(yaml.safe_load(ended.stdout)["services"]) == set(SERVICES)
    assert SERVICES["postgres"]["profiles"] == ["postgres"]


@pytest.mark.servers
def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    tool = Path(sys.prefix) / "bin" / "hadolint"
    ended = subprocess.run([tool, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "")


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_walls_and_limits(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"[a-z/-]+:\d+\.\d+(\.\d+|-alpine)", service["image"]), "pinned exactly"
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].split(":")[0]) > 0
    assert {"mem_limit", "cpus", "pids_limit", "tmpfs", "logging"} <= set(service)
    assert service["restart"] == ("no" if name in ENDS_BY_ITSELF else "unless-stopped")
    assert ("healthcheck" in service) == (name not in NO_HEALTH_CHECK)


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_one_that_scanward_knows(name: str) -> None:
    group: Any = typer.main.get_command(cli)
    words = list(OURS[name]["command"])
    # A group may be a command, too: `alert`.
    while hasattr(group, "commands") and words[0] in group.commands:
        group = group.commands[words.pop(0)]
    group.make_context(name, words)  # raises on an option that is not there


def test_paths_of_site_file_and_services_are_the_same(site: Site) -> None:
    seen_in: dict[str, set[str]] = {
        name: {volume.split(":")[-1 if volume.count(":") < 2 else -2] for volume in map(default, one["volumes"])}
        for name, one in OURS.items()
    }  # fmt: skip
    data, backups = str(site.file.storage.folder), str(site.file.backup and site.file.backup.folder)
    for name in ("collect", "alert", "maintain", "dashboard", "forward", "backup"):
        assert {data, backups, "/etc/scanward", "/logs"} <= seen_in[name]
    assert {path.name for path in secret_files(site)} <= set(OURS["doctor"]["secrets"])
    tls = site.file.broker and site.file.broker.tls
    assert tls
    assert str(tls.ca) == "/run/secrets/broker_ca"


# Who uses a secret, by the code that reads it; PostgreSQL's URL is for all that open the records.
USERS = {
    "mqtt_password": {"collect", "doctor"},
    "broker_ca": {"collect", "doctor", "mosquitto"},
    "influx_token": {"forward", "doctor", "influxdb", "grafana"},
    "grafana_password": {"grafana", "grafana-marks", "doctor"},
    "records_url": set(OURS) - {"forward", "grafana-files"},
}


def test_a_secret_is_where_it_is_used_and_nowhere_else() -> None:
    for secret in COMPOSE["secrets"]:
        users = {name for name, service in SERVICES.items() if secret in service.get("secrets", [])}
        if secret in USERS:
            assert users == USERS[secret], secret
        else:
            assert len(users) == 1, (secret, "of a server of others alone")


def test_who_does_not_speak_to_each_other_cannot() -> None:
    networks = {name: set(service["networks"]) for name, service in SERVICES.items()}
    assert set().union(*networks.values()) == set(COMPOSE["networks"])

    def reach(server: str) -> set[str]:
        return {name for name in networks if networks[name] & networks[server]} - {server}

    assert reach("mosquitto") == {"collect", "doctor"}
    assert reach("influxdb") == {"forward", "grafana", "doctor"}
    assert reach("grafana") == {"influxdb", "forward", "grafana-marks", "doctor"}
    assert not reach("dashboard") & {"mosquitto", "influxdb", "grafana"}
    inside = {name for name, settings in COMPOSE["networks"].items() if settings.get("internal")}
    assert inside == {"series", "records"}
    for (
        name,
        service,
    ) in SERVICES.items():  # a port of a network without an outside is published to nobody
        assert not service.get("ports") or networks[name] - inside, name


def test_hosts_ports_and_names_of_the_site_file_are_services(site: Site) -> None:
    influx, grafana, broker = site.file.storage.influxdb, site.file.grafana, site.file.broker
    assert influx
    assert grafana
    assert broker
    assert broker.host in SERVICES
    assert f"listener {broker.port}\n" in (ROOT / "deploy/mosquitto/mosquitto.conf").read_text()
    assert influx.url == "http://influxdb:8086"
    assert grafana.url == "http://grafana:3000"
    made = SERVICES["influxdb"]["environment"]
    assert default(made["DOCKER_INFLUXDB_INIT_ORG"]) == influx.org
    assert default(made["DOCKER_INFLUXDB_INIT_BUCKET"]) == influx.bucket
    [port] = SERVICES["dashboard"]["ports"]
    assert default(port) == f"127.0.0.1:{site.file.http.port}:{site.file.http.port}"
    for name in ("health", "HOME=/tmp"):
        assert name in (ROOT / "Dockerfile").read_text() + str(SERVICES["dashboard"]["healthcheck"])


def test_only_the_broker_with_tls_is_open_to_the_network() -> None:
    published = {name: map(default, one.get("ports", [])) for name, one in SERVICES.items()}
    open_ = [(name, port) for name, ports in published.items() for port in ports]
    assert [one for one in open_ if not one[1].startswith("127.0.0.1:")] == [
        ("mosquitto", "8883:8883")
    ]


def test_every_variable_has_its_line_in_the_example_and_the_same_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text() + (ROOT / "deploy/first-start.sh").read_text()
    used = dict(re.findall(r"(?:\$\{|setting )([A-Z_]+)(?::-| )([^})]*)[})]", text))
    lines = (ROOT / ".env.example").read_text().splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert {name: value for name, value in example.items() if name != "COMPOSE_PROFILES"} == used


def test_every_secret_and_volume_is_declared_and_made(project: Path) -> None:
    named = {secret for one in SERVICES.values() for secret in one.get("secrets", [])}
    assert named == set(COMPOSE["secrets"])
    for secret in COMPOSE["secrets"].values():
        assert (project / secret["file"]).stat().st_mode & 0o777 == 0o444
    assert (project / "deploy" / "secrets").stat().st_mode & 0o777 == 0o700
    volumes = {
        default(volume).split(":")[0] for one in SERVICES.values() for volume in one["volumes"]
    }
    assert {name for name in volumes if "/" not in name} == set(COMPOSE["volumes"])


def test_the_image_is_of_this_version_and_holds_no_secret() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert {one["image"] for one in OURS.values()} == {f"scanward:{version}"}
    assert [name for name, one in SERVICES.items() if "build" in one] == ["collect"]
    left_out = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".env", "deploy/secrets", "config/site.yaml", ".git"} <= set(left_out)
    packages = [path.parent.name for path in ROOT.glob("*/__init__.py")]
    assert not (set(packages) - {"tests", "benchmarks"}) & set(left_out)


@pytest.mark.servers
def test_nginx_reads_its_file_which_asks_for_no_password(tmp_path: Path) -> None:
    if NGINX is None:
        pytest.skip("needs server: nginx is not installed")
    write_certificates(tmp_path)
    text = (ROOT / "deploy" / "nginx" / "scanward.conf").read_text()
    assert "auth_basic" not in text
    for name, here in (("page.pem", "server.pem"), ("page.key", "server.key")):
        text = text.replace(f"/etc/scanward/{name}", str(tmp_path / here))
    text = text.replace("/var/log/nginx", str(tmp_path))
    main = f"pid {tmp_path}/pid; events {{}} http {{ access_log off; {text} }}"
    (tmp_path / "nginx.conf").write_text(main)
    command = [NGINX, "-t", "-q", "-e", str(tmp_path / "log"), "-c", str(tmp_path / "nginx.conf")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_second_first_start_changes_nothing(project: Path) -> None:
    def state() -> dict[Path, tuple[bytes, int]]:
        files = [path for path in project.rglob("*") if path.is_file()]
        return {path: (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) for path in files}

    before = state()
    said = first_start(project)
    assert state() == before
    assert not [line for line in said if "made" in line]


@pytest.mark.servers
def test_the_brokers_certificate_has_the_names_of_the_settings(tmp_path: Path) -> None:
    for name in ("deploy", "config"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("secrets"))
    example = (ROOT / ".env.example").read_text()
    (tmp_path / ".env").write_text(example.replace("=localhost", "=broker.example, 192.0.2.9"))
    first_start(tmp_path)
    secrets = tmp_path / "deploy" / "secrets"
    command = [
        "openssl",
        "x509",
        "-in",
        str(secrets / "broker_certificate"),
        "-noout",
        "-ext",
        "subjectAltName",
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "DNS:mosquitto, DNS:broker.example, IP Address:192.0.2.9" in said
    # One that was lost is made anew, with its authority.
    (secrets / "broker_certificate").unlink()
    first_start(tmp_path)
    verify = [
        "openssl",
        "verify",
        "-CAfile",
        str(secrets / "broker_ca"),
        str(secrets / "broker_certificate"),
    ]
    assert subprocess.run(verify, capture_output=True, check=False).returncode == 0

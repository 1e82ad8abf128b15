"""Secrets of every kind, all refused by peers that repeat them: they stand in nothing that Scanward says or keeps."""

import base64
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from dashboard.queries import stores
from tests.dashboard.centre import Centre, build, opened
from tests.dashboard.conftest import serving
from tests.dashboard.http.test_middleware import HERE, ask
from tests.dashboard.people import session_cookie
from tests.support.echoing_peers import echoing_peers
from tests.support.ports import free_port

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[2]
NAMES = (
    *("mqtt", "community", "auth", "privacy", "smtp", "imap", "influx", "grafana", "grafana_read", "oidc"),
    *("webhook", "telegram", "pin", "heartbeat", "records"),
)  # fmt: skip
PLANTED = {name: f"Planted-{name}-7f3a9c" for name in NAMES}
# What strangers and programs send, and is none.
SENT = {name: f"Sent-{name}-5b1d8e" for name in ("token", "link", "cookie", "calendar", "password")}

SITE = """
broker: {host: 127.0.0.1, port: CLOSED, user: scw, password: "env:PLANTED_mqtt"}
storage:
  folder: FOLDER
  influxdb: {url: "http://127.0.0.1:HTTP", bucket: b, org: o, token: "env:PLANTED_influx", timeout: 2s}
grafana: {url: "http://127.0.0.1:HTTP", token: "env:PLANTED_grafana", influxdb_token: "env:PLANTED_grafana_read"}
http: {public_url: "http://127.0.0.1:CLOSED"}
access:
  oidc: {issuer: "http://127.0.0.1:HTTP", client_id: x, client_secret: "env:PLANTED_oidc", roles: {a: engineer}}
mail:
  from: scw@example.org
  smtp: {host: 127.0.0.1, port: SMTP, security: none, user: scw, password: "env:PLANTED_smtp", timeout: 5s}
  imap: {host: 127.0.0.1, port: IMAP, security: none, user: scw, password: "env:PLANTED_imap", timeout: 5s}
channels:
  - {id: hook, kind: apprise, url: "env:PLANTED_webhook"}
  - {id: chat, kind: telegram, token: "env:PLANTED_telegram", chat: "1", server: "http://127.0.0.1:HTTP"}
  - {id: text, kind: gsm, modem: FOLDER/none, number: "+93700123456", pin: "env:PLANTED_pin"}
routes: [{severities: [critical, error, warning, info], channels: [hook, chat, text]}]
heartbeat: {url: "env:PLANTED_heartbeat", timeout: 2s}
"""
DEVICES = """
  - {id: v3, name: V3, profile: battery, sources: [{kind: snmp, host: 127.0.0.1, port: CLOSED, version: "3", timeout: 200ms,
      user: {name: scw, auth_password: "env:PLANTED_auth", privacy_password: "env:PLANTED_privacy"}}]}
  - {id: v2, name: V2, profile: battery, sources: [{kind: snmp, host: 127.0.0.1, port: CLOSED, timeout: 200ms,
      community: "env:PLANTED_community"}]}
"""
COMMANDS = (
    "config check", "doctor", "collect --once", "alert --once", "forward --once", "mail --once",
    "maintain --once", "channel test hook", "channel test chat", "channel test text", "grafana sync",
    "grafana annotate", "bundle v3 -o FOLDER/bundle.zip",
)  # fmt: skip
ON_A_SERVER = (
    "doctor",
    "alert --once",
    "collect --once",
    "maintain --once",
)  # records in PostgreSQL, which is away


@pytest.fixture
def ports() -> Iterator[dict[str, int]]:
    with echoing_peers() as ports:
        yield {**ports, "closed": free_port()}


@pytest.fixture
def environment(ports: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Where the secrets are, for every command."""
    http = f"127.0.0.1:{ports['http']}"
    values = dict(PLANTED)
    values["webhook"] = f"json://{http}/{PLANTED['webhook']}?+X-Key={PLANTED['webhook']}"
    values["heartbeat"] = f"http://{http}/ping/{PLANTED['heartbeat']}"
    values["telegram"] = f"123456:{PLANTED['telegram']}"
    values["records"] = f"postgresql://scw:{PLANTED['records']}@127.0.0.1:{ports['closed']}/scw"
    for name, value in values.items():
        monkeypatch.setenv(f"PLANTED_{name}", value)
    return dict(os.environ) | {"PYTHONPATH": str(ROOT), "COLUMNS": "400"}


@pytest.fixture
def site_path(tmp_path: Path, ports: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> Path:
    path = build(tmp_path)
    text = path.read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith(("storage:", "broker:")):
            text = text.replace(line + "\n", "")
    text = text.replace("devices:", SITE + "devices:") + DEVICES.lstrip("\n")
    for name, port in ports.items():
        text = text.replace(f":{name.upper()}", f":{port}").replace(f" {name.upper()}", f" {port}")
    path.write_text(text.replace("FOLDER", str(tmp_path / "var")), encoding="utf-8")
    monkeypatch.setenv(stores.SITE_VARIABLE, str(path))
    return path


def test_no_secret_stands_in_any_output_or_file(
    site_path: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    centre = opened(site_path)
    centre.all_well(time.time_ns() // 1_000_000)
    centre.alert("ct-2", "tube_hot", time.time_ns() // 1_000_000 - 60_000)
    texts = {"pages": _server_output(centre, tmp_path)}
    centre.series.close()
    centre.records.close()
    texts |= _written(site_path, COMMANDS, environment, tmp_path)
    on_a_server = tmp_path / "server.yaml"
    away = site_path.read_text().replace(
        "storage:\n", 'storage:\n  records: "env:PLANTED_records"\n'
    )
    on_a_server.write_text(away)
    texts |= _written(on_a_server, ON_A_SERVER, environment, tmp_path)
    plain = tmp_path / "plain.yaml"
    plain.write_text(away.replace("env:PLANTED_oidc", PLANTED["oidc"]))
    texts |= _written(plain, ("config check",), environment, tmp_path)
    for file in (tmp_path / "var").rglob("*"):
        if file.is_file():
            texts[str(file)] = file.read_bytes()
    with zipfile.ZipFile(tmp_path / "var" / "bundle.zip") as bundle:
        texts |= {f"bundle: {name}": bundle.read(name) for name in bundle.namelist()}
    shown = [
        f"{name} in {place}: {text[max(text.find(form) - 200, 0) : text.find(form) + 200]!r}"
        for place, text in texts.items()
        for name, form in _forms()
        if form in text
    ]
    assert shown == []
    # They were used, or nothing would be proved.
    everything = b"".join(texts.values())
    for word in (b"mail", b"hook", b"InfluxDB"):
        assert word in everything, word


def _forms() -> Iterator[tuple[str, bytes]]:
    """Each secret as it is, and as it goes over a line."""
    for name, secret in (PLANTED | SENT).items():
        yield name, secret.encode()
        yield name, quote(secret, safe="").encode()
        for user in ("", "scw:", "\0scw\0"):
            yield name, base64.b64encode(f"{user}{secret}".encode()).rstrip(b"=")[:-1]


# One process for all of them: each would load the same for seconds. What ends one is printed, as a person sees it.
_ALL = """
import json, sys, traceback
from app.cli.main import cli
for words in json.loads(sys.argv[1]):
    try:
        cli(["--verbose", *words], standalone_mode=False)
    except BaseException:
        traceback.print_exc()
"""


def _written(
    site: Path, commands: tuple[str, ...], environment: dict[str, str], folder: Path
) -> dict[str, bytes]:
    """What the commands write; those that fail are what this is about."""
    every = [
        [*command.replace("FOLDER", str(folder / "var")).split(), *_site(command, site)]
        for command in commands
    ]
    done = subprocess.run(
        [sys.executable, "-c", _ALL, json.dumps(every)],
        cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=200,
    )  # fmt: skip
    return {site.name: done.stdout + done.stderr}


def _site(command: str, site: Path) -> list[str]:
    return [str(site)] if command == "config check" else ["--site", str(site)]


def _server_output(centre: Centre, folder: Path) -> bytes:
    """What the server answers to who knows nothing and to Sara, and its log."""
    with serving(centre, folder) as served:
        served.cookie = session_cookie(centre)
        form = f"name=sara&password={SENT['password']}".encode()
        kind = "Content-Type: application/x-www-form-urlencoded"
        answers = [
            ask(served, "/api/v1/devices", HERE, f"Authorization: Bearer scw_{SENT['token']}"),
            ask(served, "/api/v1/devices?wrong=1", HERE),
            ask(served, f"/calendar.ics?token={SENT['calendar']}", HERE),
            ask(served, f"/vendor/{SENT['link']}", HERE),
            ask(served, "/account", HERE, f"Cookie: scanward-session={SENT['cookie']}"),
            ask(served, "/login", HERE, kind, method="POST", body=form),
            *(ask(served, path, HERE) for path in ("/metrics", "/healthz", "/login/oidc", "/account", "/nope")),
        ]  # fmt: skip
        answered = b"".join(repr(answer).encode() for answer in answers)
        return answered + served.log.read_bytes()

"""Not a test: plays docker-compose.yml where there is no engine. Run by test_compose_run.py, as root, with
mounts and a network of its own, so that every port, host name and path is the one of the file.

Scanward's services run here with the file's own commands, users, variables, volumes and secrets, on a
read-only file system, without capabilities and without memory that is both writable and executable (which
docker does not ask for, but the units of systemd do). Mosquitto is a real one with the file's own settings.
For `influxdb` stands the engine of 1.6 behind nginx, which asks for the token of the secret; for `grafana`
the stand-in of the tests. What only the images of others do is not played.
"""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import paho.mqtt.client as paho
import yaml
from paho.mqtt.enums import CallbackAPIVersion
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Subprotocol
from websockets.sync.client import connect

from tests.dashboard.grafana.fake import FakeGrafana, running
from tests.deploy.root import CODE, ROOT_NAME, make_root
from tests.support.influxdb import NGINX, Server
from tests.support.mosquitto import MOSQUITTO

PATIENCE_S = 40
OURS = (
    "collect",
    "alert",
    "maintain",
    "dashboard",
    "forward",
    "backup",
    "grafana-files",
    "grafana-marks",
)
NO_WX = "import ctypes,os,sys; ctypes.CDLL(None).prctl(65, 1, 0, 0, 0); os.execvp(sys.argv[1], sys.argv[1:])"

_NGINX = """
daemon off; master_process off; pid {folder}/door.pid; error_log {folder}/door.log; events {{}}
http {{
  access_log off; client_max_body_size 32m;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:8086;
    default_type application/json;
    if ($http_authorization != "Token {token}") {{ return 401 '{{"code":"unauthorized","message":"unauthorized access"}}'; }}
    location / {{ proxy_pass http://127.0.0.1:{port}; }}
  }}
}}
"""


class Play:
    """A folder with the project's files, after `deploy/first-start.sh`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / ROOT_NAME
        file: dict[str, Any] = yaml.safe_load((folder / "docker-compose.yml").read_text())
        self.services: dict[str, dict[str, Any]] = file["services"]
        self.secrets = {name: folder / one["file"] for name, one in file["secrets"].items()}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def walls(self, name: str, command: list[str]) -> list[str]:
        """A command as a service would run it."""
        service = self.services[name]
        uid, gid = service["user"].split(":")
        lines = ["set -e"]
        for volume in service.get("volumes", []):
            lines += self._bind(*self._volume(volume, int(uid)))
        for secret in service.get("secrets", []):
            lines += self._bind(self.secrets[secret].resolve(), f"/run/secrets/{secret}", True)
        lines += [f"mount -t tmpfs -o mode=1777 tmpfs {self.root}{at}" for at in service["tmpfs"]]
        assert service["read_only"]
        lines.append(f"mount -o remount,bind,ro {self.root}")
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        lines.append(
            f"exec chroot {self.root} setpriv --reuid={uid} --regid={gid} --clear-groups --no-new-privs"
            ' --bounding-set=-all --inh-caps=-all -- env -i -C "$WORKDIR" "$@"'
        )
        given = image_env() if name in OURS else ["PATH=/usr/bin:/bin:/usr/sbin"]
        script = "\n".join(lines)
        return [
            *("unshare", "--mount", "--propagation", "private", "env", "WORKDIR=/opt/scanward"),
            *("sh", "-c", script, "walls", *given, *command),
        ]

    def start(self, name: str, command: list[str]) -> None:
        """Run it in the background; what it says is kept."""
        log = (self.folder / f"{name}.log").open("wb")
        self.running[name] = subprocess.Popen(
            self.walls(name, command), stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )

    def finish(self, name: str, command: list[str]) -> tuple[int, str]:
        """Run it to its end: exit code, and what it said."""
        ended = subprocess.run(
            self.walls(name, command), capture_output=True, text=True, timeout=60, check=False
        )
        return ended.returncode, ended.stdout + ended.stderr

    def scanward(self, name: str) -> list[str]:
        """The image's entry point, and the service's command."""
        words = [str(word) for word in self.services[name]["command"]]
        return ["/opt/venv/bin/python", "-c", NO_WX, "/opt/venv/bin/python", "-m", "app", *words]

    def healthy(self, name: str) -> bool:
        """The service's own health check."""
        how, *words = self.services[name]["healthcheck"]["test"]
        command = ["sh", "-c", *words] if how == "CMD-SHELL" else words
        return self.finish(name, command)[0] == 0

    def stop(self) -> dict[str, int]:
        """As `docker compose stop` does: the exit code of each, or its absence after ten seconds."""
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        codes = {}
        for name, process in self.running.items():
            try:
                codes[name] = process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                codes[name] = -int(signal.SIGKILL)
        return codes

    def _volume(self, text: str, uid: int) -> tuple[Path, str, bool]:
        source, target, *mode = default(text).split(":")
        path = self.folder / source if "/" in source else self.folder / "volumes" / source
        if not path.exists():
            path.mkdir(parents=True)
            if "/" not in source:  # as docker does from the folder in the image
                os.chown(path, uid, uid)
                path.chmod(image_modes().get(target, 0o755))
        return path, target, mode == ["ro"]

    def _bind(self, source: Path, target: str, read_only: bool) -> list[str]:
        place = Path(f"{self.root}{target}")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.mkdir(exist_ok=True) if source.is_dir() else place.touch()
        lines = [f"mount --bind {source} {place}"]
        return [*lines, f"mount -o remount,bind,ro {place}"] if read_only else lines


def default(text: str) -> str:
    """`${NAME:-default}` as .env.example leaves it."""
    while "${" in text:
        before, _, rest = text.partition("${")
        name, _, after = rest.partition("}")
        text = before + name.partition(":-")[2] + after
    return text


def image_env() -> list[str]:
    """What the Dockerfile's last stage sets."""
    last = (CODE / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    [line] = re.findall(r"^ENV (.*)$", last, re.MULTILINE)
    return [word.replace("$PATH", "/usr/bin:/bin") for word in line.split()]


def image_modes() -> dict[str, int]:
    """The folders that the Dockerfile makes."""
    text = (CODE / "Dockerfile").read_text()
    found = re.findall(r"install --directory .*--mode=(\d+) ([/\w ]+)", text)
    return {path: int(mode, 8) for mode, paths in found for path in paths.split()}


def until(holds: Callable[[], bool]) -> bool:
    """Does it come true in time?"""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        with contextlib.suppress(OSError, LookupError):
            if holds():
                return True
        time.sleep(0.25)
    return False


def publish(folder: Path, port: int, *, tls: bool, sensor: str = "dxa-1") -> None:
    """What a Tasmota plug sends as dxa-1, by the user and password of a sensor."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"plug-{port}")
    client.username_pw_set(sensor, (folder / f"deploy/secrets/sensor_{sensor}").read_text())
    if tls:
        client.tls_set(str(folder / "deploy/secrets/broker_ca"))
    client.connect("localhost", port)
    client.loop_start()
    power = 999 if sensor != "dxa-1" else 321 if tls else 123
    said = json.dumps({"ENERGY": {"Power": power, "Voltage": 220, "Current": 1.5}})
    client.publish("tele/dxa-1/SENSOR", said, qos=1).wait_for_publish(5)
    client.disconnect()
    client.loop_stop()


def open_door(folder: Path, token: str, server: Server) -> subprocess.Popen[bytes]:
    """nginx where `influxdb:8086` is, for who shows the token."""
    assert NGINX
    conf = folder / "door.conf"
    conf.write_text(_NGINX.format(folder=folder, token=token, port=server.port))
    return subprocess.Popen([NGINX, "-e", str(folder / "door.log"), "-c", str(conf)])


def main(folder: Path) -> dict[str, Any]:
    """Everything up, looked at, and down again; what was seen."""
    play = Play(folder)
    make_root(folder, play.services)
    seen: dict[str, Any] = {}
    (folder / "influx").mkdir()
    server = Server(folder / "influx")
    server.start()
    server.ask(
        f"create database {default(play.services['influxdb']['environment']['DOCKER_INFLUXDB_INIT_BUCKET'])}"
    )
    door = open_door(folder, play.secrets["influx_token"].read_text(), server)
    grafana = FakeGrafana()
    password = play.secrets["grafana_password"].read_text()
    assert MOSQUITTO
    with running(grafana, 3000, password):
        play.start("mosquitto", [MOSQUITTO, "-c", "/mosquitto/config/mosquitto.conf"])
        seen["files"] = play.finish("grafana-files", play.scanward("grafana-files"))
        for name in OURS:
            if name != "grafana-files":
                play.start(name, play.scanward(name))

        def power() -> list[float]:
            asked: Any = server.ask(
                "select value from readings where device='dxa-1' and metric='mains_power_w'",
                "scanward",
            )
            found = asked["results"][0].get("series", [{"values": []}])
            return [row[1] for row in found[0]["values"]]

        def arrived() -> bool:
            publish(folder, 8883, tls=True)
            publish(folder, 1883, tls=False)
            return {123.0, 321.0} <= set(power())

        seen["arrived"] = until(arrived)
        publish(folder, 8883, tls=True, sensor="room-ct")  # of another: the broker drops it
        publish(folder, 8883, tls=True)
        seen["power"] = power()
        log = folder / "dashboard.log"
        seen["setup"] = until(lambda: "/setup/" in log.read_text(errors="replace"))
        assert until(lambda: is_listening(8501))
        cookie = sign_up(log.read_text(errors="replace"))
        seen["api"] = until(
            lambda: ask("http://127.0.0.1:8501/healthz", cookie)["judged_age_s"] is not None
        )
        seen["page"] = page(cookie)
        seen["backup"] = until(lambda: any((folder / "backups").glob("scanward-my-centre-*")))
        at_once = [word for word in play.scanward("grafana-marks") if word not in ("--every", "1m")]
        seen["marked"] = until(
            lambda: play.finish("grafana-marks", at_once)[0] == 0 and bool(grafana.annotations)
        )
        seen["unhealthy"] = [
            name
            for name in OURS
            if "healthcheck" in play.services[name] and not until(partial(play.healthy, name))
        ]
        for_grafana = [
            "/etc/grafana/provisioning/datasources/my-centre.yaml",
            "/run/secrets/influx_token",
        ]
        seen["grafana"] = play.finish("grafana", ["cat", *for_grafana])
        seen["doctor"] = play.finish("doctor", play.scanward("doctor"))
        seen["written"] = [
            path
            for path in (
                "/etc/x",
                "/opt/scanward/x",
                "/etc/scanward/x",
                "/logs/x",
                "/var/lib/scanward/x",
            )
            if play.finish("collect", ["touch", path])[0] == 0
        ]
        seen["foreign_secret"] = play.finish("collect", ["cat", "/run/secrets/influx_password"])[1]
        seen["ended"] = play.stop()
    door.terminate()
    server.stop(kill=True)
    seen["logs"] = {path.stem: path.read_text(errors="replace") for path in folder.glob("*.log")}
    return seen


def is_listening(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), 1):
        return True


def sign_up(log: str) -> str:
    """As the first person, by the link in the log; the cookie of the session."""
    secret = re.search(r"/setup/(\S+)", log)
    assert secret is not None
    url = f"http://127.0.0.1:8501/setup/{secret[1]}"
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    with browser.open(url, timeout=5) as answer:
        token = re.search(r'name="csrf" value="([^"]+)"', answer.read().decode())
    assert token is not None
    password = "seven blue camels"
    fields = {"csrf": token[1], "name": "it", "full_name": "Somebody", "password": password}
    browser.open(url, urlencode({**fields, "again": password}).encode(), timeout=5).close()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def page(cookie: str) -> list[str]:
    """The first page as a browser asks for it: how its script ended, and the words it drew."""
    drawn = []
    with connect(
        "ws://127.0.0.1:8501/_stcore/stream",
        subprotocols=[Subprotocol("streamlit")],
        additional_headers={"Cookie": cookie},
    ) as line:
        asked = BackMsg()
        asked.rerun_script.query_string = ""
        line.send(asked.SerializeToString())
        while True:
            data = line.recv(timeout=PATIENCE_S)
            assert isinstance(data, bytes)
            said = ForwardMsg.FromString(data)
            drawn.append(str(said.delta))
            if said.WhichOneof("type") == "script_finished":
                return [ForwardMsg.ScriptFinishedStatus.Name(said.script_finished), *drawn]


def ask(url: str, cookie: str) -> dict[str, Any]:
    """The JSON at an address."""
    asked = urllib.request.Request(url, headers={"Cookie": cookie})
    with urllib.request.urlopen(asked, timeout=5) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))  # noqa: T201  for the test that ran it

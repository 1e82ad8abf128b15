"""A real InfluxDB on free loopback ports, with nginx before it.

Debian's InfluxDB is 1.6.7: the engine, line protocol and InfluxQL of later versions, but without
`/api/v2/write`, which came with 1.8. nginx maps that path.
"""

import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from core.schema.storage import Influx
from storage.influx.client import InfluxClient
from tests.support.ports import free_port

PLACES = "/usr/bin:/usr/sbin:/usr/local/bin:/usr/local/sbin:/opt/homebrew/bin"
INFLUXD = shutil.which("influxd", path=PLACES)
NGINX = shutil.which("nginx", path=PLACES)

USER, PASSWORD = "scanward", "only-for-tests"

_INFLUX = """
reporting-disabled = true
bind-address = "127.0.0.1:{rpc}"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
  query-log-enabled = false
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:{port}"
  log-enabled = false
  auth-enabled = {auth}
[continuous_queries]
  enabled = false
"""

# 1.x says u and n where 2.x says us and ns, and reads an unknown precision as nanoseconds.
_NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  client_max_body_size 32m;
  client_body_buffer_size 1m;
  map $arg_precision $influx_precision {{ default $arg_precision; us u; ns n; }}
  map $arg_bucket $influx_database {{
    "~^(?<database>[^%/]+)(?:%2F|/)(?<policy>.+)$" $database&rp=$policy;
    default $arg_bucket;
  }}
  server {{
    listen 127.0.0.1:{port}{tls};
    location = /api/v2/write {{
      proxy_pass http://127.0.0.1:{influx}/write?db=$influx_database&precision=$influx_precision;
    }}
    location / {{ proxy_pass http://127.0.0.1:{influx}; }}
  }}
}}
"""


class Server:
    """influxd and nginx, that can be stopped and started again with what they held."""

    def __init__(
        self, folder: Path, *, auth: bool = False, certificates: Path | None = None
    ) -> None:
        if INFLUXD is None:
            pytest.skip("needs server: influxdb is not installed")
        if NGINX is None:
            pytest.skip("needs server: nginx is not installed")
        self._folder = folder
        self._running: list[subprocess.Popen[bytes]] = []
        self._port, self.port, rpc = free_port(), free_port(), free_port()
        self.url = f"{'https' if certificates else 'http'}://127.0.0.1:{self.port}"
        said = {"folder": folder, "rpc": rpc, "port": self._port, "auth": str(auth).lower()}
        (folder / "influxdb.conf").write_text(_INFLUX.format(**said))
        tls = _tls(certificates) if certificates else ""
        said = {"folder": folder, "port": self.port, "influx": self._port, "tls": tls}
        (folder / "nginx.conf").write_text(_NGINX.format(**said))

    def start(self) -> None:
        """Start what is not running, and wait until it answers."""
        if self._running:
            return
        assert INFLUXD
        assert NGINX
        config = str(self._folder / "nginx.conf")
        early = str(self._folder / "nginx.log")  # before it has read where to log
        for command in (
            [INFLUXD, "-config", str(self._folder / "influxdb.conf")],
            [NGINX, "-e", early, "-p", str(self._folder), "-c", config],
        ):
            with (self._folder / "log").open("ab") as log:
                self._running.append(subprocess.Popen(command, stdout=log, stderr=log))
        self._wait()

    def stop(self, *, kill: bool = False) -> None:
        """Stop both; with `kill`, as mains failing does to a process."""
        for process in self._running:
            process.kill() if kill else process.terminate()
        for process in self._running:
            process.wait(20)
        self._running.clear()

    def ask(self, influxql: str, database: str = "") -> dict[str, object]:
        """The server's own answer, past nginx and past our client."""
        asked = urllib.parse.urlencode({"q": influxql, "db": database, "epoch": "ms"})
        url = f"http://127.0.0.1:{self._port}/query"
        with urllib.request.urlopen(url, asked.encode(), timeout=10) as answer:
            found: dict[str, object] = json.loads(answer.read())
        return found

    def settings(self, bucket: str, **more: object) -> Influx:
        """A site file's `influxdb`, for this server."""
        return Influx.model_validate({"url": self.url, "bucket": bucket, **more})

    def client(self, bucket: str, **more: object) -> InfluxClient:
        """A client of one bucket."""
        return InfluxClient(self.settings(bucket, **more))

    def _wait(self) -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            if any(process.poll() is not None for process in self._running):
                break
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self._port}/ping", timeout=1).close()
                with socket.create_connection(("127.0.0.1", self.port), 1):
                    return
            except OSError:
                time.sleep(0.03)
        logs = [self._folder / name for name in ("log", "nginx.log")]
        said = [log.read_text(errors="replace")[-800:] for log in logs if log.exists()]
        raise AssertionError("the server did not start: " + "\n".join(said))


def _tls(certificates: Path) -> str:
    certificate, key = certificates / "server.pem", certificates / "server.key"
    return f" ssl; ssl_certificate {certificate}; ssl_certificate_key {key}"

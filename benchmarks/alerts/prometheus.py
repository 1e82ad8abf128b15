"""The peer: Prometheus with as many rules over the same series, and Alertmanager behind it."""

import json
import os
import subprocess
import threading
import time
from contextlib import suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.alerts import load
from tests.support.ports import free_port

TICKS = os.sysconf("SC_CLK_TCK")


class _Exporter(BaseHTTPRequestHandler):
    """Shows every series."""

    def do_GET(self) -> None:
        now = time.time()
        lines = [
            f'{load.metric(kind)}{{device="{load.device(number)}"}} {load.value(number, kind, now)}'
            for number, kind in load.series()
        ]
        body = ("\n".join(lines) + "\n").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


class Prometheus:
    """Both servers, from now until `stop`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._port = free_port()
        manager = free_port()
        exporter = ThreadingHTTPServer(("127.0.0.1", 0), _Exporter)
        threading.Thread(target=exporter.serve_forever, daemon=True).start()
        (folder / "rules.json").write_text(
            json.dumps({"groups": [{"name": "all", "rules": _rules()}]})
        )
        (folder / "prometheus.yml").write_text(
            f"global: {{scrape_interval: {load.EVERY_S}s, evaluation_interval: {load.EVERY_S}s}}\n"
            "rule_files: [rules.json]\n"
            f"alerting: {{alertmanagers: [{{static_configs: [{{targets: ['127.0.0.1:{manager}']}}]}}]}}\n"
            "scrape_configs:\n"
            f"  - {{job_name: a, static_configs: [{{targets: ['127.0.0.1:{exporter.server_port}']}}]}}\n"
        )
        (folder / "alertmanager.yml").write_text(
            "route: {receiver: none}\nreceivers: [{name: none}]\n"
        )
        self._processes = [
            subprocess.Popen(command, cwd=folder, stderr=(folder / "log").open("w"))
            for command in (
                [
                    "prometheus-alertmanager",
                    "--config.file=alertmanager.yml",
                    "--storage.path=manager",
                    f"--web.listen-address=127.0.0.1:{manager}",
                    "--cluster.listen-address=",
                ],
                [
                    "prometheus",
                    "--config.file=prometheus.yml",
                    "--storage.tsdb.path=data",
                    f"--web.listen-address=127.0.0.1:{self._port}",
                ],
            )
        ]
        self._delays: list[float] = []
        self._seen: set[tuple[str, str, str]] = set()
        self._stopped = threading.Event()
        time.sleep(4 * load.EVERY_S)  # it has read its rules and scraped
        self._began, self._used_before = time.time(), self._used()
        threading.Thread(target=self._watch, daemon=True).start()

    def share(self) -> float:
        """The part of one core that both have used since they were ready."""
        return (self._used() - self._used_before) / (time.time() - self._began)

    def delay(self) -> float:
        """The 99th of a hundred seconds from when a value was shown until its alert was active."""
        delays = sorted(self._delays)
        return delays[len(delays) * 99 // 100] if delays else float("nan")

    def stop(self) -> None:
        """End both."""
        self._stopped.set()
        for process in self._processes:
            process.terminate()
            process.wait()

    def _used(self) -> float:
        used = 0
        for process in self._processes:
            fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
            used += int(fields[11]) + int(fields[12])
        return used / TICKS

    def _watch(self) -> None:
        while not self._stopped.wait(load.EVERY_S):
            url = f"http://127.0.0.1:{self._port}/api/v1/alerts"
            with suppress(URLError, OSError), urlopen(url) as answer:
                self._note(json.load(answer)["data"]["alerts"])

    def _note(self, alerts: list[dict[str, object]]) -> None:
        for alert in alerts:
            labels, since = alert["labels"], str(alert["activeAt"])
            assert isinstance(labels, dict)
            key = labels["device"], labels["alertname"], since
            if key not in self._seen:
                self._seen.add(key)
                active = datetime.fromisoformat(since[:19] + "+00:00").timestamp()
                if active < self._began:
                    continue
                number, kind = int(key[0].split("-")[1]), int(key[1].split("_")[1])
                phase = (number * load.METRICS + kind) * 37 % load.WRONG_EVERY_S
                self._delays.append((active - phase) % load.WRONG_EVERY_S)


def _rules() -> list[dict[str, object]]:
    return [
        {
            "alert": f"high_{kind}",
            "expr": f'{load.metric(kind)}{{device="{load.device(number)}"}} > {load.LIMIT}',
            "for": f"{load.HOLD_S}s",
        }
        for number, kind in load.series()
    ]

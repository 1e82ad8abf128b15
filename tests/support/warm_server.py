"""Servers that begin at once: forked from a process that has read the dashboard's code already.

To read it takes two to three seconds of a core, which a hundred tests would each pay. What such a server does from then
on is what `tests/support/dashboard_server.py` does.
"""

import multiprocessing
import os
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.support.dashboard_code", "app.cli.main"])


def start(site: Path, port: int, log: Path) -> ForkServerProcess:
    """The server of a site in a process of its own, with this one's environment; what it prints goes to `log`."""
    process = CONTEXT.Process(target=_serve, args=(site, port, log, dict(os.environ)), daemon=True)
    process.start()
    return process


def _serve(site: Path, port: int, log: Path, environment: Mapping[str, str]) -> None:
    from core.schema.load import load_site
    from dashboard.http.server import serve

    os.environ.clear()
    os.environ.update(environment)
    with log.open("wb") as output:
        os.dup2(output.fileno(), sys.stdout.fileno())
        os.dup2(output.fileno(), sys.stderr.fileno())
    serve(load_site(site), site, port, "127.0.0.1")

"""Which tests need a server, a browser or a process: `pytest -m "not servers"` runs the others.

A test that uses a fixture of SERVER_FIXTURES is marked without being asked, and so is one that has
Streamlit's own server draw a page; a module that starts processes by itself says `pytestmark =
pytest.mark.servers`, and so does what takes as long as they do: a year of a device, a walk of all the
code. One that starts a process and forgets it fails in that run.
"""

import re
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.support.short_run import is_short_run

SERVER_FIXTURES = frozenset(
    {
        "broker",  # Mosquitto
        "browser",  # Chromium
        "influx_server",
        "mail_servers",  # Dovecot and Postfix
        "orthanc",
        "postgresql",
        "project",  # deploy/first-start.sh has run in it
        "served",  # the dashboard in a process of its own
        "server",  # InfluxDB
        "snmpd",
        "storescp",  # dcmtk's
        "year",  # a year of the whole centre, worked by its people
    }
)
PAGES = ("tests/dashboard/app_pages/", "tests/doors/", "tests/test_doors.py")
LONG = (  # months of a device replayed, weeks of events scrubbed, any sequence of all that can happen
    "tests/alerts/backtest/",
    "tests/alerts/detection/",
    "tests/alerts/detectors/",
    "tests/alerts/evaluation/test_any_sequence.py",
    "tests/alerts/evaluation/test_clocks.py",
    "tests/app/cli/test_rules.py",
    "tests/app/offline/test_detect.py",
    "tests/collectors/plug_use/",
    "tests/config/test_rule_tests.py",
    "tests/dashboard/system/test_diagnostics.py",
    "tests/dashboard/system/test_doctor_run.py",
    "tests/dashboard/test_hostile_texts.py",
    "tests/maintenance/bundle/",
    "tests/maintenance/reports/",
)
# What Python's audit says when a process is started, or a port is spoken to or listened on.
MARKED_ONLY = frozenset(
    {
        "os.exec",
        "os.fork",
        "os.posix_spawn",
        "os.system",
        "socket.bind",
        "socket.connect",
        "socket.sendto",
        "subprocess.Popen",
    }
)
ROOT = Path(__file__).parents[2]
WHOLE = frozenset(ROOT / name for name in PAGES + LONG)
ALL_MARKED = re.compile(r"^pytestmark = pytest\.mark\.servers\b", re.MULTILINE)

_guarded = ""  # the test that runs, in the short run


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What is marked as a whole is not even read in the short run: half of what it loads is for that."""
    return True if is_short_run(config) and _is_all_marked(collection_path) else None


def _is_all_marked(path: Path) -> bool:
    if path in WHOLE:
        return True
    is_module = path.name.startswith("test_") and path.suffix == ".py"
    return is_module and ALL_MARKED.search(path.read_text(encoding="utf-8")) is not None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Before `-m` chooses among them."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if SERVER_FIXTURES & fixtures or item.nodeid.startswith(PAGES + LONG):
            item.add_marker(pytest.mark.servers)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    global _guarded
    _guarded = item.nodeid if is_short_run(item.config) else ""
    try:
        return (yield)
    finally:
        _guarded = ""


def _refuse(event: str, _arguments: tuple[object, ...]) -> None:
    if _guarded and event in MARKED_ONLY:
        pytest.fail(f"{_guarded} is not marked `servers`: {event}")


sys.addaudithook(_refuse)

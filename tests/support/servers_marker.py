"""Which tests need a server, a browser or a process: `pytest -m "not servers"` runs the others.

A test that uses a fixture of SERVER_FIXTURES is marked without being asked; a module that starts
processes by itself says `pytestmark = pytest.mark.servers`. One that forgets it fails where it does.
"""

import sys
from collections.abc import Generator

import pytest

SERVER_FIXTURES = frozenset(
    {
        "broker",  # Mosquitto
        "browser",  # Chromium
        "influx_server",
        "mail_servers",  # Dovecot and Postfix
        "postgresql",
        "project",  # deploy/first-start.sh has run in it
        "served",  # the dashboard in a process of its own
        "server",  # InfluxDB
        "snmpd",
    }
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

_guarded = ""  # the test that runs, if it is not marked


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Before `-m` chooses among them."""
    for item in items:
        if SERVER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.servers)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    global _guarded
    _guarded = "" if item.get_closest_marker("servers") else item.nodeid
    try:
        return (yield)
    finally:
        _guarded = ""


def _refuse(event: str, _arguments: tuple[object, ...]) -> None:
    if _guarded and event in MARKED_ONLY:
        pytest.fail(f"{_guarded} is not marked `servers`: {event}")


sys.addaudithook(_refuse)

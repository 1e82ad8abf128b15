"""One InfluxDB for all tests of a run, and an empty database for each."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.storage.influx.cast import Way
from tests.support.influxdb import Server

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def influx_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server; whoever stops it need not start it again."""
    server = Server(tmp_path_factory.mktemp("influxdb"))
    server.start()
    yield server
    server.stop(kill=True)


@pytest.fixture
def way(influx_server: Server, tmp_path: Path) -> Way:
    """An empty store here, an empty database there."""
    influx_server.start()
    database = f"test{next(_numbers)}"
    influx_server.ask(f'create database "{database}"')
    return Way(influx_server, database, tmp_path)

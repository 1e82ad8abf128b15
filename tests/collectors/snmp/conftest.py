"""Fixtures of the SNMP tests."""

from collections.abc import Iterator

import pytest

from tests.support import netsnmp


@pytest.fixture(scope="session")
def snmpd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[netsnmp.Agent]:
    """A real net-snmp agent that knows community `public` and user `sara`."""
    with netsnmp.agent(tmp_path_factory.mktemp("snmpd")) as running:
        yield running

"""What every test shares."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.postgresql import Postgresql

NEEDS = "needs server:"

pytest_plugins = ["tests.support.servers_marker"]

# A machine that does other work is slow, which says nothing about what is tested.
settings.register_profile("scanward", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=20)


def pytest_configure(config: pytest.Config) -> None:
    """Before any test module is read: tests/support/examples.py counts by the profile."""
    quick = config.getoption("markexpr") == "not servers"
    settings.load_profile("quick" if quick else "scanward")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a server that is absent is a failure: there, nothing may be skipped for want of one."""
    report = yield
    if os.environ.get("CI") and report.skipped and NEEDS in str(report.longrepr):
        report.outcome = "failed"
    return report


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """A real server, started by the first test that needs it."""
    server = Postgresql()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def records_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty records database; a test that asks for it runs once with each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'records.db'}"
    server: Postgresql = request.getfixturevalue("postgresql")
    return server.new_database()

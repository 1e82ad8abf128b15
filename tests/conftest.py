"""What every test shares."""

import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.support.short_run import is_short_run

if TYPE_CHECKING:
    from tests.support.postgresql import Postgresql

NEEDS = "needs server:"

pytest_plugins = [
    "tests.support.dicom_peers",
    "tests.support.garbage",
    "tests.support.memory_disk",
    "tests.support.schedule",
    "tests.support.servers_marker",
    "tests.support.shipped",
]

# A machine that does other work is slow, which says nothing about what is tested.
settings.register_profile("scanward", deadline=None, max_examples=40)
settings.register_profile("quick", deadline=None, max_examples=10)
settings.register_profile("thorough", deadline=None, max_examples=100)  # of a night


def pytest_configure(config: pytest.Config) -> None:
    """Before any test module is read: tests/support/examples.py counts by the profile."""
    usual = "quick" if is_short_run(config) else "scanward"
    settings.load_profile(config.getoption("--hypothesis-profile") or usual)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a server that is absent is a failure: there, nothing may be skipped for want of one."""
    report = yield
    if os.environ.get("CI") and report.skipped and NEEDS in str(report.longrepr):
        report.outcome = "failed"
    return report


@pytest.fixture(autouse=True)
def _own_main_module() -> Iterator[None]:
    """Streamlit's AppTest puts its page in place of `__main__`, which a spawned process then imports."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def postgresql() -> "Iterator[Postgresql]":
    """A real server, started by the first test that needs it."""
    from tests.support.postgresql import Postgresql

    server = Postgresql()
    yield server
    server.stop()


BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)]


@pytest.fixture(params=BOTH)
def records_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty records database; a test that asks for it runs once with each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'records.db'}"
    server: Postgresql = request.getfixturevalue("postgresql")
    return server.new_database()


@pytest.fixture(params=BOTH)
def made_records_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The same with its tables, for tests that are about something else."""
    from tests.storage.tables import empty_records

    if request.param == "sqlite":
        file = tmp_path / "records.db"
        file.write_bytes(empty_records())
        return f"sqlite:///{file}"
    server: Postgresql = request.getfixturevalue("postgresql")
    return server.new_records()

"""What every test shares."""

import os
from collections.abc import Generator

import pytest

NEEDS = "needs server:"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a server that is absent is a failure: there, nothing may be skipped for want of one."""
    report = yield
    if os.environ.get("CI") and report.skipped and NEEDS in str(report.longrepr):
        report.outcome = "failed"
    return report

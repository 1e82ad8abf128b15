"""Which worker runs what, when there are several: a file at a time, the longest first.

What stands on one long computation stays with one worker, who makes it once.
"""

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from tests.support.short_run import is_short_run

# They take a minute or more; begun at the end, they would keep one worker busy alone.
LONGEST = (
    "tests/app/demo/",
    "tests/maintenance/kpi/test_year_",
    "tests/deploy/",
    "tests/app/services/",
    "tests/dashboard/test_",
    "tests/collectors/",
)
TOGETHER = ("tests/maintenance/kpi/test_year_",)


class ByFile(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """Some files are one."""

    def _split_scope(self, nodeid: str) -> str:
        together = (name for name in TOGETHER if nodeid.startswith(name))
        return next(together, nodeid.partition("::")[0])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """xdist hands files out in this order."""
    items.sort(key=lambda item: _rank(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile | None:
    if config.getoption("dist") != "loadfile" and not is_short_run(config):
        return None
    config.option.loadscopereorder = False  # xdist's own order is by the number of tests
    return ByFile(config, log)


def _rank(nodeid: str) -> int:
    ranks = (rank for rank, name in enumerate(LONGEST) if nodeid.startswith(name))
    return next(ranks, len(LONGEST))

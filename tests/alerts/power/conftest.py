"""The centre of these tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.alerts.power.centre import PowerCentre


@pytest.fixture
def power(tmp_path: Path) -> Iterator[PowerCentre]:
    centre = PowerCentre(tmp_path)
    yield centre
    centre.writer.close()

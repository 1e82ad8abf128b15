"""The seeded centre, once for all reports: nothing that they do changes it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.maintenance.cast import House
from tests.maintenance.reports.cast import seed


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("centre")
    house = House(folder)
    seed(house)
    yield house
    house.close()

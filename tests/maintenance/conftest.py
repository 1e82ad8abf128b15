"""A centre for each test; one with a day behind it for the bundles."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.maintenance.bundle.cast import Centre, a_day, opened, unzipped
from tests.maintenance.cast import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


@pytest.fixture
def any_house(tmp_path: Path, made_records_url: str) -> Iterator[House]:
    """A centre whose records are in SQLite, and one whose are in PostgreSQL."""
    house = House(tmp_path, made_records_url)
    yield house
    house.close()


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    """CT-2 after a day with a fault."""
    centre = opened(tmp_path)
    a_day(centre)
    yield centre
    centre.series.close()
    centre.records.close()


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bundle of that day."""
    centre = opened(tmp_path_factory.mktemp("centre"))
    a_day(centre)
    data = centre.made().data
    centre.series.close()
    centre.records.close()
    return data


@pytest.fixture
def files(bundle: bytes) -> dict[str, bytes]:
    """Its files by their names."""
    return unzipped(bundle)

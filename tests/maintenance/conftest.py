"""A centre for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.maintenance.cast import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


@pytest.fixture
def any_house(tmp_path: Path, records_url: str) -> Iterator[House]:
    """A centre whose records are in SQLite, and one whose are in PostgreSQL."""
    house = House(tmp_path, records_url)
    yield house
    house.close()

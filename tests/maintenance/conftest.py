"""A centre with a day behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.maintenance.cast import Centre, a_day, opened, unzipped


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

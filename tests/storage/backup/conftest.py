"""A site to back up."""

from pathlib import Path

import pytest

from tests.storage.cast import Place


@pytest.fixture
def place(tmp_path: Path, records_url: str) -> Place:
    return Place(tmp_path, records_url)


@pytest.fixture
def plain(tmp_path: Path) -> Place:
    """With SQLite only, where the other would show nothing new."""
    return Place(tmp_path, f"sqlite:///{tmp_path}/var/records.db")

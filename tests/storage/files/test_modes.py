"""Who may read what is stored: from the first file on, whatever the umask."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from storage.backup.restore import restore
from storage.backup.take import take
from storage.detector_models.store import ModelStore
from storage.files import attachments, locks
from storage.files.atomic import own_file, own_folder
from storage.records import Records
from storage.series import SeriesWriter
from tests.storage.cast import T0, Place


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("first", ["series", "records", "files", "lock", "models"])
def test_the_folder_is_closed_whoever_comes_first(first: str, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "var"
    if first == "series":
        SeriesWriter(folder / "series.db").close()
    elif first == "records":
        with closing(Records(f"sqlite:///{folder}/records.db")):
            pass
    elif first == "files":
        attachments.keep(folder, b"photo")
    elif first == "lock":
        locks.acquire(folder / "backup.lock").close()
    else:
        with ModelStore(folder / "models").locked():
            pass
    assert (mode(folder), mode(folder.parent)) == (0o750, 0o750)
    for path in folder.rglob("*"):
        assert mode(path) & 0o007 == 0, path


@pytest.mark.usefixtures("umask")
def test_databases_and_their_logs_are_closed_and_restored_ones_too(tmp_path: Path) -> None:
    place = Place(tmp_path, f"sqlite:///{tmp_path}/var/records.db")
    place.append(range(3))
    folder = place.site.file.storage.folder
    records = Records(place.site.records_url)
    records.upgrade()
    with records.writing("sara", T0):
        logs = [mode(path) for path in folder.glob("records.db*")]
    records.close()
    assert set(logs) == {0o640}
    backup = take(place.site, place.site_path, place.backups, T0)
    restore(backup, place.site_path, T0 + 1)
    for path in (folder / "records.db", folder / "series.db"):
        assert mode(path) == 0o640, path
    assert {mode(path) for path in folder.iterdir() if path.is_dir()} == {0o750}


def test_what_is_there_keeps_its_mode(tmp_path: Path) -> None:
    """The doctor says it; a folder that somebody made on purpose is not ours to close."""
    tmp_path.chmod(0o755)
    own_folder(tmp_path)
    (tmp_path / "x").touch(0o644)
    own_file(tmp_path / "x")
    assert (mode(tmp_path), mode(tmp_path / "x") & 0o777) == (0o755, 0o644)


def test_a_folder_that_cannot_be_made_is_an_error_as_before(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"")
    with pytest.raises(FileExistsError):
        own_folder(tmp_path / "x")
    own_file(tmp_path / "none" / "x")  # whoever opens it meets the error
    with pytest.raises(sqlite3.OperationalError):
        sqlite3.connect(tmp_path / "none" / "x")

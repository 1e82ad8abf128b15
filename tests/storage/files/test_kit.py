"""The kit that every store stands on: one lock file, one SQLite file with a version."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import StoreError
from storage.files import locks, sqlite_file
from storage.files.sqlite_file import SqliteFormat

FORM = SqliteFormat(
    version=2, tables="create table numbers (n integer);", pragmas=("cache_size = 7",)
)


def test_a_lock_is_held_by_one_until_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "not" / "there" / "yet.lock"
    with (
        locks.acquire(path, "somebody else"),
        pytest.raises(StoreError, match="somebody else") as refused,
        locks.held(path, "somebody else"),
    ):
        pass
    assert refused.value.permanent
    with locks.held(path, "nobody"):
        pass


def test_without_words_it_waits_for_the_lock(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        with locks.acquire(tmp_path / "x.lock"):
            second = pool.submit(locks.acquire, tmp_path / "x.lock")
            assert not second.done()
        second.result(30).close()


def test_a_file_is_made_once_and_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "there" / "x.db"
    with closing(sqlite_file.open_for_writing(path, FORM)) as db, sqlite_file.transaction(db):
        db.execute("insert into numbers values (1)")
    with closing(sqlite_file.open_for_writing(path, FORM)) as db:
        assert db.execute("select n from numbers").fetchall() == [(1,)]
        pragmas = ("journal_mode", "synchronous", "cache_size", "user_version")
        values = [db.execute(f"pragma {pragma}").fetchone()[0] for pragma in pragmas]
        assert values == ["wal", 2, 7, 2]
    with (
        closing(sqlite_file.open_read_only(path)) as db,
        pytest.raises(StoreError, match="readonly") as refused,
        sqlite_file.translated(path, "; a hint"),
    ):
        db.execute("delete from numbers")
    assert not refused.value.permanent


@pytest.mark.parametrize(("version", "text"), [(1, "of an older"), (3, "of a newer")])
def test_the_file_of_another_version_is_refused_untouched(
    tmp_path: Path, version: int, text: str
) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma journal_mode = wal")
        db.execute(f"pragma user_version = {version}")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=f"{text} Scanward .version {version}") as refused:
        sqlite_file.open_for_writing(path, FORM)
    assert refused.value.permanent
    assert path.read_bytes() == before


def test_a_damaged_file_is_a_permanent_error_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"no database at all" * 100)
    with (
        pytest.raises(StoreError, match="; remove it") as refused,
        sqlite_file.translated(path, "; remove it"),
    ):
        sqlite_file.open_for_writing(path, FORM)
    assert refused.value.permanent


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with closing(sqlite_file.open_for_writing(tmp_path / "x.db", FORM)) as db:
        with pytest.raises(KeyboardInterrupt), sqlite_file.transaction(db):
            _insert_and_be_interrupted(db)
        assert db.execute("select count(*) from numbers").fetchone() == (0,)


def _insert_and_be_interrupted(db: sqlite3.Connection) -> None:
    db.execute("insert into numbers values (1)")
    raise KeyboardInterrupt

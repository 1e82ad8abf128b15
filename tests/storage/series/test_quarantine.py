"""A damaged file is put aside and named; anything else that is wrong with it is only said."""

import contextlib
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import StoreError
from core.readings import Batch, Reading
from core.time.clock import HOUR
from storage.series import SeriesReader, SeriesWriter, open_or_quarantine
from storage.series.block import READING, pack, unpack
from storage.series.columns import DamagedError

NOW = 1_785_579_300_000  # 2026-08-01 10:15 UTC


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with a thousand readings, closed."""
    path = tmp_path / "series.db"
    writer = SeriesWriter(path)
    writer.append([Batch([Reading("mri-2", "helium_level_pct", n / 7, n) for n in range(1000)])])
    while writer.compact(everything=True):
        pass
    writer.close()
    return path


def damage(path: Path, start: int) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xff" * 4096)


def test_a_whole_file_is_opened_and_nothing_is_put_aside(path: Path) -> None:
    writer, aside = open_or_quarantine(path, NOW)
    writer.close()
    assert aside is None
    assert len(SeriesReader(path).latest()) == 1


@pytest.mark.parametrize("start", [0, 2 * 4096])
def test_a_damaged_file_goes_aside_with_its_log_and_a_new_one_is_begun(
    path: Path, start: int
) -> None:
    damage(path, start)
    path.with_name("series.db-wal").write_bytes(b"")
    writer, aside = open_or_quarantine(path, NOW)
    assert aside == path.with_name("series.db.damaged-20260801T101500Z")
    assert aside.exists()
    writer.append([Batch([Reading("ct-1", "gantry_temp_c", 21.5, NOW)])])
    writer.close()
    assert SeriesReader(path).latest() == [Reading("ct-1", "gantry_temp_c", 21.5, NOW)]


def test_a_file_that_was_never_a_database_goes_aside(tmp_path: Path) -> None:
    path = tmp_path / "series.db"
    path.write_bytes(b"this was never a database" * 100)
    writer, aside = open_or_quarantine(path, NOW)
    writer.close()
    assert aside
    assert aside.read_bytes().startswith(b"this was never")


def test_a_newer_file_or_one_in_use_is_left_where_it_is(path: Path) -> None:
    first = SeriesWriter(path)
    with pytest.raises(StoreError, match="already has a writer"):
        open_or_quarantine(path, NOW)
    first.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma user_version = 99")
    with pytest.raises(StoreError, match="version 99"):
        open_or_quarantine(path, NOW)
    assert path.exists()


def test_a_block_that_cannot_be_unpacked_is_said_to_be_damaged(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("update blocks set body = cast(substr(body, 1, 16) || 'no' as blob)")
        db.commit()
    with pytest.raises(StoreError, match="damaged block") as broken:
        SeriesReader(path).range("mri-2", "helium_level_pct", "", 0, 1000, 1000)
    assert broken.value.permanent


def test_a_damaged_block_does_not_hold_up_what_comes_after(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("update blocks set body = cast(substr(body, 1, 16) || 'no' as blob)")
        db.commit()
    writer = SeriesWriter(path)
    late = Reading("mri-2", "helium_level_pct", 80.0, 500)  # the block must be unpacked for it
    writer.append([Batch([late, late._replace(at=2000)])])
    while writer.compact(everything=True):
        pass
    writer.close()
    reader = SeriesReader(path)
    assert [one.at for one in reader.readings("mri-2", "helium_level_pct", 0)] == [500, 2000]
    [hours] = reader.hours(0, HOUR).values()
    assert hours["count"].sum() == 1002, "the roll-up of what was lost stays"
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("select count(*) from damaged").fetchone() == (1,)
    assert "put aside" in caplog.text


@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 7))
def test_flipped_bits_never_raise_anything_but_damaged(noise: bytes, place: int, bit: int) -> None:
    rows = np.zeros(50, READING)
    rows["at"] = np.arange(50) * 30_000
    rows["value"] = np.arange(50) / 10
    body = bytearray(pack(rows))
    body[place % len(body)] ^= 1 << bit
    for spoiled in (bytes(body), noise):
        with contextlib.suppress(DamagedError):
            unpack(spoiled)

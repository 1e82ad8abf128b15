"""The journal: every commit in the order in which it came, for those who follow it.

A commit is one row. Behind the writer's back rows grow few and small: `gather` puts many little
ones together so that the unsealed tail is quick to read, and `pack` compresses what is sealed. A
row remembers the commits that it holds, so a follower's cursor may lie inside it.
"""

import sqlite3
import zlib
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from storage.files.sqlite_file import transaction
from storage.series.block import (
    READING,
    SMALL,
    Readings,
    empty,
    newest_of_each,
    pack,
    unpack,
)
from storage.series.columns import Ints

ROWS = 256  # loose rows, and
READINGS = 32_768  # readings, in about one gathered or packed row

Row = tuple[int, int, bytes | None, bytes]  # of the table `journal`


class Stretch(NamedTuple):
    """Consecutive commits, and their readings in order."""

    seqs: Ints
    counts: Ints  # readings of each commit
    readings: Readings

    def part(self, after: int, most: int) -> "Stretch":
        """The commits after `after` until there are `most` readings; a commit counts as one too."""
        first = int(np.searchsorted(self.seqs, after, "right"))
        weights = np.cumsum(self.counts[first:] + 1)
        end = first + int(np.searchsorted(weights, most)) + 1
        start = int(self.counts[:first].sum())
        stop = start + int(self.counts[first:end].sum())
        return Stretch(self.seqs[first:end], self.counts[first:end], self.readings[start:stop])


def stretch_of(rows: Iterable[Row]) -> Stretch:
    """What rows of the journal hold."""
    commits, parts = [np.empty((2, 0), "<i8")], [empty()]
    for seq, packed, several, body in rows:
        parts.append(unpack(body) if packed else np.frombuffer(body, READING))
        if several is None:
            commits.append(np.array([[seq], [len(parts[-1])]]))
        else:
            commits.append(np.frombuffer(zlib.decompress(several), "<i8").reshape(2, -1))
    seqs, counts = np.concatenate(commits, axis=1)
    return Stretch(seqs, counts, np.concatenate(parts))


def gather(db: sqlite3.Connection, floor: int) -> None:
    """Put the next loose rows together; rows up to `floor` stay as they are."""
    [gathered] = db.execute("select gathered from progress").fetchone()
    rows = _some(db, gathered, 1 << 62)
    if len(rows) > 1 and gathered > floor:
        rows = _small(db, gathered) + rows
    upto = rows[-1][0] if rows else gathered
    stretch = stretch_of(rows)
    with transaction(db):
        if len(rows) > 1:
            _replace(db, rows[0][0], stretch, 0, stretch.readings.tobytes())
        db.executemany(_KEEP_LATEST, newest_of_each(stretch.readings).tolist())
        db.execute("update progress set gathered = ?", (upto,))


def pack_sealed(db: sqlite3.Connection) -> None:
    """Compress the next sealed rows."""
    packed, sealed = db.execute("select packed, sealed from progress").fetchone()
    rows = _some(db, packed, sealed)
    stretch = stretch_of(rows)
    body = pack(stretch.readings, SMALL)
    with transaction(db):
        if rows:
            _replace(db, rows[0][0], stretch, 1, body)
        db.execute("update progress set packed = ?", (rows[-1][0] if rows else sealed,))


def tail(db: sqlite3.Connection, after: str) -> Readings:
    """The readings that the step `after`, a column of `progress`, has not come to yet."""
    rows = db.execute(
        f"select body from journal where seq > (select {after} from progress) order by seq"
    )
    return np.frombuffer(b"".join(body for (body,) in rows), READING)


def _some(db: sqlite3.Connection, after: int, upto: int) -> list[Row]:
    rows, size = list[Row](), 0
    for row in db.execute(
        "select seq, packed, commits, body from journal where seq > ? and seq <= ? order by seq"
        " limit ?",
        (after, upto, ROWS),
    ):
        rows.append(row)
        size += len(row[3]) // READING.itemsize
        if size >= READINGS:
            break
    return rows


def _small(db: sqlite3.Connection, seq: int) -> list[Row]:
    return db.execute(
        "select seq, packed, commits, body from journal where seq = ? and length(body) < ?",
        (seq, READINGS * READING.itemsize // 2),
    ).fetchall()


def _replace(
    db: sqlite3.Connection, first: int, stretch: Stretch, packed: int, body: bytes
) -> None:
    last = int(stretch.seqs[-1])
    commits = zlib.compress(np.stack([stretch.seqs, stretch.counts]).tobytes(), SMALL)
    db.execute("delete from journal where seq between ? and ?", (first, last))
    db.execute("insert into journal values (?, ?, ?, ?)", (last, packed, commits, body))


_KEEP_LATEST = """
insert into latest values (?, ?, ?, ?)
on conflict (series) do update set
  at = excluded.at, value = excluded.value, quality = excluded.quality
 where excluded.at > at
"""

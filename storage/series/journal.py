"""The journal: every commit in the order in which it came, for those who follow it.

A commit is one row. Steps in the background make rows fewer and smaller: `gather` joins many little
ones so that the tail, which no block holds yet, is quick to read, and `pack_compacted` compresses
those that blocks hold. A row stores the commits that it is made of, so a follower's cursor may lie
inside it.
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

# A gathered or packed row is made of about so many loose rows, or readings.
ROWS = 256
READINGS = 32_768

JournalRow = tuple[int, int, bytes | None, bytes]  # seq, packed, commits, body


class CommitRange(NamedTuple):
    """Consecutive commits, and their readings in order."""

    seqs: Ints  # the number of each commit
    counts: Ints  # readings of each commit
    readings: Readings

    def after(self, cursor: int, limit: int) -> "CommitRange":
        """Whole commits after `cursor`, until they have `limit` readings; a commit counts as one too."""
        first = int(np.searchsorted(self.seqs, cursor, "right"))
        weights = np.cumsum(self.counts[first:] + 1)
        end = first + int(np.searchsorted(weights, limit)) + 1
        start = int(self.counts[:first].sum())
        stop = start + int(self.counts[first:end].sum())
        return CommitRange(self.seqs[first:end], self.counts[first:end], self.readings[start:stop])


def read_commits(rows: Iterable[JournalRow]) -> CommitRange:
    """The commits that rows of the journal are made of."""
    commits, readings = [np.empty((2, 0), "<i8")], [empty()]
    for seq, packed, packed_commits, body in rows:
        readings.append(unpack(body) if packed else np.frombuffer(body, READING))
        if packed_commits is None:
            commits.append(np.array([[seq], [len(readings[-1])]]))
        else:
            commits.append(np.frombuffer(zlib.decompress(packed_commits), "<i8").reshape(2, -1))
    seqs, counts = np.concatenate(commits, axis=1)
    return CommitRange(seqs, counts, np.concatenate(readings))


def gather(db: sqlite3.Connection, floor: int) -> None:
    """Join the next loose rows into one; rows up to `floor` stay as they are."""
    [gathered] = db.execute("select gathered from progress").fetchone()
    rows = _next_rows(db, gathered, 1 << 62)
    if len(rows) > 1 and gathered > floor:
        rows = _small_row(db, gathered) + rows
    last_seq = rows[-1][0] if rows else gathered
    commits = read_commits(rows)
    with transaction(db):
        if len(rows) > 1:
            _replace(db, rows[0][0], commits, 0, commits.readings.tobytes())
        db.executemany(_KEEP_LATEST, newest_of_each(commits.readings).tolist())
        db.execute("update progress set gathered = ?", (last_seq,))


def pack_compacted(db: sqlite3.Connection) -> None:
    """Compress the next rows that blocks hold."""
    packed, compacted = db.execute("select packed, sealed from progress").fetchone()
    rows = _next_rows(db, packed, compacted)
    commits = read_commits(rows)
    body = pack(commits.readings, SMALL)
    with transaction(db):
        if rows:
            _replace(db, rows[0][0], commits, 1, body)
        db.execute("update progress set packed = ?", (rows[-1][0] if rows else compacted,))


def tail(db: sqlite3.Connection, after: str) -> Readings:
    """The readings that the step `after`, a column of `progress`, has not reached yet."""
    rows = db.execute(
        f"select body from journal where seq > (select {after} from progress) order by seq"
    )
    return np.frombuffer(b"".join(body for (body,) in rows), READING)


def _next_rows(db: sqlite3.Connection, after: int, last_seq: int) -> list[JournalRow]:
    rows, size = list[JournalRow](), 0
    for row in db.execute(
        "select seq, packed, commits, body from journal where seq > ? and seq <= ? order by seq"
        " limit ?",
        (after, last_seq, ROWS),
    ):
        rows.append(row)
        size += len(row[3]) // READING.itemsize
        if size >= READINGS:
            break
    return rows


def _small_row(db: sqlite3.Connection, seq: int) -> list[JournalRow]:
    """The row of that number, if it has room for more readings."""
    return db.execute(
        "select seq, packed, commits, body from journal where seq = ? and length(body) < ?",
        (seq, READINGS * READING.itemsize // 2),
    ).fetchall()


def _replace(
    db: sqlite3.Connection, first_seq: int, commits: CommitRange, packed: int, body: bytes
) -> None:
    last_seq = int(commits.seqs[-1])
    packed_commits = zlib.compress(np.stack([commits.seqs, commits.counts]).tobytes(), SMALL)
    db.execute("delete from journal where seq between ? and ?", (first_seq, last_seq))
    db.execute("insert into journal values (?, ?, ?, ?)", (last_seq, packed, packed_commits, body))


_KEEP_LATEST = """
insert into latest values (?, ?, ?, ?)
on conflict (series) do update set
  at = excluded.at, value = excluded.value, quality = excluded.quality
 where excluded.at > at or (excluded.at = at and excluded.quality >= 3)
"""

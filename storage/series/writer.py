"""The one writer of the series store."""

import fcntl
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

from core.errors import StoreError
from core.site import Retention
from core.words import Batch, Event, Quality, Reading
from storage.series.schema import LEVELS, open_for_writing, translated

QUALITIES: tuple[Quality, ...] = ("good", "clock", "bad")  # stored as their index: append only

ROLL_UP_STEP = 20_000  # readings; keeps the write lock for some tens of milliseconds
RETENTION_STEP = 5_000  # rows


class SeriesWriter:
    """Appends, rolls up and forgets. One per database; a second one is refused."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _only_writer(path)
        try:
            with translated(path):
                self._db = open_for_writing(path)
                self._series = self._known_series()
                self._seq = self._last_seq()
        except BaseException:
            self._lock.close()
            raise

    def close(self) -> None:
        """Leave the file whole and let another writer in."""
        self._db.close()
        self._lock.close()

    def append(self, batches: Sequence[Batch]) -> None:
        """Store all batches in one commit; they are on the disk when this returns.

        A reading that is there already (same device, metric, component and time) is left out.
        StoreError: nothing of them was stored.
        """
        with translated(self._path):
            self._db.execute("begin immediate")
            before = self._seq, len(self._series)
            try:
                for batch in batches:
                    self._insert(batch)
                self._db.execute("commit")
            except BaseException:
                self._undo(*before)
                raise

    def position(self, key: str) -> str | None:
        """What was last stored under `key` by a batch's positions."""
        with translated(self._path):
            row = self._db.execute("select value from positions where key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def roll_up(self) -> bool:
        """Bring the next few readings into minutes and hours; True while more are waiting."""
        with translated(self._path):
            done = int(self._db.execute("select seq from rolled_up").fetchone()[0])
            upto = min(self._seq, done + ROLL_UP_STEP)
            if upto == done:
                return False
            self._db.execute("begin immediate")
            try:
                for level, width in LEVELS.items():
                    self._db.execute(_ROLL_UP.format(level=level, width=width), (done, upto))
                self._db.execute("update rolled_up set seq = ?", (upto,))
                self._db.execute("commit")
            except BaseException:
                self._roll_back()
                raise
            return upto < self._seq

    def forget(self, keep: Retention, now: int) -> bool:
        """Delete a few of the rows that are past their time; True while more are waiting.

        Raw readings go only after they have been rolled up. Events stay.
        """
        spans = {"readings": keep.raw, "minutes": keep.minutes, "hours": keep.hours}
        more = False
        with translated(self._path):
            for table, span in spans.items():
                if span is not None:
                    deleted = self._db.execute(_FORGET[table], (now - span,)).rowcount
                    more = more or deleted == RETENTION_STEP
        return more

    def _insert(self, batch: Batch) -> None:
        self._db.executemany(
            "insert or ignore into readings values (?, ?, ?, ?, ?)",
            self._reading_rows(batch.readings),
        )
        self._db.executemany(
            "insert into events values (?, ?, ?, ?, ?, ?, ?, ?, ?)", self._event_rows(batch.events)
        )
        self._db.executemany(
            "insert or replace into positions values (?, ?)", batch.positions.items()
        )

    def _reading_rows(
        self, readings: Iterable[Reading]
    ) -> Iterable[tuple[int, int, int, float, int]]:
        for device, metric, value, at, component, quality in readings:
            self._seq += 1
            series = self._series.get((device, metric, component))
            if series is None:
                series = self._new_series(device, metric, component)
            yield self._seq, series, at, value, QUALITIES.index(quality)

    def _event_rows(self, events: Iterable[Event]) -> Iterable[tuple[object, ...]]:
        for event in events:
            self._seq += 1
            yield self._seq, *event[:-1], QUALITIES.index(event.quality)

    def _new_series(self, device: str, metric: str, component: str) -> int:
        row = self._db.execute(
            "insert into series (device, metric, component) values (?, ?, ?) returning id",
            (device, metric, component),
        ).fetchone()
        self._series[device, metric, component] = int(row[0])
        return int(row[0])

    def _known_series(self) -> dict[tuple[str, str, str], int]:
        rows = self._db.execute("select id, device, metric, component from series")
        return {(device, metric, component): number for number, device, metric, component in rows}

    def _last_seq(self) -> int:
        row = self._db.execute(
            "select max((select coalesce(max(seq), 0) from readings),"
            " (select coalesce(max(seq), 0) from events), (select seq from rolled_up))"
        ).fetchone()
        return int(row[0])

    def _undo(self, seq: int, series: int) -> None:
        self._roll_back()
        self._seq = seq
        for key in list(self._series)[series:]:
            del self._series[key]

    def _roll_back(self) -> None:
        if self._db.in_transaction:
            self._db.execute("rollback")


_ROLL_UP = """
insert into {level} (series, at, count, low, high, sum)
select series, at / {width} * {width}, count(*), min(value), max(value), sum(value)
  from readings where seq > ? and seq <= ? group by 1, 2
on conflict (series, at) do update set
  count = count + excluded.count, sum = sum + excluded.sum,
  low = min(low, excluded.low), high = max(high, excluded.high)
"""

# By series, so that the index on (series, at) finds them and nothing is scanned.
_FORGET = {
    "readings": f"""
        delete from readings where seq in (
          select r.seq from series s cross join readings r on r.series = s.id and r.at < ?
           where r.seq <= (select seq from rolled_up) limit {RETENTION_STEP})""",
    "minutes": f"""
        delete from minutes where (series, at) in (
          select m.series, m.at from series s cross join minutes m
              on m.series = s.id and m.at < ? limit {RETENTION_STEP})""",
    "hours": f"""
        delete from hours where (series, at) in (
          select h.series, h.at from series s cross join hours h
              on h.series = s.id and h.at < ? limit {RETENTION_STEP})""",
}


def _only_writer(path: Path) -> IO[str]:
    """Hold a lock beside the database; the kernel lets go of it even after kill -9."""
    lock = path.with_suffix(".lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        text = f"{path} already has a writer: another `scanward collect` is running"
        raise StoreError(text, permanent=True) from None
    return lock

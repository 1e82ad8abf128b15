"""What the engine remembers between two transactions: when each watched series was last read.

The rows of `heard` are its durable copy, written in the transaction that judged the readings. A
transaction that fails leaves memory ahead of them: it is thrown away and read anew.
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from core.readings import UP
from storage.records import cursors as cursor_rows
from storage.records.cursors import SeriesKey


class Memory:
    """The last reading of each watched series, by metric of a device. Times are UTC milliseconds."""

    def __init__(self, db: Session, cursor: str) -> None:
        """`cursor` names the engine's in the journal."""
        self._cursor = cursor
        self._stamp = self._stamp_now(db)
        self.is_new = True  # until it was saved
        self._last: dict[tuple[str, str], dict[str, int]] = {}
        self._changed: set[SeriesKey] = set()
        for (device, metric, component), at in cursor_rows.last_read_at(db).items():
            self._last.setdefault((device, metric), {})[component] = at
        self._newest_at = max((max(parts.values()) for parts in self._last.values()), default=0)

    def last_read(self, device: str, metric: str) -> Mapping[str, int]:
        """When each component of a metric was last read."""
        return self._last.get((device, metric), {})

    def last_read_at(self, key: SeriesKey) -> int | None:
        """When a series was last read; None if it never was."""
        device, metric, component = key
        return self._last.get((device, metric), {}).get(component)

    def note(self, key: SeriesKey, at: int) -> None:
        """The series was last read at `at`."""
        device, metric, component = key
        self._last.setdefault((device, metric), {})[component] = at
        self._changed.add(key)
        self._newest_at = max(self._newest_at, at)

    def forget(self, db: Session, key: SeriesKey) -> None:
        """The series was never read."""
        device, metric, component = key
        self._last.get((device, metric), {}).pop(component, None)
        self._changed.discard(key)
        cursor_rows.forget_last_reading(db, device, metric, component)

    def answered_at(self) -> int:
        """The newest moment at which any source answered or failed to; 0 if none ever did."""
        ups = (parts.values() for (_, metric), parts in self._last.items() if metric == UP)
        return max((at for values in ups for at in values), default=0)

    def rewind(self, now: int) -> list[SeriesKey]:
        """Bring back to `now` what was noted for later, by a clock that was ahead; which series."""
        if self._newest_at <= now:
            return []
        self._newest_at = now
        late = [
            (device, metric, component)
            for (device, metric), parts in self._last.items()
            for component, at in parts.items()
            if at > now
        ]
        for key in late:
            self.note(key, now)
        return late

    def is_of(self, db: Session) -> bool:
        """Nobody else has judged since it was saved, or taken away a series."""
        return self._stamp == self._stamp_now(db)

    def save(self, db: Session) -> None:
        """Write what has changed, in the caller's transaction, which has moved the cursor."""
        if self._changed:
            rows = {key: self._last[key[0], key[1]][key[2]] for key in self._changed}
            cursor_rows.note_last_read(db, rows)
            self._changed.clear()
        self._stamp, self.is_new = self._stamp_now(db), False

    def _stamp_now(self, db: Session) -> tuple[int, ...]:
        return cursor_rows.positions(db, self._cursor, cursor_rows.FORGOTTEN)

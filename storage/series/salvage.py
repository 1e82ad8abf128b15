"""Copies what can be read of a damaged series database into a new one.

A damaged page costs the rows on it. Rows are asked for one by one where a whole table cannot be
read: what lies on sound pages is found by its key, whatever lies before it.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import StoreError
from core.time.clock import DAY, HOUR, from_ms
from storage.files import sqlite_file
from storage.files.sqlite_file import transaction
from storage.series.block import newest_of_each, present, unpack
from storage.series.buckets import bucketed, day_row
from storage.series.columns import DamagedError
from storage.series.schema import open_for_writing, translated

# Without the first nothing can be named, without the second nobody knows what is compacted.
ESSENTIAL = ("series", "progress")
BY_ROWID = (
    "series",
    "journal",
    "events",
    "blocks",
    "minutes",
    "damaged",
    "latest",
    "progress",
    "reached",
)
BY_KEY = {"days": "series, day", "positions": "key"}
KEYS = ("series", "day")  # of a table whose lost rows can be named
AT_ONCE = 500  # rows in a transaction
MOST_PROBED = 20_000  # row numbers in a row of which none can be read

Row = tuple[Any, ...]


@dataclass
class Salvaged:
    """What was copied, in rows by table, and what was not, in words."""

    copied: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


def salvage(damaged: Path, target: Path) -> Salvaged:
    """Copy `damaged` to `target`, which must not be there. StoreError if nothing can be read."""
    if not damaged.exists():
        raise StoreError(f"{damaged}: no such file", permanent=True)
    if target.exists():
        raise StoreError(f"{target} is there already: name a file that is not", permanent=True)
    done = Salvaged()
    try:
        with translated(damaged), closing(sqlite_file.open_read_only(damaged)) as source:
            if not any(_tables(source)):
                raise StoreError(f"{damaged}: nothing in it can be read", permanent=True)
            with closing(open_for_writing(target)) as new:
                _copy_all(source, new, done)
    except BaseException:
        for suffix in ("", "-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        raise
    return done


def essentials_are_whole(path: Path) -> bool:
    """Can all be read by which the rest is found?"""
    try:
        with closing(sqlite_file.open_read_only(path)) as db:
            for table in ESSENTIAL:
                if db.execute(f"pragma quick_check('{table}')").fetchone() != ("ok",):
                    return False
            return set(_tables(db)) >= {*BY_ROWID, *BY_KEY}
    except sqlite3.Error:
        return False


def _tables(db: sqlite3.Connection) -> Iterator[str]:
    rows = db.execute("select name from sqlite_schema where type = 'table'")
    yield from (name for (name,) in rows)


def _copy_all(source: sqlite3.Connection, new: sqlite3.Connection, done: Salvaged) -> None:
    new.execute("delete from progress")
    for table in BY_ROWID:
        _copy(new, table, _by_rowid(source, table), done)
    names = {number: " ".join(name).strip() for number, *name in new.execute(_NAMES)}
    for table, key in BY_KEY.items():
        _copy(new, table, _by_key(source, table, key, names), done)
    for table in ("blocks", "minutes", "days"):
        _name_lost(source, new, table, names, done)
    _put_aside_unreadable(new, names, done)
    _complete_days(new)
    with transaction(new):
        new.execute("insert or ignore into progress select 1, 0, 0, 0")
    _complete_latest(new)


def _copy(new: sqlite3.Connection, table: str, rows: Iterable[Row], done: Salvaged) -> None:
    copied, batch = 0, list[Row]()
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            copied += _insert(new, table, batch)
            batch.clear()
    done.copied[table] = copied + _insert(new, table, batch)


def _insert(new: sqlite3.Connection, table: str, rows: list[Row]) -> int:
    if not rows:
        return 0
    places = ", ".join("?" * len(rows[0]))
    with transaction(new):
        return new.executemany(f"insert or ignore into {table} values ({places})", rows).rowcount


def _by_rowid(source: sqlite3.Connection, table: str) -> Iterator[Row]:
    """Every row that can be read, by its number; over what cannot be read one goes number by number."""
    number, last = 0, _last_rowid(source, table)
    while True:
        try:
            rows = source.execute(
                f"select rowid, * from {table} where rowid > ? order by rowid", (number,)
            )
            for row in rows:
                number = row[0]
                yield row[1:]
            return
        except sqlite3.DatabaseError:
            row = _next_readable(source, table, number + 1, last)
            if row is None:
                return
            number = row[0]
            yield row[1:]


def _next_readable(source: sqlite3.Connection, table: str, number: int, last: int) -> Row | None:
    for candidate in range(number, min(last, number + MOST_PROBED) + 1):
        with suppress(sqlite3.DatabaseError):
            question = f"select rowid, * from {table} where rowid = ?"
            row: Row | None = source.execute(question, (candidate,)).fetchone()
            if row is not None:
                return row
    return None


def _last_rowid(source: sqlite3.Connection, table: str) -> int:
    """The greatest number of a row; if its own page is damaged, what an index says."""
    questions = [f"select max(rowid) from {table}"]
    with suppress(sqlite3.DatabaseError):
        indexes = source.execute(f"pragma index_list('{table}')").fetchall()
        questions += [f"select max(rowid) from {table} indexed by {row[1]}" for row in indexes]
    for question in questions:
        with suppress(sqlite3.DatabaseError):
            return int(source.execute(question).fetchone()[0] or 0)
    return 1 << 62


def _by_key(
    source: sqlite3.Connection, table: str, key: str, names: dict[int, str]
) -> Iterator[Row]:
    """From both ends to where it cannot be read, of each series by itself if it has one."""
    parts: Iterable[tuple[str, tuple[int, ...]]] = [("true", ())]
    if key.startswith("series"):
        parts = [("series = ?", (number,)) for number in names]
    for where, values in parts:
        for order in (key, ", ".join(f"{column} desc" for column in key.split(", "))):
            try:
                yield from source.execute(
                    f"select * from {table} where {where} order by {order}", values
                )
                break
            except sqlite3.DatabaseError:
                continue


def _name_lost(
    source: sqlite3.Connection,
    new: sqlite3.Connection,
    table: str,
    names: dict[int, str],
    done: Salvaged,
) -> None:
    question = f"select series, day from {table} order by series, day"  # the index has both
    salvaged = set(new.execute(question))
    try:
        known = source.execute(question).fetchall()
    except sqlite3.DatabaseError:
        done.lost.append(f"{table}: some, nobody can say which")
        return
    for series, day in known:
        if (series, day) not in salvaged:
            done.lost.append(_named(table, series, day, names))


def _named(table: str, series: int, day: int, names: dict[int, str]) -> str:
    return f"{table}: {names.get(series, '?')}, {from_ms(day * DAY):%Y-%m-%d}"


def _put_aside_unreadable(new: sqlite3.Connection, names: dict[int, str], done: Salvaged) -> None:
    """Blocks that were read but are not as they were written go where such blocks go."""
    for series, day, body in new.execute("select series, day, body from blocks").fetchall():
        try:
            unpack(body)
        except DamagedError:
            with transaction(new):
                new.execute("replace into damaged values (?, ?, ?)", (series, day, body))
                new.execute("delete from blocks where series = ? and day = ?", (series, day))
            done.lost.append(_named("blocks", series, day, names))


def _complete_days(new: sqlite3.Connection) -> None:
    """A day whose roll-up was lost has one of its readings again."""
    for series, day, body in new.execute(_WITHOUT_DAY).fetchall():
        row = (series, day, *day_row(bucketed(present(unpack(body)), HOUR)))
        _insert(new, "days", [row])


def _complete_latest(new: sqlite3.Connection) -> None:
    """A series whose newest reading was lost has the newest that is left."""
    missing = new.execute("select id from series where id not in (select series from latest)")
    for (series,) in missing.fetchall():
        row = new.execute(
            "select body from blocks where series = ? order by day desc limit 1", (series,)
        ).fetchone()
        if row is not None:
            with transaction(new):
                new.executemany(
                    "insert into latest values (?, ?, ?, ?)",
                    newest_of_each(unpack(row[0])).tolist(),
                )


_WITHOUT_DAY = """
select series, day, body from blocks b
 where not exists (select 1 from days d where d.series = b.series and d.day = b.day)
"""
_NAMES = "select id, device, metric, component from series"

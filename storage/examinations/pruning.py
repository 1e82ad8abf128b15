"""How the ledger stays as small as what can still be corrected.

Where raw readings have been dropped no count can be put right, so entries of that time serve nothing. The
last published value of each counter stays, because the next one is counted from it. What arrives of that time
afterwards is not taken: it would be counted anew.
"""

import sqlite3

_BY_TIME = {"series": "began_at", "exposures": "at", "steps": "began_at"}


def prune(db: sqlite3.Connection, before: int, studies_before: int) -> None:
    """Drop what began before these moments, UTC ms."""
    for table, column in _BY_TIME.items():
        db.execute(f"delete from {table} where {column} < ?", (before,))
    db.execute(
        "delete from header_reads where (device, series) not in (select device, series from series)"
    )
    old = "select device, study from studies where began_at < ?"
    db.execute(f"delete from archived where (device, study) in ({old})", (studies_before,))
    db.execute("delete from studies where began_at < ?", (studies_before,))
    # The newest publication stays, because its number is where the next one goes on.
    db.execute(
        "delete from published where at < ?1"
        " and publication < (select max(publication) from published)"
        " and (device, metric, at) not in (select device, metric, max(at) from published"
        " where at < ?1 and value is not null group by device, metric)",
        (before,),
    )
    db.execute("delete from pruned")
    db.execute("insert into pruned values (?)", (before,))


def pruned_before(db: sqlite3.Connection) -> int:
    """UTC ms; 0 if nothing ever was dropped."""
    row = db.execute("select max(before) from pruned").fetchone()
    return int(row[0] or 0)

"""The tables of the ledger."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from storage.examinations.entries import Entry, ExposureEntry, SeriesEntry, StepEntry
from storage.files.sqlite_file import SqliteFormat

FORMAT = SqliteFormat(
    version=1,
    tables="""
create table studies (
    device text not null, study blob not null, began_at integer not null,
    primary key (device, study)) without rowid;
create index studies_by_time on studies (device, began_at);
create table series (
    device text not null, study blob not null, series blob not null, began_at integer not null,
    ended_at integer not null, images integer not null, primary key (device, series)) without rowid;
create index series_by_time on series (device, began_at);
create index series_by_name on series (series);
create table exposures (
    device text not null, study blob not null, event blob not null, at integer not null,
    witness text not null, exposures integer not null, scan_s real, tube_load_kj real,
    dap_gy_cm2 real, ctdi_vol_mgy real, dlp_mgy_cm real, primary key (device, event)) without rowid;
create index exposures_by_time on exposures (device, at);
create index exposures_by_study on exposures (device, witness, study);
create table steps (
    device text not null, study blob not null, step blob not null, state text not null,
    began_at integer not null, ended_at integer, primary key (device, step)) without rowid;
create index steps_by_time on steps (device, began_at);
create table covered (device text not null, began_at integer not null, ended_at integer not null);
create table archived (
    device text not null, study blob not null, primary key (device, study)) without rowid;
create table marks (
    device text primary key, since integer not null, revision integer not null) without rowid;
create table published (
    device text not null, metric text not null, at integer not null, value real,
    publication integer not null, primary key (device, metric, at)) without rowid;
create index published_by_time on published (device, at);
create index published_by_number on published (publication);
""",
)

# Came later; a ledger of before gets them when it is opened, and an older Scanward passes them over.
ADDED = """
create table if not exists header_reads (
    device text not null, study blob not null, series blob not null, images integer not null,
    tries integer not null, next_at integer not null, read_at integer not null,
    primary key (device, series)) without rowid;
create index if not exists header_reads_by_study on header_reads (device, study);
create table if not exists pruned (before integer not null);
"""
TABLES = (
    *("studies", "series", "exposures", "steps", "covered", "archived", "marks", "published"),
    "header_reads",
)


@dataclass(frozen=True, slots=True)
class StoredForm:
    """How a kind of entry is stored: the columns are its fields, in their order."""

    key: int  # place of the field that, with `device`, names the thing
    of_row: Callable[[Iterable[Any]], Entry]
    find: str  # the row of the same thing
    put: str

    def key_of(self, entry: Entry) -> tuple[object, object]:
        """What names the thing."""
        return entry.device, entry[self.key]


def _form(table: str, kind: type[Entry], key: str) -> StoredForm:
    marks = ", ".join("?" * len(kind._fields))
    return StoredForm(
        kind._fields.index(key),
        kind._make,
        f"select * from {table} where device = ? and {key} = ?",
        f"insert or replace into {table} values ({marks})",
    )


STORED: dict[type[Entry], StoredForm] = {
    SeriesEntry: _form("series", SeriesEntry, "series"),
    ExposureEntry: _form("exposures", ExposureEntry, "event"),
    StepEntry: _form("steps", StepEntry, "step"),
}

"""Asset sheets in and out of CSV and XLSX, whole or not at all.

A row whose key is known changes that record, another makes one. An empty cell leaves what is there;
`-` clears it. Every mistake of the file is reported at once, with sheet, row and column, and then
nothing is changed.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from core.errors import ConfigError, Mistake
from core.site import Site
from core.strict import did_you_mean
from maintenance.sheets import CLEAR, SHEETS, Column, Sheet
from maintenance.tablefile import Row, Table, read_tables, write_tables
from storage.records import Asset, Component, Contract, house
from storage.records.assets import Condition


class Counts(dict[str, int]):
    """How many rows each sheet brought."""


def import_assets(db: Session, site: Site, path: Path, now: int, sheet: str = "assets") -> Counts:
    """Take a file in; how many rows of each sheet. ConfigError with every mistake: nothing is changed.

    `sheet` is what a CSV file holds; a workbook says so by the names of its sheets.
    """
    tables = read_tables(path, sheet)
    taking = _Taking(db, site, str(path), now)
    for name in tables:
        if name not in SHEETS:
            taking.complain(f"sheet {name}", f"unknown sheet{did_you_mean(name, SHEETS)}")
    counts = Counts()
    for name, kind in SHEETS.items():  # in the order in which they refer to one another
        if name in tables:
            taking.take(name, kind, tables[name])
            counts[name] = len(tables[name].rows)
    if taking.mistakes:
        raise ConfigError(taking.mistakes)
    return counts


def export_assets(db: Session, path: Path, sheet: str = "assets") -> Counts:
    """Write all sheets into an XLSX file, or one into CSV; what is written can be imported again."""
    tables = {name: _table(db, kind) for name, kind in SHEETS.items()}
    write_tables(path, tables, sheet)
    shown = tables if path.suffix.lower() == ".xlsx" else {sheet: tables[sheet]}
    return Counts({name: len(table.rows) for name, table in shown.items()})


def sheet_of(db: Session, site: Site, device: str, now: int) -> Asset:
    """The sheet of a device, begun from the site file if nobody has yet."""
    sheet = db.get(Asset, device)
    if sheet is None:
        entry = site.devices[device]
        sheet = Asset(
            id=device,
            name=entry.name,
            entered_at=now,
            updated_at=now,
            model=entry.profile.title,
            serial=entry.serial,
            location=entry.room,
        )
        db.add(sheet)
        db.flush()
    return sheet


def conditions(db: Session, now: int) -> dict[str, Condition]:
    """How each asset is: as its sheet says, but what stands still now is down, in part limited.

    Planned maintenance leaves it as the sheet says. Retired, not in use and down stay what they are.
    """
    found = {sheet.id: sheet.condition for sheet in house.assets(db)}
    for piece in house.downtimes(db, now, now + 1):
        is_worse = found.get(piece.device) in ("working", "limited") and piece.cause != "planned"
        if is_worse and piece.began_at <= now:
            found[piece.device] = "down" if piece.extent == "hard" else "limited"
    return found


class _Taking:
    """One file on its way in."""

    def __init__(self, db: Session, site: Site, file: str, now: int) -> None:
        self._db = db
        self._site = site
        self._file = file
        self._now = now
        self._known = {name: _by_key(db, kind) for name, kind in SHEETS.items()}
        self.mistakes: list[Mistake] = []

    def complain(self, where: str, text: str) -> None:
        self.mistakes.append(Mistake(self._file, where, text))

    def take(self, name: str, kind: Sheet, table: Table) -> None:
        for column in table.columns:
            if column not in kind.columns:
                hint = did_you_mean(column, kind.columns)
                self.complain(f"{name} row 1, column {column}", f"unknown column{hint}")
        for column in kind.key:
            if column in kind.needs and column not in table.columns:
                self.complain(f"{name} row 1", f"the column {column!r} is missing")
                return
        seen: dict[tuple[str, ...], int] = {}
        for row in table.rows:
            key = tuple(row.cells.get(column, "") for column in kind.key)
            if key in seen:
                self.complain(f"{name} row {row.number}", f"is also row {seen[key]}")
            seen.setdefault(key, row.number)
            self._take_row(name, kind, key, row)

    def _take_row(self, name: str, kind: Sheet, key: tuple[str, ...], row: Row) -> None:
        before = len(self.mistakes)
        values = {
            column.attribute: self._value(name, row, title, column)
            for title, column in kind.columns.items()
            if title in row.cells
        }
        record = self._known[name].get(key)
        for title in kind.needs:
            if row.cells.get(title, CLEAR if record is None else "") == CLEAR:
                self.complain(f"{name} row {row.number}, column {title}", "is required")
        if len(self.mistakes) > before:
            return
        if record is None:
            record = self._made(kind, values)
            self._known[name][key] = record
        for attribute, value in values.items():
            setattr(record, attribute, value)
        if isinstance(record, Asset):
            record.updated_at = self._now

    def _value(self, sheet: str, row: Row, title: str, column: Column) -> object:
        cell, where = row.cells[title], f"{sheet} row {row.number}, column {title}"
        if cell == CLEAR:
            return _cleared(column)
        try:
            value = column.parse(cell)
        except ValueError as error:
            self.complain(where, str(error))
            return None
        if not column.refers_to:
            return value
        known = self._known[column.refers_to]
        if (cell,) not in known:
            hint = did_you_mean(cell, [one for (one,) in known])
            self.complain(where, f"{cell!r} is not in {column.refers_to}{hint}")
            return None
        return known[cell,].id

    def _made(self, kind: Sheet, values: dict[str, Any]) -> Any:
        """A new record with what it must have; it is in the session, so others may refer to it."""
        if kind.model is Asset:
            made: Any = Asset(
                id=values["id"], name=values["name"], entered_at=self._now, updated_at=self._now
            )
        elif kind.model is Component:
            asset = self._known["assets"][values["asset_id"],]
            made = Component(asset=asset, name=values["name"])
        else:
            needed = {kind.columns[title].attribute for title in kind.needs}
            made = kind.model(**{name: values[name] for name in needed})
        self._db.add(made)
        self._db.flush()
        return made


def _cleared(column: Column) -> object:
    return [] if column.attribute in ("devices", "profiles") else _NOTHING.get(column.attribute, "")


# What a cleared cell becomes where it is not an empty text.
_NOTHING: Mapping[str, object] = {
    "supplier_id": None,
    "contract_id": None,
    "vendor_id": None,
    "price_cents": None,
    "income_cents": None,
    "criticality": None,
    "life_count": None,
    "life_days": None,
    "response_h": None,
    "resolution_h": None,
    "cost_cents": 0,
    "counter_at_install": 0.0,
    "minimum": 0,
    "lead_days": 0,
    "condition": "working",
    "opens": "00:00",
    "closes": "24:00",
}


def _by_key(db: Session, kind: Sheet) -> dict[tuple[str, ...], Any]:
    found: dict[tuple[str, ...], Any] = {}
    for record in house.all_of(db, kind.model):
        attributes = [kind.columns[title].attribute for title in kind.key]
        found[tuple(str(getattr(record, name)) for name in attributes)] = record
    return found


def _table(db: Session, kind: Sheet) -> Table:
    contracts = {contract.id: contract.number for contract in house.all_of(db, Contract)}
    rows = []
    for number, record in enumerate(house.all_of(db, kind.model), start=2):
        cells = {}
        for title, column in kind.columns.items():
            value = getattr(record, column.attribute)
            value = contracts.get(value) if column.refers_to == "contracts" else value
            if said := column.say(value):
                cells[title] = said
        rows.append(Row(number, cells))
    return Table(list(kind.columns), rows)

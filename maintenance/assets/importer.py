"""Rows of text on their way into the records: judged cell by cell, and what each of them changes."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from core.errors import Mistake
from core.schema.strict_model import did_you_mean
from core.text.phrase import Phrase
from maintenance.assets.columns import CLEAR, SHEETS, Column, Sheet
from maintenance.assets.workbook import Row, Table
from storage.records import Asset, Component, Contract
from storage.records import base as table_rows

Key = tuple[str, ...]  # what the rows of a sheet are told apart by, as cells


class Cell(NamedTuple):
    """One column of a record that changes, as cells say it; empty is nothing."""

    column: str
    before: str
    after: str


class Change(NamedTuple):
    """What one row does to one record."""

    sheet: str
    key: Key
    is_new: bool
    cells: tuple[Cell, ...]


class Taking:
    """One file, or one form, on its way in. With a mistake nothing of it may be kept."""

    def __init__(self, db: Session, file: str, now: int) -> None:
        self._db = db
        self._file = file
        self._now = now
        self._known = {name: _by_key(db, kind) for name, kind in SHEETS.items()}
        self.mistakes: list[Mistake] = []
        self.changes: list[Change] = []

    def knows(self, name: str, key: Key) -> bool:
        """Whether there is such a record."""
        return key in self._known[name]

    def complain(self, where: str, text: str) -> None:
        """One more mistake."""
        self.mistakes.append(Mistake(self._file, where, text))

    def take(self, name: str, table: Table) -> None:
        """All rows of a sheet."""
        kind = SHEETS[name]
        for column in table.columns:
            if column not in kind.columns:
                hint = did_you_mean(column, kind.columns)
                self.complain(_place(name, 1, column), Phrase("unknown column{hint}", hint=hint))
        for column in kind.key:
            if column in kind.needs and column not in table.columns:
                self.complain(
                    _place(name, 1), Phrase("the column {column!r} is missing", column=column)
                )
                return
        seen: dict[Key, int] = {}
        for row in table.rows:
            key = tuple(row.cells.get(column, "") for column in kind.key)
            if key in seen:
                self.complain(_place(name, row.number), Phrase("is also row {row}", row=seen[key]))
            seen.setdefault(key, row.number)
            self.take_row(name, key, row)

    def take_row(self, name: str, key: Key, row: Row) -> None:
        """One row, which changes the record of that key or makes it."""
        kind = SHEETS[name]
        before = len(self.mistakes)
        values = {
            column.attribute: self._value(name, row, title, column)
            for title, column in kind.columns.items()
            if title in row.cells
        }
        record = self._known[name].get(key)
        for title in kind.needs:
            if row.cells.get(title, CLEAR if record is None else "") == CLEAR:
                self.complain(_place(name, row.number, title), Phrase("is required"))
        if len(self.mistakes) > before:
            return
        is_new = record is None
        old = {} if is_new else self._said(kind, record)
        if is_new:
            record = self._known[name][key] = self._made(kind, values)
        for attribute, value in values.items():
            setattr(record, attribute, value)
        cells = _changed(kind, old, self._said(kind, record))
        if cells:
            self.changes.append(Change(name, key, is_new, cells))
        if cells and isinstance(record, Asset):
            record.updated_at = self._now

    def _said(self, kind: Sheet, record: Any) -> dict[str, str]:
        known = self._known["contracts"].items()
        return said(kind, record, {contract.id: number for (number,), contract in known})

    def _value(self, sheet: str, row: Row, title: str, column: Column) -> object:
        cell, where = row.cells[title], _place(sheet, row.number, title)
        if cell == CLEAR:
            return _cleared(column)
        try:
            value = column.parse(cell)
        except ValueError as error:
            self.complain(where, error.args[0])
            return None
        if not column.refers_to:
            return value
        known = self._known[column.refers_to]
        if (cell,) not in known:
            hint = did_you_mean(cell, [one for (one,) in known])
            text = Phrase(
                "{cell!r} is not in {sheet}{hint}", cell=cell, sheet=column.refers_to, hint=hint
            )
            self.complain(where, text)
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


def said(kind: Sheet, record: Any, contracts: Mapping[int, str]) -> dict[str, str]:
    """A record as cells, without those that say nothing; `contracts` are the numbers by id."""
    cells = {}
    for title, column in kind.columns.items():
        value = getattr(record, column.attribute)
        value = contracts.get(value) if column.refers_to == "contracts" else value
        if text := column.say(value):
            cells[title] = text
    return cells


def numbers(db: Session) -> dict[int, str]:
    """How the contracts are called, by id."""
    return {contract.id: contract.number for contract in table_rows.all_rows(db, Contract)}


def _changed(kind: Sheet, old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Cell, ...]:
    pairs = ((title, old.get(title, ""), new.get(title, "")) for title in kind.columns)
    return tuple(Cell(*pair) for pair in pairs if pair[1] != pair[2])


def _place(sheet: str, row: int, column: str = "") -> str:
    """Where a cell is: in a file by its row, in a form (row 0) by its column."""
    if row and column:
        return Phrase("{sheet} row {row}, column {column}", sheet=sheet, row=row, column=column)
    return Phrase("{sheet} row {row}", sheet=sheet, row=row) if row else column


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
    for record in table_rows.all_rows(db, kind.model):
        attributes = [kind.columns[title].attribute for title in kind.key]
        found[tuple(str(getattr(record, name)) for name in attributes)] = record
    return found

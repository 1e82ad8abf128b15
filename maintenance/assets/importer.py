"""Rows of text as they are imported into the records: judged cell by cell, and what each changes."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from core.errors import Mistake
from core.schema.strict_model import did_you_mean
from core.text.phrase import Phrase
from core.text.plain import control_in
from maintenance.assets.columns import CLEAR, SHEETS, RecordSheet, SheetColumn, day
from maintenance.assets.duplicates import SerialHolders
from maintenance.assets.rules import broken_rules
from maintenance.assets.workbook import LONGEST_CELL, SheetRow, SheetTable
from storage.records import Asset, Component, Contract
from storage.records import base as table_rows
from storage.records.transaction import Transaction

Key = tuple[str, ...]  # what the rows of a sheet are told apart by, as cells


class CellChange(NamedTuple):
    """One column of a record that changes, as cells; an empty one is no value."""

    column: str
    before: str
    after: str


class RecordChange(NamedTuple):
    """What one row does to one record."""

    sheet: str
    key: Key
    is_new: bool
    cells: tuple[CellChange, ...]


class SheetImport:
    """One file, or one form, as it is imported. With a mistake nothing of it may be kept."""

    def __init__(self, tx: Transaction, file: str) -> None:
        self._tx = tx
        self._file = file
        self._known = {name: _by_key(tx.db, kind) for name, kind in SHEETS.items()}
        # As they are written, by how they would be without capitals: `c-7` is not a new `C-7`.
        self._written = {
            (name, _folded(key)): key for name, all_ in self._known.items() for key in all_
        }
        self._rows: dict[tuple[str, Key], int] = {}
        self.mistakes: list[Mistake] = []
        self.changes: list[RecordChange] = []

    def has(self, name: str, key: Key) -> bool:
        """Whether there is such a record."""
        return key in self._known[name]

    def add_mistake(self, where: str, text: str) -> None:
        """One more mistake."""
        self.mistakes.append(Mistake(self._file, where, text))

    def import_table(self, name: str, table: SheetTable) -> None:
        """All rows of a sheet."""
        kind = SHEETS[name]
        for column, count in Counter(table.columns).items():
            where = _place(name, table.head, column)
            if column not in kind.columns:
                hint = did_you_mean(column, kind.columns)
                self.add_mistake(where, Phrase("unknown column{hint}", hint=hint))
            if count > 1:
                self.add_mistake(
                    where, Phrase("the column {column!r} is there twice", column=column)
                )
        for column in kind.key:
            if column in kind.needs and column not in table.columns:
                self.add_mistake(
                    _place(name, table.head),
                    Phrase("the column {column!r} is missing", column=column),
                )
                return
        for number, text in table.mistakes:
            self.add_mistake(_place(name, number), text)
        seen: dict[Key, int] = {}
        for row in table.rows:
            key = tuple(row.cells.get(column, "") for column in kind.key)
            if key in seen:
                self.add_mistake(
                    _place(name, row.number), Phrase("is also row {row}", row=seen[key])
                )
            seen.setdefault(key, row.number)
            self.import_row(name, key, row)

    def import_row(self, name: str, key: Key, row: SheetRow) -> None:
        """One row, which changes the record of that key or makes it."""
        kind = SHEETS[name]
        before = len(self.mistakes)
        values = {
            column.attribute: self._value(name, row, title, column)
            for title, column in kind.columns.items()
            if title in row.cells
        }
        record = self._known[name].get(key)
        if record is None and (other := self._written.get((name, _folded(key)))):
            text = Phrase(
                "{cell!r} is there as {other!r}: write it so", cell=key[-1], other=other[-1]
            )
            self.add_mistake(_place(name, row.number, kind.key[-1]), text)
        for title in kind.needs:
            if row.cells.get(title, CLEAR if record is None else "") == CLEAR:
                self.add_mistake(_place(name, row.number, title), Phrase("is required"))
        if len(self.mistakes) > before:
            return
        is_new = record is None
        old = {} if is_new else self._cells(kind, record)
        if is_new:
            record = self._known[name][key] = self._new_record(kind, values)
            self._written[name, _folded(key)] = key
        for attribute, value in values.items():
            setattr(record, attribute, value)
        for title, text in broken_rules(name, record):
            self.add_mistake(_place(name, row.number, title), text)
        self._rows[name, key] = row.number
        cells = _changed(kind, old, self._cells(kind, record))
        if cells:
            self.changes.append(RecordChange(name, key, is_new, cells))
        if cells and isinstance(record, Asset):
            record.updated_at = self._tx.now

    def questions(self) -> list[Mistake]:
        """What a changed serial number has in common with that of another machine."""
        holders = SerialHolders(self._known, list(self._tx.site.devices.values()))
        return [
            Mistake(
                self._file,
                _place(change.sheet, self._rows[change.sheet, change.key], "serial"),
                Phrase(
                    "{cell!r} is also a serial number of {other}: are they two?",
                    cell=shared.serial,
                    other=shared.other,
                ),
            )
            for change in self.changes
            if any(cell.column == "serial" for cell in change.cells)
            for shared in holders.shared(change.sheet, change.key)
        ]

    def _cells(self, kind: RecordSheet, record: Any) -> dict[str, str]:
        known = self._known["contracts"].items()
        return record_cells(kind, record, {contract.id: number for (number,), contract in known})

    def _value(self, sheet: str, row: SheetRow, title: str, column: SheetColumn) -> object:
        cell, where = row.cells[title], _place(sheet, row.number, title)
        if cell == CLEAR:
            return _cleared(column)
        if sign := control_in(cell):
            text = Phrase(
                "{cell!r} holds a character that nobody can see: {sign}", cell=cell, sign=sign
            )
            self.add_mistake(where, text)
            return None
        if len(cell) > LONGEST_CELL:
            self.add_mistake(where, Phrase("more than {count} characters", count=LONGEST_CELL))
            return None
        try:
            is_day = column.parse is day
            value = day(cell, self._tx.site.file.calendar) if is_day else column.parse(cell)
        except ValueError as error:
            self.add_mistake(where, error.args[0])
            return None
        if not column.refers_to:
            return value
        known = self._known[column.refers_to]
        if (cell,) not in known:
            hint = did_you_mean(cell, [key for (key,) in known])
            text = Phrase(
                "{cell!r} is not in {sheet}{hint}", cell=cell, sheet=column.refers_to, hint=hint
            )
            self.add_mistake(where, text)
            return None
        return known[cell,].id

    def _new_record(self, kind: RecordSheet, values: dict[str, Any]) -> Any:
        """A new record with what it must have; it is in the session, so others may refer to it."""
        if kind.model is Asset:
            new: Any = Asset(
                id=values["id"],
                name=values["name"],
                entered_at=self._tx.now,
                updated_at=self._tx.now,
            )
        elif kind.model is Component:
            asset = self._known["assets"][values["asset_id"],]
            new = Component(asset=asset, name=values["name"])
        else:
            needed = {kind.columns[title].attribute for title in kind.needs}
            new = kind.model(**{name: values[name] for name in needed})
        self._tx.db.add(new)
        self._tx.db.flush()
        return new


def record_cells(kind: RecordSheet, record: Any, contracts: Mapping[int, str]) -> dict[str, str]:
    """A record as cells, without the empty ones; `contracts` are their numbers by id."""
    cells = {}
    for title, column in kind.columns.items():
        value = getattr(record, column.attribute)
        value = contracts.get(value) if column.refers_to == "contracts" else value
        if text := column.to_cell(value):
            cells[title] = text
    return cells


def contract_numbers(db: Session) -> dict[int, str]:
    """The number of each contract, by its id."""
    return {contract.id: contract.number for contract in table_rows.all_rows(db, Contract)}


def _changed(
    kind: RecordSheet, old: Mapping[str, str], new: Mapping[str, str]
) -> tuple[CellChange, ...]:
    pairs = ((title, old.get(title, ""), new.get(title, "")) for title in kind.columns)
    return tuple(CellChange(*pair) for pair in pairs if pair[1] != pair[2])


def _folded(key: Key) -> Key:
    return tuple(part.casefold() for part in key)


def _place(sheet: str, row: int, column: str = "") -> str:
    """Where a cell is: in a file by its row, in a form (row 0) by its column."""
    name = Phrase.stored(sheet)  # as the file calls it, in every language
    if row and column:
        return Phrase("{sheet} row {row}, column {column}", sheet=name, row=row, column=column)
    return Phrase("{sheet} row {row}", sheet=name, row=row) if row else column


def _cleared(column: SheetColumn) -> object:
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


def _by_key(db: Session, kind: RecordSheet) -> dict[tuple[str, ...], Any]:
    records: dict[tuple[str, ...], Any] = {}
    for record in table_rows.all_rows(db, kind.model):
        attributes = [kind.columns[title].attribute for title in kind.key]
        records[tuple(str(getattr(record, name)) for name in attributes)] = record
    return records

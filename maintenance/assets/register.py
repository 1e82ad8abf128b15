"""Asset sheets in and out of CSV and XLSX, whole or not at all, and changed one by one in a form.

A row whose key is known changes that record, another makes one. An empty cell leaves what is there;
`-` clears it. Every mistake of the file is reported at once, with sheet, row and column, and then
nothing is changed. Who and when is in the audit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.orm import Session

from core.errors import ConfigError, Mistake, RefusedError
from core.schema.site import Device, Site
from core.schema.strict_model import did_you_mean
from core.text.phrase import Phrase
from core.vocabulary.assets import AssetCondition
from maintenance.assets.columns import CLEAR, SHEETS, RecordSheet
from maintenance.assets.importer import (
    Key,
    RecordChange,
    SheetImport,
    contract_numbers,
    record_cells,
)
from maintenance.assets.workbook import SheetRow, SheetTable, is_workbook, read_tables, write_tables
from storage.records import Asset
from storage.records import assets as asset_rows
from storage.records import base as table_rows
from storage.records import downtime as downtime_rows
from storage.records.transaction import Transaction, needs

FORM = 0  # the number of a row that is in no file


class RowCounts(dict[str, int]):
    """How many rows of each sheet a file has."""


class ImportResult(NamedTuple):
    """How many rows a file has, which records they change, and what somebody should look at again."""

    counts: RowCounts
    changes: Sequence[RecordChange]
    questions: Sequence[Mistake] = ()


@needs("change asset sheets")
def import_path(
    tx: Transaction, path: Path, sheet: str = "assets", *, sure: bool = False
) -> RowCounts:
    """`import_file` of a file on the disk; how many rows of each sheet.

    What is asked about stops it too, unless somebody is `sure`: here nobody looks at it first.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError([Mistake(str(path), "", error.strerror or str(error))]) from error
    result = import_file(tx, str(path), content, sheet)
    if result.questions and not sure:
        raise ConfigError([_to_be_sure(question) for question in result.questions])
    return result.counts


def _to_be_sure(question: Mistake) -> Mistake:
    text = Phrase("{question} If so, import it with --sure", question=question.text)
    return replace(question, text=text)


@needs("change asset sheets")
def import_file(
    tx: Transaction,
    name: str,
    content: bytes,
    sheet: str = "assets",
    *,
    expected: Sequence[RecordChange] | None = None,
) -> ImportResult:
    """Change the records as the file says. ConfigError with every mistake: nothing is changed.

    `sheet` is what a CSV file holds; a workbook says so by the names of its sheets. RefusedError if
    it changes something else than `expected`, which somebody has looked at before.
    """
    tables = read_tables(name, content, sheet)
    sheet_import = SheetImport(tx, name)
    for title in tables:
        if title not in SHEETS:
            hint = did_you_mean(title, SHEETS)
            sheet_import.add_mistake(
                Phrase("sheet {sheet}", sheet=title), Phrase("unknown sheet{hint}", hint=hint)
            )
    counts = RowCounts()
    for title in SHEETS:  # in the order in which they refer to one another
        if title in tables:
            sheet_import.import_table(title, tables[title])
            counts[title] = len(tables[title].rows)
    if sheet_import.mistakes:
        raise ConfigError(sheet_import.mistakes)
    if expected is not None and list(expected) != sheet_import.changes:
        raise RefusedError("the sheets were changed since you looked: bring the file again")
    return ImportResult(counts, sheet_import.changes, sheet_import.questions())


@needs("change asset sheets")
def preview(tx: Transaction, name: str, content: bytes, sheet: str) -> ImportResult:
    """What `import_file` would change; all that the transaction has written is undone."""
    result = import_file(tx, name, content, sheet)
    tx.db.rollback()
    return result


@needs("change asset sheets")
def revise(tx: Transaction, sheet: str, key: Key, cells: Mapping[str, str]) -> Sequence[Mistake]:
    """Change the record of that key by the cells of a form; without a key it is a new one.

    Returns what somebody should look at again. Here an empty cell clears. The sheet of a device that is changed, or gets a component, is begun
    if it is not yet. ConfigError with every mistake, each at its column; RefusedError if the record
    is gone.
    """
    kind = SHEETS[sheet]
    _begin_sheet(tx, sheet, key, cells)
    sheet_import = SheetImport(tx, "")
    if key and not sheet_import.has(sheet, key):
        raise RefusedError("{key} is no longer in {sheet}", key=" ".join(key), sheet=sheet)
    pairs = zip_longest(kind.key, key, fillvalue="")
    new = tuple(cells.get(column, old).strip() for column, old in pairs)
    if new != key and sheet_import.has(sheet, new):
        sheet_import.add_mistake(kind.key[-1], Phrase("is there already"))
    row = SheetRow(FORM, {title: cell.strip() or CLEAR for title, cell in cells.items()})
    sheet_import.import_row(sheet, key or new, row)
    if sheet_import.mistakes:
        raise ConfigError(sheet_import.mistakes)
    return sheet_import.questions()


def _begin_sheet(tx: Transaction, sheet: str, key: Key, cells: Mapping[str, str]) -> None:
    device = ""
    if sheet in ("assets", "components"):
        device = key[0] if key else cells.get("asset", "")
    if device in tx.site.devices:
        sheet_of(tx, device)


def export_assets(
    db: Session, site: Site, name: str, sheet: str = "assets"
) -> tuple[bytes, RowCounts]:
    """All sheets as an XLSX file, or one as CSV; what is written can be imported again.

    Devices whose sheet nobody has begun are in it as the site file knows them, to be filled in.
    """
    tables = {title: _table(db, kind, site) for title, kind in SHEETS.items()}
    shown = tables if is_workbook(name) else {sheet: tables[sheet]}
    counts = RowCounts({title: len(table.rows) for title, table in shown.items()})
    return write_tables(name, tables, sheet), counts


def all_sheets(db: Session, site: Site) -> list[Asset]:
    """Every sheet, and what the site file knows of the devices that have none yet, by id."""
    sheets = {device.id: new_sheet(device, 0) for device in site.devices.values()}
    sheets |= {asset.id: asset for asset in asset_rows.assets(db)}
    return [sheets[name] for name in sorted(sheets)]


def sheet_of(tx: Transaction, device: str) -> Asset:
    """The sheet of a device, begun from the site file if nobody has yet."""
    sheet = tx.db.get(Asset, device)
    if sheet is None:
        sheet = new_sheet(tx.device(device), tx.now)
        tx.db.add(sheet)
        tx.db.flush()
    return sheet


def conditions(db: Session, now: int) -> dict[str, AssetCondition]:
    """How each asset is: as its sheet says, but what stands still now is down, in part limited.

    Planned maintenance leaves it as the sheet says. Retired, not in use and down stay what they are.
    """
    by_asset = {sheet.id: sheet.condition for sheet in asset_rows.assets(db)}
    for row in downtime_rows.downtimes(db, now, now + 1):
        is_worse = by_asset.get(row.device) in ("working", "limited") and row.cause != "planned"
        if is_worse and row.began_at <= now:
            by_asset[row.device] = "down" if row.extent == "hard" else "limited"
    return by_asset


def new_sheet(device: Device, now: int) -> Asset:
    """What the site file knows of a device, as the beginning of a sheet that is kept nowhere yet."""
    return Asset(
        id=device.id,
        name=device.name,
        entered_at=now,
        updated_at=now,
        model=device.profile.title,
        serial=device.serial,
        location=device.room,
    )


def _table(db: Session, kind: RecordSheet, site: Site) -> SheetTable:
    contracts = contract_numbers(db)
    records = all_sheets(db, site) if kind.model is Asset else table_rows.all_rows(db, kind.model)
    rows = [
        SheetRow(at, record_cells(kind, record, contracts))
        for at, record in enumerate(records, start=2)
    ]
    return SheetTable(list(kind.columns), rows)

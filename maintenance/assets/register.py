"""Asset sheets in and out of CSV and XLSX, whole or not at all, and changed one by one in a form.

A row whose key is known changes that record, another makes one. An empty cell leaves what is there;
`-` clears it. Every mistake of the file is reported at once, with sheet, row and column, and then
nothing is changed. Who and when is in the audit.
"""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.orm import Session

from core.errors import ConfigError, Mistake, RefusedError
from core.schema.site import Device, Site
from core.schema.strict_model import did_you_mean
from core.text.phrase import Phrase
from core.vocabulary.assets import AssetCondition
from maintenance.assets.columns import CLEAR, SHEETS, Sheet
from maintenance.assets.importer import Change, Key, Taking, numbers, said
from maintenance.assets.workbook import Row, Table, is_workbook, read_tables, write_tables
from storage.records import Asset
from storage.records import assets as asset_rows
from storage.records import base as table_rows
from storage.records import downtime as downtime_rows

FORM = 0  # the number of a row that is in no file


class Counts(dict[str, int]):
    """How many rows each sheet brought."""


class Taken(NamedTuple):
    """What a file brought, and what it changed."""

    counts: Counts
    changes: Sequence[Change]


def import_assets(db: Session, path: Path, now: int, sheet: str = "assets") -> Counts:
    """Take a file in; how many rows of each sheet. ConfigError with every mistake: nothing is changed.

    `sheet` is what a CSV file holds; a workbook says so by the names of its sheets.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError([Mistake(str(path), "", error.strerror or str(error))]) from error
    return take_in(db, str(path), data, now, sheet).counts


def take_in(db: Session, name: str, data: bytes, now: int, sheet: str = "assets") -> Taken:
    """The same with what is in the file, and what it changes."""
    tables = read_tables(name, data, sheet)
    taking = Taking(db, name, now)
    for title in tables:
        if title not in SHEETS:
            hint = did_you_mean(title, SHEETS)
            taking.complain(
                Phrase("sheet {sheet}", sheet=title), Phrase("unknown sheet{hint}", hint=hint)
            )
    counts = Counts()
    for title in SHEETS:  # in the order in which they refer to one another
        if title in tables:
            taking.take(title, tables[title])
            counts[title] = len(tables[title].rows)
    if taking.mistakes:
        raise ConfigError(taking.mistakes)
    return Taken(counts, taking.changes)


def revise(db: Session, sheet: str, key: Key, cells: Mapping[str, str], now: int) -> None:
    """Change the record of that key by the cells of a form; without a key it is a new one.

    Here an empty cell clears. ConfigError with every mistake, each at its column; RefusedError if
    the record is gone.
    """
    kind = SHEETS[sheet]
    taking = Taking(db, "", now)
    if key and not taking.knows(sheet, key):
        raise RefusedError("{key} is no longer in {sheet}", key=" ".join(key), sheet=sheet)
    pairs = zip_longest(kind.key, key, fillvalue="")
    new = tuple(cells.get(column, old).strip() for column, old in pairs)
    if new != key and taking.knows(sheet, new):
        taking.complain(kind.key[-1], Phrase("is there already"))
    row = Row(FORM, {title: cell.strip() or CLEAR for title, cell in cells.items()})
    taking.take_row(sheet, key or new, row)
    if taking.mistakes:
        raise ConfigError(taking.mistakes)


def export_assets(
    db: Session, site: Site, name: str, sheet: str = "assets"
) -> tuple[bytes, Counts]:
    """All sheets as an XLSX file, or one as CSV; what is written can be imported again.

    Devices whose sheet nobody has begun are in it as the site file knows them, to be filled in.
    """
    tables = {title: _table(db, kind, site) for title, kind in SHEETS.items()}
    shown = tables if is_workbook(name) else {sheet: tables[sheet]}
    counts = Counts({title: len(table.rows) for title, table in shown.items()})
    return write_tables(name, tables, sheet), counts


def all_sheets(db: Session, site: Site) -> list[Asset]:
    """Every sheet, and what the site file knows of the devices that have none yet, by id."""
    found = {device.id: begun(device, 0) for device in site.devices.values()}
    found |= {asset.id: asset for asset in asset_rows.assets(db)}
    return [found[name] for name in sorted(found)]


def sheet_of(db: Session, site: Site, device: str, now: int) -> Asset:
    """The sheet of a device, begun from the site file if nobody has yet."""
    sheet = db.get(Asset, device)
    if sheet is None:
        sheet = begun(site.devices[device], now)
        db.add(sheet)
        db.flush()
    return sheet


def conditions(db: Session, now: int) -> dict[str, AssetCondition]:
    """How each asset is: as its sheet says, but what stands still now is down, in part limited.

    Planned maintenance leaves it as the sheet says. Retired, not in use and down stay what they are.
    """
    found = {sheet.id: sheet.condition for sheet in asset_rows.assets(db)}
    for piece in downtime_rows.downtimes(db, now, now + 1):
        is_worse = found.get(piece.device) in ("working", "limited") and piece.cause != "planned"
        if is_worse and piece.began_at <= now:
            found[piece.device] = "down" if piece.extent == "hard" else "limited"
    return found


def begun(device: Device, now: int) -> Asset:
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


def _table(db: Session, kind: Sheet, site: Site) -> Table:
    contracts = numbers(db)
    records = all_sheets(db, site) if kind.model is Asset else table_rows.all_rows(db, kind.model)
    rows = [Row(at, said(kind, record, contracts)) for at, record in enumerate(records, start=2)]
    return Table(list(kind.columns), rows)

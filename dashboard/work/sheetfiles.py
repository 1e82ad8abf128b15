"""Asset sheets as files: taken in after a look at what would change, written out, and labels."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import RefusedError
from dashboard.forms import writing
from dashboard.queries import stores
from maintenance.assets import register as assets
from maintenance.assets.importer import Change
from maintenance.assets.labels import label_sheet, labels_of

LARGEST_MB = 10


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that somebody brought. `sheet` is what it holds if it is CSV."""

    name: str
    data: bytes
    sheet: str


def look(brought: Brought) -> Sequence[Change]:
    """What it would change; nothing is kept. ConfigError with every mistake."""
    with writing() as desk:
        taken = assets.take_in(desk.db, brought.name, brought.data, desk.now, brought.sheet)
        desk.db.rollback()
    return taken.changes


def take_in(brought: Brought, seen: Sequence[Change]) -> int:
    """Take it in as it was looked at; how many records changed."""
    with writing() as desk:
        taken = assets.take_in(desk.db, brought.name, brought.data, desk.now, brought.sheet)
        if list(taken.changes) != list(seen):
            raise RefusedError("the sheets were changed since you looked: bring the file again")
        return len(taken.changes)


def written(name: str, sheet: str = "assets") -> bytes:
    """All sheets as a workbook, or one as CSV, by the name of the file."""
    with stores.records().reading() as db:
        return assets.export_assets(db, stores.site(), name, sheet)[0]


def labels(devices: Sequence[str], url: str, skip: int) -> bytes:
    """The stickers of these devices, as PDF."""
    with stores.records().reading() as db:
        return label_sheet(labels_of(db, stores.site(), devices, url or None), skip)

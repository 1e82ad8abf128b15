"""What the commands share: the site file, its records open, and tables of text.

Most commands need one library of many, and `--help` none: what takes long to import is imported
where it is used, here and in the commands. tests/app/test_import_cost.py says what may be loaded.
"""

import getpass
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.clock import now
from core.errors import ConfigError, Mistake, RefusedError
from core.time.clock import from_ms, to_ms

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.schema.site import Device, Site
    from storage.records import Records


def _me() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "command line"


ME = _me()
DEFAULT_SITE = Path("config/site.yaml")
SiteOption = Annotated[Path, typer.Option("--site", help="The site file.")]
ByOption = Annotated[str, typer.Option("--by", help="Who does it.")]


@dataclass(frozen=True, slots=True)
class House:
    """A site with its records open."""

    site: "Site"
    records: "Records"

    def device(self, name: str) -> "Device":
        from core.schema.strict_model import did_you_mean

        if name not in self.site.devices:
            hint = did_you_mean(name, self.site.devices)
            raise RefusedError("there is no device {device!r}{hint}", device=name, hint=hint)
        return self.site.devices[name]

    def say(self, at: int | None) -> str:
        """A moment as the site's clocks show it."""
        return "" if at is None else from_ms(at, self.site.zone).strftime("%Y-%m-%d %H:%M")

    def moment(self, text: str) -> int:
        """`2026-10-31` or `2026-10-31 08:15`, in the site's zone."""
        try:
            return to_ms(datetime.fromisoformat(text).replace(tzinfo=self.site.zone))
        except ValueError:
            raise RefusedError(
                "{text!r} is not a time; write 2026-10-31 08:15", text=text
            ) from None


def load_site(path: Path) -> "Site":
    """The site file, checked; ConfigError with every mistake in it."""
    from core.schema.load import load_site as checked

    return checked(path)


@contextmanager
def opened(path: Path) -> Iterator[House]:
    from storage.records import Records

    if not path.exists():
        raise ConfigError([Mistake(str(path), "", "no such file; say which site with --site FILE")])
    site = load_site(path)
    records = Records(site.records_url, now=now)
    try:
        records.upgrade()
        yield House(site, records)
    finally:
        records.close()


@contextmanager
def writing(path: Path, by: str) -> Iterator[tuple[House, "Session", int]]:
    """The same with one transaction in the name of `by`, and the time that it is made."""
    with opened(path) as house:
        at = now()
        with house.records.writing(by, at) as db:
            yield house, db, at


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Columns as wide as what is in them."""
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(head))]
    for row in cells:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo(line.rstrip())

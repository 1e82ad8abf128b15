"""What the commands about the work share: a site with its records open, and tables of text."""

import getpass
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app.clock import now
from core.errors import ConfigError, Mistake, RefusedError
from core.schema.load import load_site
from core.schema.site import Site
from core.time.clock import from_ms, to_ms
from storage.records import Records
from storage.records.transaction import Transaction, transaction


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
class SiteSession:
    """A site with its records open."""

    site: Site
    records: Records

    @contextmanager
    def writing(self, by: str) -> Iterator[Transaction]:
        """The command line's only door to writing: one transaction for a service function."""
        with transaction(self.records, self.site, by, now()) as tx:
            yield tx

    def wall_clock(self, at: int | None) -> str:
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


@contextmanager
def opened(path: Path) -> Iterator[SiteSession]:
    if not path.exists():
        raise ConfigError([Mistake(str(path), "", "no such file; say which site with --site FILE")])
    site = load_site(path)
    records = Records(site.records_url, now=now)
    try:
        records.upgrade()
        yield SiteSession(site, records)
    finally:
        records.close()


@contextmanager
def writing(path: Path, by: str) -> Iterator[Transaction]:
    """One transaction at the site of that file, in the name of `by`: all of it or nothing."""
    with opened(path) as centre, centre.writing(by) as tx:
        yield tx


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Columns as wide as what is in them."""
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(head))]
    for row in cells:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo(line.rstrip())

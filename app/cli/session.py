"""What the commands share: the site file, its records open, and tables of text.

Most commands need one library of many, and `--help` none: what takes long to import is imported
where it is used, here and in the commands. tests/app/test_import_cost.py says what may be loaded.
"""

import getpass
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.clock import now
from core.errors import ConfigError, Mistake, RefusedError
from core.number_input import latin, number
from core.text import times
from core.time.clock import to_ms
from core.time.typed_day import FIRST_YEAR, typed_day

if TYPE_CHECKING:
    from core.schema.site import Site
    from storage.records import Records
    from storage.records.transaction import Transaction


def _me() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "command line"


ME = _me()
DEFAULT_SITE = Path("config/site.yaml")
SiteOption = Annotated[Path, typer.Option("--site", help="The site file.")]
ByOption = Annotated[str, typer.Option("--by", help="Who does it.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why.")]
SureOption = Annotated[
    bool, typer.Option("--sure", help="The running number that was asked about is right.")
]


@dataclass(frozen=True, slots=True)
class SiteSession:
    """A site with its records open."""

    site: "Site"
    records: "Records"

    @contextmanager
    def writing(self, by: str) -> "Iterator[Transaction]":
        """The command line's only door to writing: one transaction for a service function.

        Whoever may write into the storage folder has every right; `cli:` before the name keeps it from
        being taken for that of a person who signed in.
        """
        from storage.records.transaction import transaction

        with transaction(self.records, self.site, f"cli:{by}", now()) as tx:
            yield tx

    def wall_clock(self, at: int | None) -> str:
        """A moment as the site's clocks show it."""
        return "" if at is None else times.timestamp(at, self.site.zone)

    def moment(self, text: str) -> int:
        """`2026-10-31` or `2026-10-31 08:15`, in the site's zone; a Solar Hijri day where that is its calendar."""
        typed = latin(text)
        try:
            if typed[:4].isdecimal() and int(typed[:4]) < FIRST_YEAR:
                typed = f"{typed_day(typed[:10], self.site.file.calendar)}{typed[10:]}"
        except ValueError as error:
            raise RefusedError("{why}", why=error.args[0]) from None
        try:
            return to_ms(datetime.fromisoformat(typed).replace(tzinfo=self.site.zone))
        except ValueError:
            raise RefusedError(
                "{text!r} is not a time; write 2026-10-31 08:15", text=text
            ) from None


def load_site(path: Path) -> "Site":
    """The site file, checked; ConfigError with every mistake in it."""
    from core.schema.load import load_site as checked

    return checked(path)


def load_watched(path: Path, *, once: bool) -> "Site":
    """The checked site; this process ends when its file says something else, unless it is there for `once`."""
    from app.services.site_watch import end_when_changed

    site = load_site(path)
    if not once:
        end_when_changed(path, site)
    return site


@contextmanager
def open_site(site: "Site") -> Iterator[SiteSession]:
    """The site with its records open and their tables up to date."""
    from storage.backup.retention import newest
    from storage.records import Records

    records = Records(site.records_url, now=now, newest_backup=partial(newest, site))
    try:
        records.upgrade()
        yield SiteSession(site, records)
    finally:
        records.close()


@contextmanager
def opened(path: Path) -> Iterator[SiteSession]:
    """The same for a site file. ConfigError if there is none, or with every mistake in it."""
    if not path.exists():
        raise ConfigError([Mistake(str(path), "", "no such file; say which site with --site FILE")])
    with open_site(load_site(path)) as centre:
        yield centre


@contextmanager
def writing(path: Path, by: str) -> "Iterator[Transaction]":
    """One transaction at the site of that file, in the name of `by`: all of it or nothing."""
    with opened(path) as centre, centre.writing(by) as tx:
        yield tx


def typed_number(text: str) -> float:
    """A number in any digits; RefusedError says what is wrong with it."""
    try:
        return number(text)
    except ValueError as error:
        raise RefusedError("{why}", why=error.args[0]) from None


def typed_duration(text: str) -> int:
    """Milliseconds of `4h` or `1h30m`, in any digits; RefusedError says what is wrong with it."""
    from core.time.duration import parse_duration

    try:
        return parse_duration(latin(text))
    except ValueError as error:
        raise RefusedError("{why}", why=error.args[0]) from None


def end_of(centre: SiteSession, start: int, length: str, end: str) -> int:
    """UTC ms of what is typed as so long after `start`, or as the moment `end`."""
    if bool(length) == bool(end):
        raise RefusedError("say for how long, or until when")
    return start + typed_duration(length) if length else centre.moment(end)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Columns as wide as what is in them."""
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(head))]
    for row in cells:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo(line.rstrip())

"""All processes of a site: run, and begun with a page where there is no site file yet."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.session import DEFAULT_SITE, SiteOption, load_site
from app.services.signals import until_stopped

if TYPE_CHECKING:
    import asyncio

    from core.schema.site import Site

run_cli = typer.Typer()
PortOption = Annotated[int | None, typer.Option(help="Instead of the site file's port.")]
AddressOption = Annotated[str | None, typer.Option(help="Instead of the site file's address.")]


@run_cli.command()
def run(
    site: SiteOption = DEFAULT_SITE, port: PortOption = None, address: AddressOption = None
) -> None:
    """Collect, judge and show: all processes of a site, kept alive. Without a site file a page asks for it first."""
    if site.exists() or site.is_symlink():
        until_stopped(_all_processes(site, port, address))
        return
    from app.services.first_start import run_after_first_start
    from core.schema.http import Http

    usual = Http()
    place = (address or usual.address, port or usual.port)
    has_begun = []

    async def first(stop: "asyncio.Event") -> None:
        async def keep(stop: "asyncio.Event") -> None:
            await _all_processes(site, port, address)(stop)

        has_begun.append(await run_after_first_start(site, *place, keep, stop))

    until_stopped(first)
    if not has_begun[0]:
        raise typer.Exit(1)  # the process that asked has said why


def _all_processes(
    site: Path, port: int | None, address: str | None
) -> "Callable[[asyncio.Event], Awaitable[None]]":
    """What runs all processes of the site until it is stopped. ConfigError if its file is wrong."""
    from app.services.processes import changed_processes, processes
    from app.services.supervise import supervise

    checked = load_site(site)
    prepare(checked)
    place = (checked, site, port, address)
    commands, changed = processes(*place), changed_processes(*place)
    return lambda stop: supervise(commands, stop, changed)


@run_cli.command("first-start", hidden=True)
def first_start(
    site: SiteOption = DEFAULT_SITE,
    port: Annotated[int, typer.Option(help="Where its page listens.")] = 8501,
    address: Annotated[str, typer.Option(help="By which address.")] = "127.0.0.1",
) -> None:
    """Ask by a page for the site file that is not there yet: what `run` begins with then."""
    from app.services.first_start import FILE_IS_THERE
    from dashboard.http.first_start.server import serve_first_start

    def ready() -> None:
        sys.stdout.buffer.write(FILE_IS_THERE)
        sys.stdout.buffer.flush()

    if not serve_first_start(site, address, port, ready):
        raise typer.Exit(1)


def prepare(site: "Site") -> None:
    """Make the databases before their users start, so that none of them meets an absent file."""
    from storage.backup.retention import newest
    from storage.records import Records

    records = Records(site.records_url, newest_backup=lambda: newest(site))
    records.upgrade()
    records.close()

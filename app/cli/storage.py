"""Commands about what is stored: upgrade, backup, restore, export, import."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.session import DEFAULT_SITE, SiteOption, load_site, load_watched
from app.clock import now
from app.services.signals import stopped_by_signals
from core.errors import ConfigError, Mistake
from core.time.clock import iso

if TYPE_CHECKING:
    from core.schema.site import Site

storage_cli = typer.Typer()
db_cli = typer.Typer(no_args_is_help=True, help="The records database.")
storage_cli.add_typer(db_cli, name="db")


@db_cli.command("upgrade")
def db_upgrade(site: SiteOption = DEFAULT_SITE) -> None:
    """Bring the records database to this version; every command that needs it does so itself."""
    from storage.records import Records

    records = Records(load_site(site).records_url)
    try:
        before = records.revision()
        records.upgrade()
        after = records.revision()
    finally:
        records.close()
    typer.echo(
        f"records are at {after}" if before == after else f"records went from {before} to {after}"
    )


@storage_cli.command()
def backup(
    folder: Annotated[Path | None, typer.Argument(help="Instead of the site file's.")] = None,
    site: SiteOption = DEFAULT_SITE,
    *,
    scheduled: Annotated[
        bool, typer.Option("--scheduled", help="For ever, as the site file's `backup` says.")
    ] = False,
    as_trial: Annotated[
        bool, typer.Option("--try", help="Take none: restore the newest beside, and count it.")
    ] = False,
) -> None:
    """Copy everything that is stored, and the site file, while all runs."""
    if as_trial:
        _try_newest(load_site(site), site, folder)
        return
    from app.services.backup import backup as backup_loop
    from storage.backup.retention import check_disk
    from storage.backup.take import take
    from storage.files.atomic import same_disk

    checked = load_watched(site, once=not scheduled)
    plan = checked.file.backup
    if plan is None and (scheduled or folder is None):
        raise ConfigError([Mistake(str(site), "backup", "is not set; name a folder")])
    if scheduled and plan is not None:
        stop = stopped_by_signals()
        backup_loop(checked, site, plan, stop, now)
    elif folder is not None:
        typer.echo(f"{take(checked, site, folder, now())} is whole")
        if same_disk(folder, checked.series_path.parent):
            text = "it is on the same disk as what it copies: a disk that dies takes both"
            typer.echo(text, err=True)
    elif plan is not None:
        check_disk(checked, plan)
        typer.echo(f"{take(checked, site, plan.folder, now())} is whole")


def _try_newest(checked: "Site", site: Path, folder: Path | None) -> None:
    """Exit code 1 if it cannot be restored."""
    from storage.backup.retention import finished
    from storage.backup.trial import try_backup

    plan = checked.file.backup
    if folder is None and plan is None:
        raise ConfigError([Mistake(str(site), "backup", "is not set; name a folder")])
    where = folder or (plan.folder if plan else Path())
    newest = next(reversed(finished(where, checked.file.id).values()), None)
    if newest is None:
        raise ConfigError([Mistake(str(where), "", "there is no finished backup of this site")])
    trial = try_backup(checked, newest, now())
    typer.echo(
        f"{newest}: {'can be restored' if trial.is_whole else 'CANNOT be restored'}: {trial.text}"
    )
    if not trial.is_whole:
        sys.exit(1)


@storage_cli.command()
def restore(backup: Path, site: SiteOption = DEFAULT_SITE) -> None:
    """Put a backup back. What is there now is moved aside, and nothing is done by halves."""
    from storage.backup.restore import restore as put_back

    done = put_back(backup, site, now())
    typer.echo(f"restored site {done.manifest.site!r} as it was at {done.manifest.at}")
    typer.echo(done.site_file)
    if done.previous:
        typer.echo(f"what was there is in {done.previous}")


@storage_cli.command()
def salvage(
    damaged: Annotated[Path, typer.Argument(help="As var/series.db.damaged-20261031T081500Z.")],
    output: Annotated[Path, typer.Option("-o", help="The new file; it must not be there yet.")],
) -> None:
    """Copy what can be read of a damaged series file into a new one, and say what was lost."""
    from storage.series.salvage import salvage as copy_readable

    done = copy_readable(damaged, output)
    for table, rows in done.copied.items():
        typer.echo(f"{rows} rows of {table} are in {output}")
    for text in done.lost or ["nothing"]:
        typer.echo(f"lost: {text}")
    typer.echo(
        "to use it: stop `scanward collect`, and rename it to series.db in the storage folder"
    )


@storage_cli.command()
def export(
    output: Annotated[Path, typer.Option("-o", help="FILE.parquet or FILE.lp.")],
    device: Annotated[list[str], typer.Option(help="A device; may be repeated.")],
    since: Annotated[str, typer.Option(help="How far back, as 30d or 12h.")],
    metric: Annotated[str | None, typer.Option(help="Only this one.")] = None,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Write raw readings as Parquet or as InfluxDB line protocol (times in milliseconds)."""
    from core.schema.strict_model import did_you_mean
    from core.time.duration import parse_duration
    from storage.exchange.export import export as write
    from storage.series import SeriesReader

    checked = load_site(site)
    for name in device:
        if name not in checked.devices:
            hint = did_you_mean(name, checked.devices)
            raise ConfigError([Mistake("--device", "", f"unknown device {name!r}{hint}")])
    try:
        start = now() - parse_duration(since)
    except ValueError as error:
        raise ConfigError([Mistake("--since", "", str(error))]) from None
    count = write(SeriesReader(checked.series_path), output, device, metric, start)
    typer.echo(f"{count} readings since {iso(start)} are in {output}")


@storage_cli.command("import")
def import_(file: Path, site: SiteOption = DEFAULT_SITE) -> None:
    """Store the readings of a file. The collector must be stopped. Exit code 1 if a row was bad."""
    from storage.exchange.importer import import_readings
    from storage.series import SeriesWriter

    writer = SeriesWriter(load_site(site).series_path)
    try:
        done = import_readings(writer, file, now(), lambda text: typer.echo(text, err=True))
    finally:
        writer.close()
    typer.echo(f"{done.readings} readings taken in, {done.bad} bad rows left out")
    if done.bad:
        sys.exit(1)

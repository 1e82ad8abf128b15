"""Commands about an installation: is it whole, how does it start by itself."""

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from app.cli.session import DEFAULT_SITE, SiteOption, load_site, load_watched
from app.services.signals import stopped_by_signals
from core.errors import ConfigError, Mistake

install_cli = typer.Typer()
service_cli = typer.Typer(no_args_is_help=True, help="Scanward as services of systemd.")
install_cli.add_typer(service_cli, name="service")
grafana_cli = typer.Typer(no_args_is_help=True, help="Dashboards for the site's Grafana.")
install_cli.add_typer(grafana_cli, name="grafana")


def duration(text: str) -> int:
    """Milliseconds of `1m`."""
    from core.time.duration import parse_duration

    try:
        return parse_duration(text)
    except ValueError as error:
        raise ConfigError([Mistake("--every", "", str(error))]) from None


@install_cli.command()
def doctor(
    site: SiteOption = DEFAULT_SITE,
    *,
    send_test: Annotated[
        bool, typer.Option("--tell", help="Send a test message through every channel.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
) -> None:
    """Look at the whole installation: a line for each check, exit code 1 if one failed."""
    import asyncio

    from app.doctor import examine

    logging.getLogger("collectors").setLevel(logging.CRITICAL)  # a finding says the same
    found = asyncio.run(examine(load_site(site), site, send_test=send_test))
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in found], indent=2))
    else:
        for finding in found:
            typer.echo(str(finding))
    raise typer.Exit(any(finding.outcome == "failed" for finding in found))


@install_cli.command()
def diagnostics(
    to: Annotated[Path, typer.Option("--to", help="FILE.zip, written whole or not at all.")],
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Scanward's own state as one file for who helps from afar: no patient data, no secrets."""
    from app.cli.session import opened
    from app.clock import now
    from dashboard.system.diagnostics import diagnostics as parts_of
    from dashboard.system.facts import system_facts
    from storage.files.atomic import translated, whole_file
    from storage.series.store import open_store

    with opened(site) as centre:
        facts = system_facts(centre.site, centre.records, open_store(centre.site), now())
        with (
            translated("the diagnostics were not written"),
            whole_file(to) as unfinished,
            unfinished.open("wb") as file,
        ):
            for part in parts_of(facts, centre.site, centre.records):
                file.write(part)
    typer.echo(f"{to}: {to.stat().st_size} bytes; look into it before you send it")


@service_cli.command("install")
def service_install(
    site: SiteOption = DEFAULT_SITE,
    user: Annotated[str, typer.Option(help="Who Scanward runs as; made if absent.")] = "scanward",
    root: Annotated[Path, typer.Option(help="Write below this folder, to look first.")] = Path("/"),
) -> None:
    """Write systemd units for the processes of a site; says the commands that start them."""
    from app.install.systemd import hindrances, install

    for path in install(load_site(site), site, root, user):
        typer.echo(f"wrote {path}")
    for text in hindrances(user):
        typer.echo(text, err=True)
    typer.echo(
        "now: systemd-sysusers && systemd-tmpfiles --create && systemctl daemon-reload"
        " && systemctl enable --now scanward.target"
    )


@grafana_cli.command("sync")
def grafana_sync(
    site: SiteOption = DEFAULT_SITE,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Also over dashboards changed by hand.")
    ] = False,
) -> None:
    """Make or update data source, folder, dashboards and marks in the site's Grafana."""
    from app.services.grafana import bring_up_to_date

    for line in bring_up_to_date(load_site(site), site, force=force):
        typer.echo(line)


@grafana_cli.command("provision")
def grafana_provision(
    folder: Annotated[Path, typer.Argument(help="Where the files go.")],
    site: SiteOption = DEFAULT_SITE,
    shown_at: Annotated[
        str, typer.Option(help="What Grafana calls that folder.")
    ] = "/etc/grafana/provisioning",
) -> None:
    """Write data source and dashboards as files that a Grafana reads when it starts."""
    from app.services.grafana import write_files

    for path in write_files(load_site(site), site, folder, shown_at):
        typer.echo(f"wrote {path}")


@grafana_cli.command("annotate")
def grafana_annotate(
    site: SiteOption = DEFAULT_SITE,
    every: Annotated[
        str | None, typer.Option(help="Again and again, as `1m`; without it, once.")
    ] = None,
) -> None:
    """Mark alerts in the charts of the site's Grafana."""
    from app.services.grafana import mark_alerts

    stop = stopped_by_signals()
    mark_alerts(
        load_watched(site, once=every is None), site, stop, duration(every) if every else None
    )

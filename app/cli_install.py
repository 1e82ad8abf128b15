"""Commands about an installation: is it whole, how does it start by itself."""

import asyncio
import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from core.load import load_site

SiteOption = Annotated[Path, typer.Option("--site", help="The site file.")]
DEFAULT_SITE = Path("config/site.yaml")

install_cli = typer.Typer()
service_cli = typer.Typer(no_args_is_help=True, help="Scanward as services of systemd.")
install_cli.add_typer(service_cli, name="service")


@install_cli.command()
def doctor(
    site: SiteOption = DEFAULT_SITE,
    *,
    tell: Annotated[
        bool, typer.Option("--tell", help="Send a test message through every channel.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
) -> None:
    """Look at the whole installation: a line for each check, exit code 1 if one failed."""
    from app.doctor import examine

    logging.getLogger("collectors").setLevel(logging.CRITICAL)  # a finding says the same
    found = asyncio.run(examine(load_site(site), site, tell=tell))
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in found], indent=2))
    else:
        for finding in found:
            typer.echo(str(finding))
    raise typer.Exit(any(finding.outcome == "failed" for finding in found))


@service_cli.command("install")
def service_install(
    site: SiteOption = DEFAULT_SITE,
    user: Annotated[str, typer.Option(help="Who Scanward runs as; made if absent.")] = "scanward",
    root: Annotated[Path, typer.Option(help="Write below this folder, to look first.")] = Path("/"),
) -> None:
    """Write systemd units for the processes of a site; says the commands that start them."""
    from app.service import hindrances, install

    for path in install(load_site(site), site, root, user):
        typer.echo(f"wrote {path}")
    for text in hindrances(user):
        typer.echo(text, err=True)
    typer.echo(
        "now: systemd-sysusers && systemd-tmpfiles --create && systemctl daemon-reload"
        " && systemctl enable --now scanward.target"
    )

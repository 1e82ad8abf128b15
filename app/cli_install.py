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

"""The commands that show and try the ways to tell people."""

from typing import Annotated

import typer

from app.cli.session import DEFAULT_SITE, SiteOption, load_site, table
from core.errors import RefusedError

channel_cli = typer.Typer(no_args_is_help=True, help="The ways to tell people.")


@channel_cli.command("list")
def channel_list(site: SiteOption = DEFAULT_SITE) -> None:
    """Every channel, where it leads, and which severities go to it."""
    file = load_site(site).file
    rows = [
        (
            channel.id,
            channel.kind,
            channel.address,
            ", ".join(
                dict.fromkeys(
                    severity
                    for route in file.routes
                    if channel.id in route.channels
                    for severity in route.severities
                )
            ),
        )
        for channel in file.channels
    ]
    table(("channel", "kind", "leads to", "severities"), rows)


@channel_cli.command("test")
def channel_test(
    name: Annotated[str, typer.Argument(help="The channel's id.")],
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Send one test message through one channel; exit code 1, with the reason, if it does not leave."""
    from alerts.channels import sender
    from alerts.notification.trial import trial
    from core.schema.strict_model import did_you_mean

    checked = load_site(site)
    channels = {channel.id: channel for channel in checked.file.channels}
    if name not in channels:
        hint = did_you_mean(name, channels)
        raise RefusedError("there is no channel {channel!r}{hint}", channel=name, hint=hint)
    way = sender(checked, channels[name])
    typer.echo(f"{name}: {way.check()}")
    way.send(trial(checked, name))
    typer.echo(f"{name}: took a test message; has it arrived?")

"""The command line."""

import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.alert import alert_cli, silence_cli
from app.cli.backtest import backtest_cli
from app.cli.bundle import bundle_cli
from app.cli.certificate import certificate_cli
from app.cli.channel import channel_cli
from app.cli.detect import detect_cli
from app.cli.incident import incident_cli
from app.cli.install import install_cli
from app.cli.maintenance import work_cli
from app.cli.model import model_cli
from app.cli.report import report_cli
from app.cli.rules import rules_cli
from app.cli.search import search_cli
from app.cli.session import DEFAULT_SITE, SiteOption, load_site
from app.cli.storage import storage_cli
from app.cli.user import user_cli
from app.cli.window import window_cli
from app.services.signals import stop_by_signals, stopped_by_signals
from core.errors import ConfigError, Mistake, ScanwardError

if TYPE_CHECKING:
    import asyncio

    from core.schema.plan import Plan
    from core.schema.profile import Profile
    from core.schema.site import Site

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Watches the scanners of an imaging centre and remembers who must do what about them.",
)
config_cli = typer.Typer(no_args_is_help=True, help="What is wrong with the files.")
cli.add_typer(config_cli, name="config")
cli.add_typer(storage_cli)
cli.add_typer(backtest_cli)
cli.add_typer(detect_cli)
cli.add_typer(model_cli, name="model")
cli.add_typer(certificate_cli, name="certificate")
cli.add_typer(channel_cli, name="channel")
cli.add_typer(bundle_cli)
cli.add_typer(incident_cli, name="incident")
cli.add_typer(report_cli)
cli.add_typer(search_cli)
cli.add_typer(rules_cli, name="rules")
cli.add_typer(alert_cli, name="alert")
cli.add_typer(silence_cli)
cli.add_typer(user_cli, name="user")
cli.add_typer(window_cli, name="window")
cli.add_typer(work_cli)
cli.add_typer(install_cli)

OnceOption = Annotated[bool, typer.Option("--once", help="One round, then stop.")]
PortOption = Annotated[int | None, typer.Option(help="Instead of the site file's port.")]


def main() -> None:
    """Run a command. Mistakes in files are printed one a line and the exit code is 1."""
    try:
        cli()
    except ConfigError as error:
        _complain(*(str(mistake) for mistake in error.mistakes))
    except ScanwardError as error:
        _complain(str(error))


ROOMS = (
    *("core", "storage", "collectors", "alerts", "maintenance", "access", "dashboard", "simulator"),
    "app",
)


def _complain(*lines: str) -> None:
    for line in lines:
        print(line, file=sys.stderr)  # noqa: T201  this is the command line
    sys.exit(1)


@cli.callback()
def settings(
    *, verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")] = False
) -> None:
    """Settings for every command."""
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    for chatty in ("alembic", "httpx", "watchdog", "amqtt", "transitions", "fontTools", "fpdf"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # Only our own words: libraries write addresses, headers and answers whole, with the passwords in them.
    for room in ROOMS if verbose else ():
        logging.getLogger(room).setLevel(logging.DEBUG)


@config_cli.command("check")
def config_check(files: Annotated[list[Path] | None, typer.Argument()] = None) -> None:
    """Check site files, profiles and plans; every mistake is printed, the exit code is 1 if there is one.

    A file in a folder named `profiles` is a profile, one in `plans` holds plans, any other is a site
    file. Without a file: config/site.yaml. The rules that the items of plans are come first.
    """
    from core.schema.load import load_profile
    from core.schema.load_plans import load_plans

    mistakes: list[Mistake] = []
    limits: list[str] = []
    files = files or [DEFAULT_SITE]
    for path in files:
        try:
            if path.parent.name == "profiles":
                load_profile(path)
            elif path.parent.name == "plans":
                limits += _item_rules(path.stem, load_plans(path).plans)
            else:
                devices = load_site(path).devices.values()
                limits += (line for d in devices for line in _item_rules(d.id, d.plans, d.profile))
        except ConfigError as error:
            mistakes += error.mistakes
    if mistakes:
        raise ConfigError(list(dict.fromkeys(mistakes)))
    for line in limits:
        typer.echo(line)
    typer.echo(f"{len(files)} file{'s' if len(files) != 1 else ''} checked, nothing wrong")


def _item_rules(
    name: str, plans: "Iterable[Plan]", profile: "Profile | None" = None
) -> Iterator[str]:
    """`ct-1: water_ct_number_high, the limit of an item of its plans`; none for what the profile limits."""
    from core.schema.item_rules import item_rules

    for limit in item_rules(plans):
        rule = limit.rule
        if profile is None or rule in profile.rules:
            yield f"{name}: {rule.id}, {rule.severity}: {rule.metric}, {limit.side} {limit.numbers[0]:g}, of an item of its plans"


@cli.command()
def run(site: SiteOption = DEFAULT_SITE, port: PortOption = None) -> None:
    """Collect, judge and show: all processes of a site, kept alive."""
    from app.services.processes import processes
    from app.services.supervise import supervise

    checked = load_site(site)
    _prepare(checked)
    commands = processes(checked, site, port)
    _until_stopped(lambda stop: supervise(commands, stop))


@cli.command()
def collect(site: SiteOption = DEFAULT_SITE, *, once: OnceOption = False) -> None:
    """Take readings and events from every source of the site."""
    from app.services.collect import STOP_WITHIN_S
    from app.services.collect import collect as collect_loop

    checked = load_site(site)
    _until_stopped(lambda stop: collect_loop(checked, stop, once=once), within_s=STOP_WITHIN_S)


@cli.command()
def maintain(site: SiteOption = DEFAULT_SITE, *, once: OnceOption = False) -> None:
    """Open the work that is due, and count downtime from the alerts."""
    from app.services.maintain import maintain as maintain_loop

    checked = load_site(site)
    stop = stopped_by_signals()
    maintain_loop(checked, stop, once=once)


@cli.command()
def forward(
    site: SiteOption = DEFAULT_SITE,
    *,
    once: Annotated[bool, typer.Option("--once", help="All there is now, then stop.")] = False,
    status: Annotated[
        bool, typer.Option("--status", help="Say how far it is, send nothing.")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Only what was set aside.")] = False,
) -> None:
    """Send readings and events to the site's InfluxDB."""
    from app.services.forward import forward as forward_loop
    from app.services.forward import report, resend_refused

    checked = load_site(site)
    if checked.file.storage.influxdb is None:
        text = "there is no InfluxDB to forward to"
        raise ConfigError([Mistake(str(site), "storage.influxdb", text)])
    if status or again:
        typer.echo(report(checked) if status else resend_refused(checked))
        return
    stop = stopped_by_signals()
    forward_loop(checked, stop, once=once)


@cli.command()
def mail(site: SiteOption = DEFAULT_SITE, *, once: OnceOption = False) -> None:
    """Send what was written in tickets, and take in the replies."""
    from app.services.mail import mail as mail_loop

    checked = load_site(site)
    if checked.file.mail is None:
        raise ConfigError([Mistake(str(site), "mail", "there is no mail server to speak to")])
    stop = stopped_by_signals()
    mail_loop(checked, checked.file.mail, stop, once=once)


@cli.command()
def dashboard(
    site: SiteOption = DEFAULT_SITE,
    port: PortOption = None,
    address: Annotated[str | None, typer.Option(help="Instead of the site file's address.")] = None,
) -> None:
    """Show it in a browser; on this machine only, unless the site file's `http.address` says more."""
    from dashboard.http.server import serve

    checked = load_site(site)
    _prepare(checked)
    http = checked.file.http
    serve(checked, site, port or http.port, address or http.address)


@cli.command()
def demo(
    port: Annotated[int, typer.Option(help="Where the dashboard listens.")] = 8501,
    seed: Annotated[int, typer.Option(help="Another seed is another centre.")] = 7,
    days: Annotated[int, typer.Option(help="Days of history to begin with.")] = 75,
    speed: Annotated[float, typer.Option(help="How fast the centre's physics runs.")] = 1.0,
    fault: Annotated[
        list[str] | None, typer.Option(help="A fault to inject; see simulate.")
    ] = None,
    *,
    fresh: Annotated[bool, typer.Option("--fresh", help="Not on what is there: anew.")] = False,
) -> None:
    """Show a simulated centre with history, every source live over its real protocol."""
    from app.demo.run import demo as demo_loop

    _until_stopped(
        lambda stop: demo_loop(
            stop, port=port, seed=seed, days=days, speed=speed, faults=fault or [], fresh=fresh
        )
    )


@cli.command()
def simulate(
    site: SiteOption = DEFAULT_SITE,
    seed: Annotated[int, typer.Option(help="Another seed is another centre.")] = 7,
    speed: Annotated[float, typer.Option(help="How fast the centre's physics runs.")] = 1.0,
    fault: Annotated[
        list[str] | None, typer.Option(help="NAME[:DEVICE][@START][+DURATION], may be repeated.")
    ] = None,
) -> None:
    """Pretend to be the devices of a site whose addresses are on this machine."""
    from app.demo.run import simulate as simulate_loop

    checked = load_site(site)
    _until_stopped(
        lambda stop: simulate_loop(checked, stop, seed=seed, speed=speed, faults=fault or [])
    )


def _prepare(site: "Site") -> None:
    """Make the databases before their users start, so that none of them meets an absent file."""
    from storage.backup.retention import newest
    from storage.records import Records

    records = Records(site.records_url, newest_backup=lambda: newest(site))
    records.upgrade()
    records.close()


def _until_stopped(
    work: "Callable[[asyncio.Event], Awaitable[None]]", within_s: float | None = None
) -> None:
    """Run `work` with an event that SIGTERM and SIGINT set; ended by force if it stays for `within_s`."""
    import asyncio

    async def until_stopped() -> None:
        stop = asyncio.Event()
        if within_s is not None:
            stop_by_signals(stop, within_s=within_s)
        else:
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await work(stop)

    asyncio.run(until_stopped())

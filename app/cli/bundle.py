"""Commands about diagnostics bundles: make one, check one."""

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.session import DEFAULT_SITE, SiteOption, load_site, opened
from app.clock import now
from core.bounded_file import read_bounded
from core.errors import ConfigError, Mistake
from core.time.clock import iso, to_ms

if TYPE_CHECKING:
    from core.schema.site import Site
    from maintenance.bundle.verify import Verification
    from maintenance.tickets.diagnostics import DiagnosticsBundle


DAMAGED, STRANGER = 1, 3  # exit codes of verify; 2 is Typer's own, for a wrong command line
LARGEST_FILE = 512 * 1024 * 1024  # bytes of a bundle that is looked at; the same unpacked is a trap
_SIZES = {"": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}

bundle_cli = typer.Typer()


@bundle_cli.command()
def bundle(
    device: Annotated[str, typer.Argument(help="Whose diagnostics.")],
    output: Annotated[Path, typer.Option("-o", help="FILE.zip.")],
    ticket: Annotated[int | None, typer.Option(help="Number of the ticket it is for.")] = None,
    since: Annotated[str, typer.Option(help="Of how long every value, as 24h or 7d.")] = "24h",
    around: Annotated[
        str | None,
        typer.Option(help="Time of the fault, as '2026-10-31 12:45' (the site's zone) or ...Z."),
    ] = None,
    max_size: Annotated[str, typer.Option(help="Readings are thinned to fit, as 5MB.")] = "5MB",
    to: Annotated[
        str | None, typer.Option(help="The vendor's age key, or a file of keys: encrypt.")
    ] = None,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Write one ZIP for a device's vendor: a page, readings, events, alerts; signed, no patient data."""
    from maintenance.bundle.encrypt import SUFFIX, encrypt, receivers
    from maintenance.tickets.diagnostics import DiagnosticsRequest, make_bundle
    from storage.files.atomic import translated, whole_file
    from storage.series.store import open_store

    with opened(site) as centre:
        keys = receivers(to) if to else []
        fault = _time(around, centre.site) if around else None
        request = DiagnosticsRequest(device, _span(since), fault, ticket, _size(max_size))
        bundle = make_bundle(centre.site, open_store(centre.site), centre.records, request, now())
    target = output.with_name(output.name + SUFFIX) if keys and output.suffix != SUFFIX else output
    data = encrypt(bundle.archive.data, keys) if keys else bundle.archive.data
    with translated("no bundle was written"), whole_file(target) as part:
        part.write_bytes(data)
    _print_summary(target, len(data), bundle, max_size)


def _print_summary(target: Path, size: int, bundle: "DiagnosticsBundle", max_size: str) -> None:
    fault = "no alert of the device in this time"
    if bundle.fault is not None:
        fault = f"fault at {iso(bundle.fault)}"
        if bundle.fault < bundle.start:
            fault += ", before this time: what was around its beginning is there too"
    typer.echo(f"{target}: {size:,} bytes, {iso(bundle.start)} to {iso(bundle.end)}, {fault}")
    archive = bundle.archive
    if archive.thinned:
        typer.echo(f"readings away from the fault were thinned: {archive.thinned}", err=True)
    if not archive.fits:
        typer.echo(
            f"it is larger than {max_size}: this much is left when only the minutes around the fault,"
            " alerts and warnings remain; try a shorter --since",
            err=True,
        )
    if archive.removed:
        typer.echo(
            f"{archive.removed} stretches of text could have named a person and were removed",
            err=True,
        )


@bundle_cli.command()
def verify(
    file: Annotated[Path | None, typer.Argument(help="A bundle.")] = None,
    signer: Annotated[
        list[Path] | None, typer.Option(help="A public key one knows (PEM); may be repeated.")
    ] = None,
    *,
    key: Annotated[
        bool, typer.Option("--key", help="Print this site's public key, for a vendor.")
    ] = False,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Is a bundle whole, and whose is it? Exit code 1: not whole; 3: whole, by a key not known here."""
    from maintenance.bundle.keys import fingerprint, public_pem, read_public, site_key
    from maintenance.bundle.verify import verify as check

    if key:
        public = site_key(load_site(site)).public_key()
        typer.echo(public_pem(public).decode(), nl=False)
        typer.echo(f"SHA-256 {fingerprint(public)}", err=True)
        return
    if file is None:
        raise ConfigError([Mistake("FILE", "", "name a bundle, or ask for --key")])
    known = [read_public(path) for path in signer or []]
    if not known and site.exists():
        known = [site_key(load_site(site)).public_key()]
    try:
        data = read_bounded(file, LARGEST_FILE)
    except OSError as error:
        raise ConfigError([Mistake(str(file), "", error.strerror or str(error))]) from None
    _print_verification(file, check(data, known))


def _print_verification(file: Path, verification: "Verification") -> None:
    """typer.Exit with the code that says what is wrong, if anything is."""
    if not verification.is_whole:
        for problem in verification.problems:
            typer.echo(f"{file}: {problem}", err=True)
        raise typer.Exit(DAMAGED)
    typer.echo(
        f"{file} is whole: {verification.device} of {verification.site}, made {verification.made}"
    )
    if verification.is_known:
        typer.echo(f"signed by a known key, SHA-256 {verification.signer}")
        return
    typer.echo(
        f"signed by a key that is not known here, SHA-256 {verification.signer}\nAnyone can make a key: ask the"
        " site, by another way than the one the file came by, whether this is theirs.",
        err=True,
    )
    raise typer.Exit(STRANGER)


def _span(text: str) -> int:
    from core.time.duration import parse_duration

    try:
        return parse_duration(text)
    except ValueError as error:
        raise ConfigError([Mistake("--since", "", str(error))]) from None


def _size(text: str) -> int:
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?(kB|MB|GB|)", text)
    if match is None:
        raise ConfigError(
            [Mistake("--max-size", "", f"{text!r} is not a size; write 500kB or 5MB")]
        )
    return round(float(match[1]) * _SIZES[match[2]])


def _time(text: str, site: "Site") -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        form = "write '2026-10-31 12:45' in the site's zone, or '2026-10-31T08:15Z'"
        raise ConfigError([Mistake("--around", "", f"{text!r} is not a time; {form}")]) from None
    return to_ms(moment if moment.tzinfo else moment.replace(tzinfo=site.zone))

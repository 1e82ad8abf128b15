"""Commands about diagnostics bundles: make one, check one."""

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.session import DEFAULT_SITE, SiteOption, load_site
from app.clock import now
from core.errors import ConfigError, Mistake
from core.time.clock import iso, to_ms

if TYPE_CHECKING:
    from core.schema.site import Site


DAMAGED, STRANGER = 1, 3  # exit codes of verify; 2 is Typer's own, for a wrong command line
_SIZES = {"": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}

bundle_cli = typer.Typer()


@bundle_cli.command()
def bundle(
    device: Annotated[str, typer.Argument(help="Whose diagnostics.")],
    output: Annotated[Path, typer.Option("-o", help="FILE.zip.")],
    ticket: Annotated[int | None, typer.Option(help="Number of the ticket it is for.")] = None,
    since: Annotated[str, typer.Option(help="How far back, as 24h or 7d.")] = "24h",
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
    from core.schema.strict_model import did_you_mean
    from maintenance.bundle.content import BundleRequest
    from maintenance.bundle.device_facts import facts_of, notes_of
    from maintenance.bundle.encrypt import SUFFIX, encrypt, receivers
    from maintenance.bundle.keys import site_key
    from maintenance.bundle.make import find_fault, make, window
    from storage.files.atomic import translated, whole_file
    from storage.records import Records, Ticket
    from storage.series.store import open_store

    checked = load_site(site)
    if device not in checked.devices:
        hint = did_you_mean(device, checked.devices)
        raise ConfigError([Mistake("DEVICE", "", f"unknown device {device!r}{hint}")])
    keys = receivers(to) if to else []
    budget, moment = _size(max_size), now()
    chosen = _time(around, checked) if around else None
    if chosen is not None and chosen > moment:
        raise ConfigError([Mistake("--around", "", f"{around!r} is in the future")])
    start, end = window(moment, _span(since), chosen)
    records = Records(checked.records_url, now=now)
    try:
        records.upgrade()
        fault = chosen if chosen is not None else find_fault(records, device, start, end)
        with records.reading() as db:
            if ticket is not None and db.get(Ticket, ticket) is None:
                raise ConfigError([Mistake("--ticket", "", f"there is no ticket {ticket}")])
            facts, notes = facts_of(db, device, ticket), notes_of(db, device, end)
        ask = BundleRequest(device, start, end, moment, fault, ticket, facts, notes)
        made = make(checked, open_store(checked), records, ask, site_key(checked), budget)
    finally:
        records.close()
    target = output.with_name(output.name + SUFFIX) if keys and output.suffix != SUFFIX else output
    data = encrypt(made.data, keys) if keys else made.data
    with translated("no bundle was written"), whole_file(target) as part:
        part.write_bytes(data)
    told = (
        f"fault at {iso(fault)}"
        if fault is not None
        else "no alert of the device began in this time"
    )
    typer.echo(f"{target}: {len(data):,} bytes, {iso(start)} to {iso(end)}, {told}")
    if made.thinned:
        typer.echo(f"readings away from the fault were thinned: {made.thinned}", err=True)
    if not made.fits:
        typer.echo(
            f"it is larger than {max_size}: this much is left when only the minutes around the fault,"
            " alerts and warnings remain; try a shorter --since",
            err=True,
        )
    if made.removed:
        typer.echo(
            f"{made.removed} stretches of text could have named a person and were removed", err=True
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
        data = file.read_bytes()
    except OSError as error:
        raise ConfigError([Mistake(str(file), "", error.strerror or str(error))]) from None
    found = check(data, known)
    if not found.is_whole:
        for problem in found.problems:
            typer.echo(f"{file}: {problem}", err=True)
        raise typer.Exit(DAMAGED)
    typer.echo(f"{file} is whole: {found.device} of {found.site}, made {found.made}")
    if found.is_known:
        typer.echo(f"signed by a known key, SHA-256 {found.signer}")
        return
    typer.echo(
        f"signed by a key that is not known here, SHA-256 {found.signer}\nAnyone can make a key: ask the"
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
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?(kB|MB|GB|)", text)
    if found is None:
        raise ConfigError(
            [Mistake("--max-size", "", f"{text!r} is not a size; write 500kB or 5MB")]
        )
    return round(float(found[1]) * _SIZES[found[2]])


def _time(text: str, site: "Site") -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        form = "write '2026-10-31 12:45' in the site's zone, or '2026-10-31T08:15Z'"
        raise ConfigError([Mistake("--around", "", f"{text!r} is not a time; {form}")]) from None
    return to_ms(moment if moment.tzinfo else moment.replace(tzinfo=site.zone))

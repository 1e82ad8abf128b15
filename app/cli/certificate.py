"""`scanward certificate`: the site's own authority, and the certificate of its dashboard."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.session import DEFAULT_SITE, SiteOption, load_site
from app.clock import now
from core.errors import RefusedError

if TYPE_CHECKING:
    from core.schema.site import Site
    from dashboard.certificates.own_certificate import CertificateState

certificate_cli = typer.Typer(
    no_args_is_help=True, help="The site's own authority, and the certificate of its page."
)


@certificate_cli.command("show")
def certificate_show(site: SiteOption = DEFAULT_SITE) -> None:
    """What there is, until when it holds, and which names it lacks."""
    checked = load_site(site)
    _print(checked, _state(checked))


@certificate_cli.command("renew")
def certificate_renew(
    *,
    authority: Annotated[
        bool,
        typer.Option("--authority", help="The authority too: every telephone must trust it anew."),
    ] = False,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Another certificate now; the first one makes the authority. The running page takes it within an hour."""
    from dashboard.certificates.authority import load_authority, make_authority, may_vouch
    from dashboard.certificates.own_certificate import give_certificate
    from dashboard.certificates.site_names import certificate_names

    checked = load_site(site)
    folder, names = checked.tls_path, certificate_names(checked)
    known = None if authority else load_authority(folder)
    signer = known or make_authority(folder, checked.file.name, names, now())
    give_certificate(folder, signer, [name for name in names if may_vouch(signer, name)], now())
    _print(checked, _state(checked))


@certificate_cli.command("export")
def certificate_export(
    to: Annotated[Path, typer.Argument(help="A file such as scanward.crt.")],
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """The authority's certificate for a telephone or a computer to trust; its key never leaves."""
    from dashboard.certificates.authority import fingerprint
    from storage.files.atomic import translated

    state = _state(load_site(site))
    with translated("the certificate"):
        to.write_bytes(state.authority.public_pem)
    typer.echo(f"{to}: SHA-256 {fingerprint(state.authority)}")


def _state(site: "Site") -> "CertificateState":
    from dashboard.certificates.own_certificate import certificate_state

    state = certificate_state(site.tls_path)
    if state is None:
        raise RefusedError("there is no certificate yet: scanward certificate renew makes one")
    return state


def _print(site: "Site", state: "CertificateState") -> None:
    from core.text import times
    from dashboard.certificates.authority import fingerprint
    from dashboard.certificates.site_names import certificate_names
    from dashboard.certificates.x509_parts import names_in

    lacking = state.lacking(certificate_names(site))
    lines = [
        f"authority    until {times.timestamp(state.authority.ends_at, site.zone)}",
        f"fingerprint  {fingerprint(state.authority)}",
        f"certificate  until {times.timestamp(state.server.ends_at, site.zone)}",
        f"for          {', '.join(names_in(state.server.certificate))}",
        f"lacks        {', '.join(lacking) or 'nothing'}",
        f"used         {'yes' if site.file.http.tls == 'own' else 'no: write `http: {tls: own}`'}",
    ]
    if lacking:
        lines.append(
            "scanward certificate renew --authority makes one that may vouch for these too"
        )
    typer.echo("\n".join(lines))

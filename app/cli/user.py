"""`scanward user`: who may sign in."""

from typing import Annotated

import typer

from app.cli.session import DEFAULT_SITE, ME, ByOption, SiteOption, SiteSession, opened, table

user_cli = typer.Typer(no_args_is_help=True, help="Who may sign in, and what they may do.")

RoleOption = Annotated[
    list[str],
    typer.Option("--role", help="May be repeated; docs/roles.md says what each may do."),
]


@user_cli.command("add")
def user_add(
    name: Annotated[str, typer.Argument(help="To sign in with.")],
    full_name: Annotated[str, typer.Argument(help="As it shall stand in the records.")],
    role: RoleOption,
    language: Annotated[str, typer.Option(help="Instead of the site's, as fa.")] = "",
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Somebody new; prints the link by which they choose a password."""
    from access.setup_links import make_setup_link
    from access.users import add_user

    with opened(site) as centre, centre.writing(by) as tx:
        user = add_user(tx, name, full_name, role, language)
        secret = make_setup_link(tx, user.name)
    _print_link(centre, secret)


@user_cli.command("role")
def user_role(
    name: str, role: RoleOption, by: ByOption = ME, site: SiteOption = DEFAULT_SITE
) -> None:
    """Other roles instead of those they have."""
    from access.users import change_roles

    with opened(site) as centre, centre.writing(by) as tx:
        user = change_roles(tx, name, role)
        words = f"{user.full_name}: {', '.join(user.roles)}"
    typer.echo(words)


@user_cli.command("reset")
def user_reset(name: str, by: ByOption = ME, site: SiteOption = DEFAULT_SITE) -> None:
    """Their password is gone and they are signed out; prints the link for another."""
    from access.setup_links import make_setup_link

    with opened(site) as centre, centre.writing(by) as tx:
        secret = make_setup_link(tx, name)
    _print_link(centre, secret)


@user_cli.command("disable")
def user_disable(name: str, by: ByOption = ME, site: SiteOption = DEFAULT_SITE) -> None:
    """They are signed out, and come in no more. Their name stays in what they wrote."""
    from access.users import disable

    with opened(site) as centre, centre.writing(by) as tx:
        full_name = disable(tx, name).full_name
    typer.echo(f"{full_name} is disabled")


@user_cli.command("enable")
def user_enable(name: str, by: ByOption = ME, site: SiteOption = DEFAULT_SITE) -> None:
    """They may come in again."""
    from access.users import enable

    with opened(site) as centre, centre.writing(by) as tx:
        full_name = enable(tx, name).full_name
    typer.echo(f"{full_name} may sign in")


@user_cli.command("setup-link")
def user_setup_link(by: ByOption = ME, site: SiteOption = DEFAULT_SITE) -> None:
    """Where there is nobody yet: a link for the first person, who manages the others."""
    from access.setup_links import make_first_link

    with opened(site) as centre, centre.writing(by) as tx:
        secret = make_first_link(tx)
    if secret is None:
        typer.echo(
            "there are people already: scanward user reset NAME makes a link for one of them"
        )
        raise typer.Exit(1)
    _print_link(centre, secret)


@user_cli.command("list")
def user_list(site: SiteOption = DEFAULT_SITE) -> None:
    """Everybody, with their roles."""
    from storage.records import accounts

    with opened(site) as centre, centre.records.reading() as db:
        rows = [
            (
                user.name,
                user.full_name,
                ", ".join(user.roles),
                "disabled" if user.disabled_at else "" if user.password_hash else "no password yet",
            )
            for user in accounts.users(db)
        ]
    table(("name", "full name", "roles", ""), rows)


@user_cli.command("token")
def user_token(
    name: str,
    program: Annotated[str, typer.Argument(help="What it is for.")],
    scope: Annotated[
        list[str], typer.Option("--scope", help="`read`, `calendar`, or what docs/roles.md lists.")
    ],
    days: Annotated[int, typer.Option(help="How long it is good.", min=1)] = 365,
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """A token for a program that acts in their name; it is shown once."""
    from access.api_tokens import make_token
    from core.time.clock import DAY

    with opened(site) as centre, centre.writing(by) as tx:
        token = make_token(tx, name, program, scope, tx.now + days * DAY)
    typer.echo(token)


@user_cli.command("revoke")
def user_revoke(
    token: Annotated[int, typer.Argument(help="Its number, as `user tokens` shows it.")],
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """A token opens nothing any more."""
    from access.api_tokens import revoke_token

    with opened(site) as centre, centre.writing(by) as tx:
        name = revoke_token(tx, token).name
    typer.echo(f"token {token} ({name}) is revoked")


@user_cli.command("tokens")
def user_tokens(site: SiteOption = DEFAULT_SITE) -> None:
    """Every token: whose, what for, until when; never the token itself."""
    from storage.records import accounts

    with opened(site) as centre, centre.records.reading() as db:
        names = {user.id: user.name for user in accounts.users(db)}
        rows = [
            (
                token.id,
                names[token.user_id],
                token.name,
                ", ".join(token.scopes),
                centre.wall_clock(token.expires_at),
                centre.wall_clock(token.last_used_at),
                "revoked" if token.revoked_at else "",
            )
            for token in accounts.tokens_of(db)
        ]
    table(("number", "person", "for", "scopes", "until", "last used", ""), rows)


def _print_link(centre: SiteSession, secret: str) -> None:
    http = centre.site.file.http
    top = (
        http.public_url or f"{'https' if http.tls else 'http'}://{http.address}:{http.port}"
    ).rstrip("/")
    typer.echo(f"open once, and soon: {top}/setup/{secret}")

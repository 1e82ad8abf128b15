"""Commands about the site file: what it says, who changed it, and changing it with a reason."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.session import (
    DEFAULT_SITE,
    ME,
    ByOption,
    ReasonOption,
    SiteOption,
    load_site,
    opened,
    table,
)
from core.errors import RefusedError

if TYPE_CHECKING:
    from core.schema.editing.change import Change

site_cli = typer.Typer(
    no_args_is_help=True, help="The site file: what it says, and changing it with a reason."
)

_SET = re.compile(r"((?:[^=\[]|\[[^\]]*\])+)=(.*)", re.DOTALL)  # an address may hold `[id=ct-1]`

AddressArgument = Annotated[str, typer.Argument(help="As `devices[id=ct-1].room`.")]


@site_cli.command("show")
def site_show(
    address: Annotated[str, typer.Argument(help="Only this part of it.")] = "",
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """What the checked file says, without its comments."""
    import yaml

    from core.schema.editing.address import child, parse_address, path_of

    value = load_site(site).raw
    if address:
        for step in path_of(parse_address(address), value):
            value = child(value, step)
    text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=110)
    typer.echo(text.removesuffix("...\n").rstrip())


@site_cli.command("history")
def site_history(
    count: Annotated[int, typer.Option(help="How many changes.")] = 20,
    site: SiteOption = DEFAULT_SITE,
    *,
    diff: Annotated[bool, typer.Option("--diff", help="With what each changed.")] = False,
) -> None:
    """Who changed it, when and why, the newest first."""
    from storage.records.site_changes import site_changes

    with opened(site) as centre, centre.records.reading() as db:
        rows = site_changes(db, count)
        if not diff:
            cells = (
                (row.id, centre.wall_clock(row.at), row.kind, row.who, row.reason) for row in rows
            )
            table(("change", "at", "how", "by", "why"), cells)
            return
        for row in rows:
            typer.echo(
                f"{row.id}  {centre.wall_clock(row.at)}  {row.kind}  {row.who}  {row.reason}"
            )
            typer.echo(row.diff + "\n")


@site_cli.command("set")
def site_set(
    address: AddressArgument,
    value: Annotated[str, typer.Argument(help="The new value, as YAML.")] = "",
    reason: ReasonOption = "",
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
    *,
    add: Annotated[bool, typer.Option("--add", help="One more item of that list.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take it out.")] = False,
) -> None:
    """Change one value; comments, order and all else of the file stay. What runs notices it by itself."""
    from core.schema.editing.change import Remove
    from maintenance.site_file.change import change_site

    if remove and (add or value):
        raise RefusedError("what is taken out needs no value")
    change: Change = Remove(address) if remove else typed_change(address, value, add=add)
    with opened(site) as centre, centre.writing(by) as tx:
        made = change_site(tx, site, [change], reason)
        typer.echo(
            f"{made.diff}\nchange {made.id}; `scanward site take-back {made.id}` reverses it"
        )


@site_cli.command("take-back")
def site_take_back(
    number: Annotated[int, typer.Argument(help="As `site history` shows it.")],
    reason: ReasonOption = "",
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Reverse one change; what was changed elsewhere since stays."""
    from maintenance.site_file.change import take_back

    with opened(site) as centre, centre.writing(by) as tx:
        made = take_back(tx, site, number, reason)
        typer.echo(f"{made.diff}\nchange {made.id}")


def typed_change(address: str, value: str, *, add: bool = False) -> "Change":
    """A change as it is typed; RefusedError if its value is no YAML."""
    import yaml

    from core.schema.editing.change import Add, Put
    from core.schema.yaml_file import raw_of

    try:
        raw = raw_of(value)
    except (yaml.YAMLError, ValueError):
        raise RefusedError("{value!r} is no YAML", value=value) from None
    return Add(address, raw) if add else Put(address, raw)


def changed_text_of(site: Path, words: list[str]) -> str | None:
    """The text of the site file with each ADDRESS=VALUE put into it; None without any."""
    from core.schema.editing.change import changed_text
    from maintenance.site_file.on_disk import read_text

    matches = [_SET.fullmatch(word) for word in words]
    if not all(matches):
        raise RefusedError("write ADDRESS=VALUE, as devices[id=ct-1].room=4")
    changes = [typed_change(match[1], match[2]) for match in matches if match is not None]
    return changed_text(read_text(site), changes) if changes else None

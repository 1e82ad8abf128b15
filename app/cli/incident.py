"""Commands about incidents: what is wrong now, and that somebody takes care of it."""

from typing import Annotated

import typer

from app.cli.session import DEFAULT_SITE, ME, ByOption, SiteOption, opened, table, writing

incident_cli = typer.Typer(no_args_is_help=True, help="What broke together, and who takes care.")


@incident_cli.command("list")
def incident_list(site: SiteOption = DEFAULT_SITE) -> None:
    """What is wrong now: an incident a line, with its cause."""
    from alerts.notification.acknowledgement import acknowledged
    from app.clock import now
    from storage.records import incidents as incident_rows

    with opened(site) as centre, centre.records.reading() as db:
        incidents = {row.id: row for row in incident_rows.open_incidents(db)}
        rows = []
        for number, members in incident_rows.alerts_of(db, incidents).items():
            valid = acknowledged(db, centre.site, members, now())
            by = ", ".join(sorted({a.acknowledged_by for a in members if a.id in valid}))
            more = f"and {len(members) - 1} more" if len(members) > 1 else ""
            began = centre.wall_clock(incidents[number].began_at)
            rows += [
                (number, cause.severity, cause.device, began, cause.title, more, by)
                for cause in members
                if cause.id == incidents[number].cause_id
            ]
    table(("incident", "severity", "device", "began", "cause", "", "acknowledged"), rows)


@incident_cli.command("acknowledge")
def incident_acknowledge(
    incident: Annotated[int, typer.Argument(help="Its number.")],
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Say that you take care of it."""
    from alerts.notification.acknowledgement import acknowledge_incident

    with writing(site, by) as tx:
        acknowledge_incident(tx, incident)
    typer.echo(f"incident {incident} is acknowledged by {by}")

"""Commands about the lines of an order's checklist that a source can prove."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.session import DEFAULT_SITE, ME, ByOption, SiteOption, opened, table, writing
from app.clock import now
from core.text.numbers import general

if TYPE_CHECKING:
    from maintenance.proofs.facts import ProofFact, ProofVerdict

proofs_cli = typer.Typer()  # commands of `order`


@proofs_cli.command("proofs")
def order_proofs(order: int, by: ByOption = ME, site: SiteOption = DEFAULT_SITE) -> None:
    """What a source shows of its open lines: proven, or why not."""
    from maintenance.work_orders.proven_answers import proofs_of
    from maintenance.work_orders.states import get

    with opened(site) as centre, centre.records.reading() as db:
        verdicts = proofs_of(db, centre.site, get(db, order), now(), f"cli:{by}")
        rows = [
            (item, "proven" if verdict.is_proven else "no", proof_words(verdict))
            for item, verdict in verdicts.items()
        ]
    table(("item", "proof", "because"), rows)


def proof_words(verdict: "ProofVerdict") -> str:
    """`Room temperature 21 to 22 °C, 145 readings, 100 % of the time, mqtt`; or the reasons."""
    if not verdict.is_proven:
        return "; ".join(verdict.reasons)
    return "; ".join(_fact_words(fact) for fact in verdict.facts)


def _fact_words(fact: "ProofFact") -> str:
    parts = [f"{fact.title or fact.subject} {fact.component}".strip()]
    if fact.lowest is not None and fact.highest is not None:
        ends = [general(value) for value in dict.fromkeys((fact.lowest, fact.highest))]
        parts[0] += f" {' to '.join(ends)} {fact.unit}".rstrip()
        parts.append(f"{fact.count} readings")
    if fact.coverage_pct is not None:
        parts.append(f"{int(fact.coverage_pct)} % of the time")
    return ", ".join([*parts, fact.source] if fact.source else parts)


@proofs_cli.command("confirm")
def order_confirm(
    order: int,
    items: Annotated[
        list[str] | None, typer.Argument(help="All lines that are proven, without any.")
    ] = None,
    by: ByOption = ME,
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Answer lines by what a source shows of them."""
    from maintenance.work_orders.proven_answers import confirm_proofs

    with writing(site, by) as tx:
        names = [row.item for row in confirm_proofs(tx, order, items or ())]
    typer.echo(f"confirmed: {', '.join(names)}")

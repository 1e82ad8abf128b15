"""What is seen of the lines of an order that a source can prove."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.time.clock import MINUTE
from dashboard.queries import identity, stores
from maintenance.proofs.facts import ProofVerdict
from maintenance.work_orders.proven_answers import proofs_of
from maintenance.work_orders.states import get

# What somebody reads stays as it is while they read; it may be confirmed for longer (SHOWN_FOR).
READ_FOR = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class ShownProofs:
    """The open lines that have a proof, as they were judged at one moment for one person."""

    at: int  # UTC ms
    verdicts: Mapping[str, ProofVerdict]  # by the item's id

    def is_old(self, now: int) -> bool:
        """It is to be looked at again; also after a clock was set back."""
        return not self.at <= now <= self.at + READ_FOR


def proofs_now(order_id: int) -> ShownProofs:
    """Judge them now, for who looks."""
    now, person = stores.now(), identity.here()
    with stores.records().reading() as db:
        order = get(db, order_id)
        by = "" if person is None else person.author.name
        return ShownProofs(now, proofs_of(db, stores.site(), order, now, by))

"""A line of an order with what would prove it, and the window that is looked at."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.schema.proof import HeldProof, NoEventProof, Proof
from core.schema.site import Device, Site
from core.time.clock import DAY
from core.time.covered_hours import Interval, union
from maintenance.proofs.observed import ProofWindow
from storage.records import OrderItem, Window
from storage.records import windows as window_rows


@dataclass(frozen=True, slots=True)
class Case:
    """A line of an order, and what would prove it."""

    device: Device
    item: OrderItem
    proof: Proof
    now: int  # UTC ms; what came later is not looked at
    order_id: int = 0


def window_of(db: Session, site: Site, case: Case) -> ProofWindow:
    """The window that is looked at; it ends where the work on the order itself began.

    Not for a result, which the work may be about.
    """
    windows = [row for row in window_rows.all_windows(db) if row.device == case.device.id]
    own = [row.starts_at for row in windows if row.order_id == case.order_id and row.order_id]
    began = [at for at in own if case.now - DAY < at <= case.now]
    ends_early = isinstance(case.proof, HeldProof | NoEventProof)
    end = min(began, default=case.now) if ends_early else case.now
    start = end - case.proof.window
    others = [row for row in windows if row.order_id != case.order_id or not row.order_id]
    pauses = [turn for row in others for turn in _turns(row, start, case.now)]
    return ProofWindow(start, end, case.now, site.zone, tuple(union(pauses)))


def _turns(window: Window, start: int, end: int) -> Iterator[Interval]:
    """When the window was open in [start, end). Turns of one that repeats are whole days apart."""
    if window.kind != "maintenance":
        return
    period = {"daily": DAY, "weekly": 7 * DAY}.get(window.repeats, 0)
    opens, closes = window.starts_at, window.ends_at
    last = end if window.repeats_until is None else min(end, window.repeats_until)
    if period and closes < start:
        skipped = (start - closes) // period * period
        opens, closes = opens + skipped, closes + skipped
    while opens < last:
        if closes > start:
            yield max(opens, start), min(closes, end)
        if not period:
            return
        opens, closes = opens + period, closes + period

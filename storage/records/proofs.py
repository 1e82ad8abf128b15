"""What proved a line of a checklist when a person confirmed it."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.vocabulary.proofs import ProofKind
from storage.records.base import ROW_KEY, Base


class ItemProof(Base):
    """One metric or kind of event as it was seen at `confirmed_at`. Never changed afterwards.

    The rows of a line with one `confirmed_at` are its proof. `start` and `end` are the window, `low`
    and `high` what was accepted, `title` the metric's title or the event's text.
    """

    __tablename__ = "item_proofs"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    kind: Mapped[ProofKind]
    because: Mapped[str]  # as the plan had it
    confirmed_at: Mapped[int]
    confirmed_by: Mapped[str]
    subject: Mapped[str]  # the metric, or the kind of event
    title: Mapped[str]
    component: Mapped[str]
    unit: Mapped[str]
    source: Mapped[str]  # that brought it, or who typed it
    count: Mapped[int]  # of readings, or of events
    start: Mapped[int]
    end: Mapped[int]
    lowest: Mapped[float | None]
    highest: Mapped[float | None]
    newest: Mapped[float | None]
    newest_at: Mapped[int | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    coverage_pct: Mapped[float | None]
    item_id: Mapped[int] = mapped_column(ForeignKey("order_items.id"), index=True, init=False)

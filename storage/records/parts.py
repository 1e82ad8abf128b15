"""Spare parts and their moves. What there is of one is the sum of its moves; nothing else counts it."""

from collections.abc import Sequence

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.vocabulary.parts import StockMoveKind
from storage.records.base import ROW_KEY, Base


class Part(Base):
    """A spare part: how many there should be, how long a new one takes, for which devices."""

    __tablename__ = "parts"

    id: Mapped[str] = mapped_column(primary_key=True)  # small letters, as `ct-tube`
    name: Mapped[str]
    number: Mapped[str] = mapped_column(default="")  # the maker's
    minimum: Mapped[int] = mapped_column(default=0)
    lead_days: Mapped[int] = mapped_column(default=0)  # from order to shelf
    cost_cents: Mapped[int] = mapped_column(default=0)  # of one
    vendor_id: Mapped[str | None] = mapped_column(ForeignKey("vendors.id"), default=None)
    shelf: Mapped[str] = mapped_column(default="")
    component: Mapped[str] = mapped_column(default="")  # replaces the asset component of this name
    detector: Mapped[str] = mapped_column(default="")  # whose forecast tells when it is needed
    devices: Mapped[list[str]] = mapped_column(default_factory=list)
    profiles: Mapped[list[str]] = mapped_column(default_factory=list)
    note: Mapped[str] = mapped_column(default="")


class StockMove(Base):
    """Parts came or went. Never changed afterwards: a mistake is another move."""

    __tablename__ = "stock_moves"

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    part_id: Mapped[str] = mapped_column(ForeignKey("parts.id"), index=True)
    kind: Mapped[StockMoveKind]
    quantity: Mapped[int]  # more than 0: came; less: went
    at: Mapped[int]
    who: Mapped[str]
    cost_cents: Mapped[int] = mapped_column(default=0)  # of one
    order_id: Mapped[int | None] = mapped_column(
        ForeignKey("work_orders.id"), index=True, default=None
    )
    note: Mapped[str] = mapped_column(default="")


def parts(db: Session) -> list[Part]:
    """Every part, by id."""
    return list(db.scalars(select(Part).order_by(Part.id)))


def stock_by_part(db: Session) -> dict[str, int]:
    """How many of each part there are; a part that never moved is not here."""
    query = select(StockMove.part_id, func.sum(StockMove.quantity)).group_by(StockMove.part_id)
    return {part: int(quantity) for part, quantity in db.execute(query)}


def stock_moves(
    db: Session, *, part: str | None = None, orders: Sequence[int] | None = None
) -> list[StockMove]:
    """How parts came and went, the oldest first."""
    query = select(StockMove)
    if part is not None:
        query = query.where(StockMove.part_id == part)
    if orders is not None:
        query = query.where(StockMove.order_id.in_(orders))
    return list(db.scalars(query.order_by(StockMove.at, StockMove.id)))

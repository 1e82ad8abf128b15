"""How far the followers of the journal have read, and the last readings they judged."""

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.records.base import Base


class Cursor(Base):
    """How far a follower of the journal has read; moved in the commit of its work."""

    __tablename__ = "cursors"

    name: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]


class LastReading(Base):
    """The newest reading judged of each series that a rule watches."""

    __tablename__ = "heard"

    device: Mapped[str] = mapped_column(primary_key=True)
    metric: Mapped[str] = mapped_column(primary_key=True)
    component: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[int]


def last_readings(db: Session) -> dict[tuple[str, str, str], LastReading]:
    """The newest judged reading of every watched series."""
    return {(row.device, row.metric, row.component): row for row in db.scalars(select(LastReading))}


def cursor(db: Session, name: str) -> Cursor:
    """The cursor of that name, at the beginning if it is new."""
    row = db.get(Cursor, name)
    if row is None:
        row = Cursor(name=name, position=0)
        db.add(row)
    return row


def position(db: Session, name: str) -> int:
    """Where the cursor of that name stands."""
    row = db.get(Cursor, name)
    return 0 if row is None else row.position


def newest_judged(db: Session, metric: str) -> int | None:
    """When the newest reading of a metric that was judged was taken, of whatever device; UTC ms."""
    return db.scalar(select(func.max(LastReading.at)).where(LastReading.metric == metric))

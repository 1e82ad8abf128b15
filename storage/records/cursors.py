"""How far the followers of the journal have read, and the last readings they judged."""

from collections.abc import Mapping

from sqlalchemy import func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.records.base import Base

SeriesKey = tuple[str, str, str]  # device, metric, component

FORGOTTEN = "forgotten"  # the cursor that counts the rows of `heard` that a person took away

# Both databases know it, and the session need not hold the rows.
_NOTE = text(
    "insert into heard (device, metric, component, at) values (:device, :metric, :component, :at)"
    " on conflict (device, metric, component) do update set at = excluded.at"
)
# There are a few, and the engine asks before and after each round: as an ORM's question this was a third of it.
_POSITIONS = text("select name, position from cursors")


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


def last_read_at(db: Session) -> dict[SeriesKey, int]:
    """When every watched series was last read, of what has been judged, UTC ms."""
    rows = db.execute(
        select(LastReading.device, LastReading.metric, LastReading.component, LastReading.at)
    )
    return {(device, metric, component): at for device, metric, component, at in rows}


def note_last_read(db: Session, times: Mapping[SeriesKey, int]) -> None:
    """When these series were last read, UTC ms. Thousands at once: it costs microseconds a row."""
    rows = [
        {"device": device, "metric": metric, "component": component, "at": at}
        for (device, metric, component), at in times.items()
    ]
    db.connection().execute(_NOTE, rows)


def forget_last_reading(db: Session, device: str, metric: str, component: str) -> None:
    """Nobody expects that series any more, until it is read once more.

    The engine, which has the rows in its memory, sees by the cursor that one is gone.
    """
    row = db.get(LastReading, (device, metric, component))
    if row is not None:
        db.delete(row)
        cursor(db, FORGOTTEN).position += 1


def cursor(db: Session, name: str) -> Cursor:
    """The cursor of that name, at the beginning if it is new."""
    row = db.get(Cursor, name)
    if row is None:
        row = Cursor(name=name, position=0)
        db.add(row)
    return row


def position(db: Session, name: str) -> int:
    """Where the cursor of that name stands."""
    return positions(db, name)[0]


def positions(db: Session, *names: str) -> tuple[int, ...]:
    """Where the cursors of these names stand, in one question; a new one at the beginning."""
    db.flush()
    known = {name: stands for name, stands in db.connection().execute(_POSITIONS)}
    return tuple(known.get(name, 0) for name in names)


def newest_judged(db: Session, metric: str) -> int | None:
    """When the newest reading of a metric that was judged was taken, of whatever device; UTC ms."""
    return db.scalar(select(func.max(LastReading.at)).where(LastReading.metric == metric))

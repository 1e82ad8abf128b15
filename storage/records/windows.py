"""When alerts are not to be told: silences of an alert, and maintenance windows of a device."""

from sqlalchemy import ForeignKey, Index, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.vocabulary.alerts import Repetition, WindowKind
from storage.records.base import ROW_KEY, Base


class Window(Base):
    """From `starts_at` to `ends_at` alerts of a device are judged, but nobody is told.

    Empty `component` and `rule` mean all. One that repeats does so at the same time of day in the
    site's zone, until `repeats_until`.
    """

    __tablename__ = "windows"
    __table_args__ = (Index("windows_by_time", "ends_at"),)

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    kind: Mapped[WindowKind]
    device: Mapped[str]
    starts_at: Mapped[int]
    ends_at: Mapped[int]
    reason: Mapped[str]
    by: Mapped[str]
    component: Mapped[str] = mapped_column(default="")
    rule: Mapped[str] = mapped_column(default="")
    repeats: Mapped[Repetition] = mapped_column(default="")
    repeats_until: Mapped[int | None] = mapped_column(default=None)  # None: for ever
    order_id: Mapped[int | None] = mapped_column(
        ForeignKey("work_orders.id"), index=True, default=None
    )  # it lasts as long as the work
    is_planned: Mapped[bool] = mapped_column(default=False)  # work by a plan, about no fault

    @property
    def is_routine(self) -> bool:
        """It comes round by the calendar, whatever is wrong with the device."""
        return self.is_planned or self.repeats != ""


def windows_at(db: Session, now: int) -> list[Window]:
    """Those that may be open at that moment (UTC ms): a repeating one may be between two turns."""
    query = select(Window).where(
        Window.starts_at <= now,
        or_(
            (Window.repeats == "") & (Window.ends_at > now),
            (Window.repeats != "")
            & or_(Window.repeats_until.is_(None), Window.repeats_until > now),
        ),
    )
    return list(db.scalars(query.order_by(Window.id)))


def windows_to_come(db: Session, now: int) -> list[Window]:
    """Those that are open at that moment (UTC ms) or may open later, in the order of their ids."""
    query = select(Window).where(
        or_(
            (Window.repeats == "") & (Window.ends_at > now),
            (Window.repeats != "")
            & or_(Window.repeats_until.is_(None), Window.repeats_until > now),
        )
    )
    return list(db.scalars(query.order_by(Window.id)))


def all_windows(db: Session) -> list[Window]:
    """Every window, ended ones too, in the order of their ids."""
    return list(db.scalars(select(Window).order_by(Window.id)))


def copied(window: Window) -> Window:
    """The same for other records, which have no work orders."""
    return Window(
        window.kind, window.device, window.starts_at, window.ends_at, window.reason, window.by,
        window.component, window.rule, window.repeats, window.repeats_until,
        is_planned=window.is_planned,
    )  # fmt: skip


def windows_of_order(db: Session, order_id: int, now: int) -> list[Window]:
    """Those of an order that have not ended at that moment (UTC ms)."""
    return [window for window in windows_to_come(db, now) if window.order_id == order_id]


def close_window(db: Session, window: Window, now: int) -> None:
    """It is over at that moment (UTC ms), for good; one that has not begun by then was never needed."""
    if window.starts_at >= now:
        db.delete(window)
    elif window.repeats:
        window.repeats_until = now
    else:
        window.ends_at = min(window.ends_at, now)


def ended_windows(db: Session, since: int, now: int) -> list[Window]:
    """Those that ended after `since` and have, and every repeating one, of which a turn may have."""
    query = select(Window).where(
        Window.ends_at <= now, or_(Window.ends_at > since, Window.repeats != "")
    )
    return list(db.scalars(query.order_by(Window.id)))

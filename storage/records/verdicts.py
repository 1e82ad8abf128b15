"""The verdicts of detectors."""

from collections.abc import Collection, Sequence

from sqlalchemy import Index, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.time.clock import DAY
from core.vocabulary.detection import VerdictKind
from core.vocabulary.evidence import Evidence, evidence_in, is_within, names_in
from storage.records.base import ROW_KEY, Base

KEEP_VERDICTS = 365 * DAY  # a year of verdicts; Scanward's default, no source


DetectorKey = tuple[str, str, str]  # device, component, detector


class Verdict(Base):
    """A detector's result: one a day, and one whenever its alarm begins or ends.

    `carried_by` holds names and, as text, evidence (core/vocabulary/evidence.py). `value`, `expected`, `low` and `high` are in the metric's unit; the value is expected to be
    between the latter two. The forecast says when `limit` is reached, with an interval of 80 %.
    Written once and never changed; `id` is the order in which they came, which the engine follows.
    """

    __tablename__ = "verdicts"
    __table_args__ = (
        Index("verdicts_once", "device", "component", "detector", "at", unique=True),
        Index("verdicts_by_time", "at"),
    )

    id: Mapped[int] = mapped_column(ROW_KEY, primary_key=True, init=False)
    device: Mapped[str]
    component: Mapped[str]
    detector: Mapped[str]
    at: Mapped[int]
    kind: Mapped[VerdictKind]
    score: Mapped[float]  # 0 usual to 1 never seen
    alarm: Mapped[bool]
    carried_by: Mapped[list[str]] = mapped_column(default_factory=list)
    value: Mapped[float | None] = mapped_column(default=None)
    expected: Mapped[float | None] = mapped_column(default=None)
    low: Mapped[float | None] = mapped_column(default=None)
    high: Mapped[float | None] = mapped_column(default=None)
    since: Mapped[int | None] = mapped_column(default=None)
    limit: Mapped[float | None] = mapped_column("limit_value", default=None)
    limit_at: Mapped[int | None] = mapped_column(default=None)
    limit_at_low: Mapped[int | None] = mapped_column(default=None)
    limit_at_high: Mapped[int | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(
        default=""
    )  # why it cannot judge, or what a fault looks like

    @property
    def carriers(self) -> tuple[str, ...]:
        """The metrics and statistics that carried it, the heaviest first."""
        return names_in(self.carried_by)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What moved, from what to what, and what is not known."""
        return evidence_in(self.carried_by)

    @property
    def shows_in_its_value(self) -> bool:
        """False in an alarm whose value lies within its band: something else moved."""
        return not self.alarm or not is_within(self.value, self.low, self.high)


_COLUMNS = [column.key for column in Verdict.__mapper__.column_attrs if column.key != "id"]


def write_verdicts(db: Session, verdicts: Sequence[Verdict]) -> None:
    """Write new verdicts; one that is there already stays as it is.

    After a crash the same readings are judged again, and give the same verdicts again.
    """
    if not verdicts:
        return
    is_sqlite = db.get_bind().dialect.name == "sqlite"
    new = sqlite.insert(Verdict) if is_sqlite else postgresql.insert(Verdict)
    db.execute(
        new.on_conflict_do_nothing(index_elements=["device", "component", "detector", "at"]),
        [{name: getattr(verdict, name) for name in _COLUMNS} for verdict in verdicts],
        execution_options={"unaudited": True},
    )


def verdicts_after(db: Session, number: int, limit: int = 1000) -> list[Verdict]:
    """Verdicts with an `id` above `number`, in the order in which they were written."""
    query = select(Verdict).where(Verdict.id > number).order_by(Verdict.id).limit(limit)
    return list(db.scalars(query))


def newest_verdict_id(db: Session) -> int:
    """The `id` of the verdict written last; 0 if there is none."""
    return db.scalar(select(func.max(Verdict.id))) or 0


def verdicts_of(db: Session, device: str, start: int, end: int) -> list[Verdict]:
    """Every verdict on one device in [start, end), oldest first."""
    query = select(Verdict).where(Verdict.device == device, Verdict.at >= start, Verdict.at < end)
    return list(db.scalars(query.order_by(Verdict.at, Verdict.id)))


def newest_verdicts(db: Session, device: str | None = None) -> dict[DetectorKey, Verdict]:
    """The last verdict of each detector, on one device or on all."""
    last = select(func.max(Verdict.at).label("at"), Verdict.device, Verdict.component)
    last = last.add_columns(Verdict.detector)
    if device is not None:
        last = last.where(Verdict.device == device)
    group = last.group_by(Verdict.device, Verdict.component, Verdict.detector).subquery()
    query = select(Verdict).join(
        group,
        (Verdict.device == group.c.device)
        & (Verdict.component == group.c.component)
        & (Verdict.detector == group.c.detector)
        & (Verdict.at == group.c.at),
    )
    return {(row.device, row.component, row.detector): row for row in db.scalars(query)}


def verdict_at(db: Session, key: DetectorKey, at: int) -> Verdict | None:
    """The detector's last verdict at or before `at`."""
    device, component, detector = key
    query = (
        select(Verdict)
        .where(
            Verdict.device == device,
            Verdict.component == component,
            Verdict.detector == detector,
            Verdict.at <= at,
        )
        .order_by(Verdict.at.desc())
        .limit(1)
    )
    return db.scalar(query)


def delete_verdicts(db: Session, before: int, most: int = 500) -> int:
    """Delete some verdicts older than `before`, UTC ms; how many, 0 when there are no more."""
    query = select(Verdict.id).where(Verdict.at < before).order_by(Verdict.at).limit(most)
    ids = list(db.scalars(query))
    if ids:
        statement = delete(Verdict).where(Verdict.id.in_(ids))
        db.execute(statement.execution_options(unaudited=True))
    return len(ids)


def verdicts_between(db: Session, devices: Collection[str], start: int, end: int) -> list[Verdict]:
    """Verdicts on these devices in [start, end), oldest first."""
    query = select(Verdict).where(
        Verdict.device.in_(devices), Verdict.at >= start, Verdict.at < end
    )
    return list(db.scalars(query.order_by(Verdict.at, Verdict.device, Verdict.detector)))


def newest_verdict(db: Session, device: str, detector: str) -> Verdict | None:
    """The last verdict of a detector on a device."""
    return db.scalars(
        select(Verdict)
        .where(Verdict.device == device, Verdict.detector == detector)
        .order_by(Verdict.at.desc())
    ).first()

"""What is asked of verdicts, of the answers to alerts, and of services."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.errors import StoreError
from core.time.clock import DAY
from core.vocabulary.alerts import FeedbackOpinion
from storage.records.base import Alert, Answer, Service, Verdict

KEPT = 365 * DAY  # a year of verdicts; Scanward's default, no source
NOTES = 500  # characters of what a person says with an answer or a service

Watched = tuple[str, str, str]  # device, component, detector

_COLUMNS = [column.key for column in Verdict.__mapper__.column_attrs if column.key != "id"]


class Tally(NamedTuple):
    """How often an alert of one kind was right, as far as anybody said."""

    true: int
    false: int


class Open(NamedTuple):
    """From when until when an alert was open; no end while it is."""

    start: int
    end: int | None


def write_verdicts(db: Session, verdicts: Sequence[Verdict]) -> None:
    """Write what is new; a verdict that is there already stays as it is.

    After a crash the same rows are judged again, so the same verdicts come again.
    """
    if not verdicts:
        return
    is_sqlite = db.get_bind().dialect.name == "sqlite"
    new = sqlite.insert(Verdict) if is_sqlite else postgresql.insert(Verdict)
    db.execute(
        new.on_conflict_do_nothing(index_elements=["device", "component", "detector", "at"]),
        [{name: getattr(one, name) for name in _COLUMNS} for one in verdicts],
        execution_options={"unaudited": True},
    )


def verdicts_after(db: Session, number: int, limit: int = 1000) -> list[Verdict]:
    """Verdicts with an `id` above `number`, in the order in which they were written."""
    asked = select(Verdict).where(Verdict.id > number).order_by(Verdict.id).limit(limit)
    return list(db.scalars(asked))


def newest_verdict_id(db: Session) -> int:
    """The `id` of the verdict written last; 0 if there is none."""
    return db.scalar(select(func.max(Verdict.id))) or 0


def verdicts_of(db: Session, device: str, start: int, end: int) -> list[Verdict]:
    """Every verdict on one device in [start, end), oldest first."""
    asked = select(Verdict).where(Verdict.device == device, Verdict.at >= start, Verdict.at < end)
    return list(db.scalars(asked.order_by(Verdict.at, Verdict.id)))


def newest_verdicts(db: Session, device: str | None = None) -> dict[Watched, Verdict]:
    """What each detector said last, of one device or of all."""
    last = select(func.max(Verdict.at).label("at"), Verdict.device, Verdict.component)
    last = last.add_columns(Verdict.detector)
    if device is not None:
        last = last.where(Verdict.device == device)
    group = last.group_by(Verdict.device, Verdict.component, Verdict.detector).subquery()
    asked = select(Verdict).join(
        group,
        (Verdict.device == group.c.device)
        & (Verdict.component == group.c.component)
        & (Verdict.detector == group.c.detector)
        & (Verdict.at == group.c.at),
    )
    return {(one.device, one.component, one.detector): one for one in db.scalars(asked)}


def verdict_at(db: Session, watched: Watched, at: int) -> Verdict | None:
    """What the detector last said at or before `at`."""
    device, component, detector = watched
    asked = (
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
    return db.scalar(asked)


def forget_verdicts(db: Session, before: int, most: int = 500) -> int:
    """Drop some verdicts older than `before`, UTC ms; the number dropped, 0 when all are gone."""
    old = select(Verdict.id).where(Verdict.at < before).order_by(Verdict.at).limit(most)
    numbers = list(db.scalars(old))
    if numbers:
        gone = delete(Verdict).where(Verdict.id.in_(numbers))
        db.execute(gone.execution_options(unaudited=True))
    return len(numbers)


def answer(
    db: Session, alert_id: int, opinion: FeedbackOpinion, who: str, at: int, note: str = ""
) -> None:
    """Keep what a person says of an alert; the newest answer counts, the audit has the others.

    StoreError if there is no such alert, or the note is longer than NOTES.
    """
    if db.get(Alert, alert_id) is None:
        raise StoreError(f"there is no alert {alert_id}", permanent=True)
    _check_note(note)
    row = db.get(Answer, alert_id)
    if row is None:
        db.add(Answer(alert_id=alert_id, opinion=opinion, who=who, at=at, note=note))
    elif (row.opinion, row.note) != (opinion, note):
        row.opinion, row.who, row.at, row.note = opinion, who, at, note


def answers(db: Session, alert_ids: Iterable[int]) -> dict[int, Answer]:
    """The answers to these alerts that were given."""
    asked = select(Answer).where(Answer.alert_id.in_(list(alert_ids)))
    return {one.alert_id: one for one in db.scalars(asked)}


def tallies(db: Session) -> dict[str, Tally]:
    """By rule, over the whole site: how many alerts were said to be true, how many false."""
    rows = db.execute(
        select(Alert.rule, Answer.opinion, func.count())
        .join(Alert, Answer.alert_id == Alert.id)
        .where(Answer.opinion != "unknown")
        .group_by(Alert.rule, Answer.opinion)
    )
    found: dict[str, Tally] = {}
    for rule, opinion, count in rows:
        before = found.get(rule, Tally(0, 0))
        found[rule] = before._replace(**{opinion: count})
    return found


def add_service(db: Session, device: str, at: int, who: str, text: str = "") -> Service:
    """Note that something was done to a device at `at`. StoreError if the text is too long."""
    _check_note(text)
    service = Service(device=device, at=at, who=who, text=text)
    db.add(service)
    return service


def services_after(db: Session, number: int) -> list[Service]:
    """Services with an `id` above `number`, in the order in which they were noted."""
    return list(db.scalars(select(Service).where(Service.id > number).order_by(Service.id)))


def last_services(db: Session) -> dict[str, int]:
    """When each device was last serviced, UTC ms."""
    rows = db.execute(select(Service.device, func.max(Service.at)).group_by(Service.device))
    return {device: at for device, at in rows}


def alert_spans(db: Session, since: int) -> dict[tuple[str, str, str], list[Open]]:
    """When something was wrong, by device, component and metric: no time to learn from.

    Alerts that a person called false are left out: that was no fault.
    """
    asked = (
        select(Alert)
        .outerjoin(Answer, Answer.alert_id == Alert.id)
        .where(
            Alert.fired_at.is_not(None),
            or_(Alert.ended_at.is_(None), Alert.ended_at >= since),
            or_(Answer.opinion.is_(None), Answer.opinion != "false"),
        )
    )
    found: dict[tuple[str, str, str], list[Open]] = {}
    for alert in db.scalars(asked.order_by(Alert.began_at)):
        key = (alert.device, alert.component, alert.metric)
        found.setdefault(key, []).append(Open(alert.began_at, alert.ended_at))
    return found


def _check_note(text: str) -> None:
    if len(text) > NOTES:
        raise StoreError(f"{len(text)} characters are too many; {NOTES} at most", permanent=True)

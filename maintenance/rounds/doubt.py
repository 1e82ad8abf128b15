"""Is a running number that a person typed believable beside those before and after it?"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from core.schema.site import Device, Site
from core.text import times
from core.text.numbers import PLAIN
from core.text.phrase import Phrase
from core.time.clock import DAY, from_ms
from maintenance.rounds.counter import amount_used, has_wrapped
from storage.known_readings import known_points
from storage.records import assets as asset_rows
from storage.series import Point, SeriesReader

# Scanward's defaults, no source.
LOOKED_BACK = 730 * DAY  # for the reading before
PACE_OVER = 90 * DAY
MUCH = 10  # times the pace; without a pace, times the last number: a digit too many
FEW = 100  # a counter that is lower has hardly begun


class TypedNumber(NamedTuple):
    """What a person read from a panel, in the unit of its metric."""

    device: Device
    metric: str
    component: str
    value: float
    at: int  # UTC ms


def doubt(db: Session, site: Site, typed: TypedNumber, now: int) -> Phrase | None:
    """Why a running number can hardly be right. None: it can, or the metric is no counter."""
    if typed.device.profile.metrics[typed.metric].kind != "counter":
        return None
    points = _course(db, site, typed, now)
    index = bisect_left(points, typed.at, key=lambda point: point.at)
    before = points[:index]
    if before and typed.value < before[-1].high:
        wraps = has_wrapped(before[-1].high, typed.value)
        if not wraps and not _is_replaced(db, site, typed, before[-1].at):
            return _less(site, typed, before)
    elif before and _is_far(typed, before):
        return _far_more(site, typed, before)
    following = next((point for point in points[index:] if point.at > typed.at), None)
    if following is None or typed.value <= following.low:
        return None
    wraps = has_wrapped(typed.value, following.low)
    if wraps or _is_replaced(db, site, typed, following.at):
        return None
    return Phrase(
        "{title}: {typed} is more than {later} of {when}",
        title=_title(typed),
        typed=PLAIN.measured(typed.value),
        later=PLAIN.measured(following.low),
        when=times.timestamp(following.at, site.zone),
    )


def _less(site: Site, typed: TypedNumber, before: Sequence[Point]) -> Phrase:
    return Phrase(
        "{title}: {typed} is less than {last} of {when}{usual}",
        title=_title(typed),
        typed=PLAIN.measured(typed.value),
        last=PLAIN.measured(before[-1].high),
        when=times.timestamp(before[-1].at, site.zone),
        usual=_usual(before),
    )


def _far_more(site: Site, typed: TypedNumber, before: Sequence[Point]) -> Phrase:
    return Phrase(
        "{title}: {typed} is far more than {last} of {when}{usual}",
        title=_title(typed),
        typed=PLAIN.measured(typed.value),
        last=PLAIN.measured(before[-1].high),
        when=times.timestamp(before[-1].at, site.zone),
        usual=_usual(before),
    )


def _title(typed: TypedNumber) -> str:
    return typed.device.profile.metrics[typed.metric].title


def _usual(before: Sequence[Point]) -> str:
    pace = usual_pace(before)
    return "" if pace is None else Phrase("; usual is {pace} a day", pace=PLAIN.measured(pace))


def usual_pace(points: Sequence[Point]) -> float | None:
    """How far a counter goes a day, over the 90 days up to its last point; None if nobody knows."""
    recent = [point for point in points if point.at >= points[-1].at - PACE_OVER]
    if len(recent) < 2:
        return None
    span = (recent[-1].at - recent[0].at) / DAY
    return amount_used(recent) / max(span, 1.0) or None


def _is_far(typed: TypedNumber, before: Sequence[Point]) -> bool:
    last, pace = before[-1], usual_pace(before)
    if pace is not None:
        return typed.value - last.high > MUCH * pace * max((typed.at - last.at) / DAY, 1.0)
    return last.high >= FEW and typed.value >= MUCH * last.high


def _course(db: Session, site: Site, typed: TypedNumber, now: int) -> list[Point]:
    """What is known of a counter around a moment."""
    name = (typed.device.id, typed.metric, typed.component)
    start, end = typed.at - LOOKED_BACK, max(typed.at, now) + 1
    return known_points(db, SeriesReader(site.series_path), name, start, end)


def _is_replaced(db: Session, site: Site, typed: TypedNumber, other_at: int) -> bool:
    """Was a part whose life it counts (a new tube) installed on a day after the earlier of two readings?"""
    days = [from_ms(at, site.zone).date().isoformat() for at in sorted((typed.at, other_at))]
    parts = asset_rows.components_counted_by(db, typed.device.id, typed.metric)
    return any(days[0] < part.installed_on <= days[1] for part in parts)

"""What a detector says, made ready to be drawn and told: pure, no storage and no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from core.schema.detector import Detector
from core.schema.metric import Metric
from core.schema.profile import Profile
from core.schema.site import Site
from core.time.clock import DAY
from dashboard.text import format as fmt
from dashboard.views.curves import wall
from dashboard.views.device_status import AlertRow

State = Literal[
    "learning", "normal", "anomaly", "stuck", "absent", "impossible", "unfit", "late", "none"
]

LATE = 2 * DAY  # a detector speaks once a day
SHORTEST = 30 * DAY  # of its chart, for the same reason
GAP = 2.5 * DAY  # no line is drawn across more


class VerdictRow(NamedTuple):
    """A verdict as it was stored; see storage/records/base.py."""

    component: str
    detector: str
    at: int
    kind: str
    score: float
    alarm: bool
    carried_by: tuple[str, ...]
    value: float | None
    expected: float | None
    low: float | None
    high: float | None
    since: int | None
    limit: float | None
    limit_at: int | None
    limit_at_low: int | None
    limit_at_high: int | None


@dataclass(frozen=True, slots=True)
class Watched:
    """One detector on one component, with all there is to show of it."""

    settings: Detector
    component: str
    newest: VerdictRow | None
    verdicts: tuple[VerdictRow, ...]  # of the chart's time, oldest first
    alerts: tuple[AlertRow, ...]  # that it made, newest first
    right: int  # so many of its alerts at this site were said to be right,
    wrong: int  # and so many not

    def state(self, now: int) -> State:
        """How it stands; one that has long said nothing is not believed."""
        if self.newest is None:
            return "none"
        if now - self.newest.at > LATE:
            return "late"
        return self.newest.kind  # type: ignore[return-value]  # only the detectors wrote it


def watched_by(
    profile: Profile,
    newest: Iterable[VerdictRow],
    verdicts: Sequence[VerdictRow],
    alerts: Sequence[AlertRow],
    tallies: dict[str, tuple[int, int]],
) -> list[Watched]:
    """Every detector of a device that ever said anything: in alarm first, then as the profile has them."""
    last = {(row.detector, row.component): row for row in newest}
    found = []
    for settings in profile.detectors:
        rules = rules_of(profile, settings.id)
        said = [tallies[rule] for rule in rules if rule in tallies]
        for detector, component in sorted(last):
            if detector == settings.id:
                found.append(
                    Watched(
                        settings=settings,
                        component=component,
                        newest=last[detector, component],
                        verdicts=tuple(v for v in verdicts if _is_of(v, detector, component)),
                        alerts=tuple(
                            a for a in alerts if a.rule in rules and a.component == component
                        ),
                        right=sum(right for right, _ in said),
                        wrong=sum(wrong for _, wrong in said),
                    )
                )
    return sorted(found, key=lambda one: one.newest is None or not one.newest.alarm)


def rules_of(profile: Profile, detector: str) -> set[str]:
    """The rules that listen to a detector's alarm."""
    return {
        rule.id for rule in profile.rules if rule.detector_id == detector and rule.follows_alarms
    }


def chart_rows(
    verdicts: Sequence[VerdictRow], metric: Metric, start: int, end: int, site: Site
) -> list[dict[str, Any]]:
    """What the chart draws: a `day` each with its band, an `alarm` each from begin to end."""
    rows: list[dict[str, Any]] = [
        {"kind": "edge", "at": wall(start, site)},
        {"kind": "edge", "at": wall(end, site)},
    ]
    run, before = 0, None
    for row in verdicts:
        if row.value is None:
            continue
        run += before is not None and row.at - before > GAP
        before = row.at
        rows.append(
            {
                "kind": "day",
                "at": wall(row.at, site),
                "run": run,
                "value": row.value,
                "expected": row.expected,
                "low": row.low,
                "high": row.high,
                "when": fmt.exact(row.at, site),
                "text": fmt.say(row.value, metric),
                "due": fmt.ABSENT if row.expected is None else fmt.say(row.expected, metric),
            }
        )
    for begin, over in alarms(verdicts, end):
        rows.append({"kind": "alarm", "at": wall(begin, site), "until": wall(over, site)})
    return rows


def alarms(verdicts: Sequence[VerdictRow], end: int) -> list[tuple[int, int]]:
    """From when until when it was in alarm; the last may go on to `end`."""
    found: list[tuple[int, int]] = []
    begun: int | None = None
    for row in verdicts:
        if row.alarm and begun is None:
            begun = row.at
        # What a broken sensor leaves unknown neither ends an alarm nor begins one.
        elif begun is not None and not row.alarm and row.kind in ("normal", "learning"):
            found.append((begun, row.at))
            begun = None
    return found if begun is None else [*found, (begun, end)]


def _is_of(row: VerdictRow, detector: str, component: str) -> bool:
    return (row.detector, row.component) == (detector, component)

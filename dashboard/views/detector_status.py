"""The status of a device's detectors: pure, no storage, no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from core.schema.detector import Detector
from core.schema.profile import Profile
from core.time.clock import DAY
from core.vocabulary.evidence import Evidence
from dashboard.views.device_status import AlertRow

State = Literal[
    "learning",
    "normal",
    "anomaly",
    "step",
    "cannot_judge",
    "stuck",
    "absent",
    "impossible",
    "unfit",
    "late",
    "none",
]

LATE = 2 * DAY  # a detector gives a verdict once a day
SHORTEST = 30 * DAY  # of its chart, for the same reason
GAP = 2.5 * DAY  # no line is drawn across more


class VerdictRow(NamedTuple):
    """A verdict as it was stored; see storage/records/verdicts.py."""

    component: str
    detector: str
    at: int
    kind: str
    score: float
    alarm: bool
    carriers: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    shows_in_its_value: bool
    value: float | None
    expected: float | None
    low: float | None
    high: float | None
    since: int | None
    limit: float | None
    limit_at: int | None
    limit_at_low: int | None
    limit_at_high: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DetectorStatus:
    """One detector on one component: its verdicts, its alerts, and how often they were right."""

    settings: Detector
    component: str
    newest: VerdictRow | None
    verdicts: tuple[VerdictRow, ...]  # of the chart's time, oldest first
    alerts: tuple[AlertRow, ...]  # that it made, newest first
    right: int  # how many of its alerts at this site people called right,
    wrong: int  # and how many wrong

    def state(self, now: int) -> State:
        """The kind of its newest verdict; `late` if that is older than two days, `none` without one."""
        if self.newest is None:
            return "none"
        if now - self.newest.at > LATE:
            return "late"
        return self.newest.kind  # type: ignore[return-value]  # only the detectors wrote it


def detector_statuses(
    profile: Profile,
    newest: Iterable[VerdictRow],
    verdicts: Sequence[VerdictRow],
    alerts: Sequence[AlertRow],
    tallies: dict[str, tuple[int, int]],
) -> list[DetectorStatus]:
    """Every detector of a device that ever gave a verdict: in alarm first, then in the profile's order."""
    last = {(row.detector, row.component): row for row in newest}
    steps = {rule.id for rule in profile.rules if rule.watches_steps}  # the answer says what it was
    statuses = []
    for settings in profile.detectors:
        rules = rules_of(profile, settings.id)
        counts = [tallies[rule] for rule in rules - steps if rule in tallies]
        for detector, component in sorted(last):
            if detector == settings.id:
                statuses.append(
                    DetectorStatus(
                        settings=settings,
                        component=component,
                        newest=last[detector, component],
                        verdicts=tuple(v for v in verdicts if _is_of(v, detector, component)),
                        alerts=tuple(
                            a for a in alerts if a.rule in rules and a.component == component
                        ),
                        right=sum(right for right, _ in counts),
                        wrong=sum(wrong for _, wrong in counts),
                    )
                )
    return sorted(statuses, key=lambda status: status.newest is None or not status.newest.alarm)


def rules_of(profile: Profile, detector: str) -> set[str]:
    """The ids of the rules of a detector about whose alerts people are asked."""
    return {
        rule.id for rule in profile.rules if rule.detector_id == detector and rule.is_answerable
    }


def alarms_in(verdicts: Sequence[VerdictRow], end: int) -> list[tuple[int, int]]:
    """Begin and end of each alarm, UTC milliseconds; the last may go on to `end`."""
    alarms: list[tuple[int, int]] = []
    begin: int | None = None
    for row in verdicts:
        if row.alarm and begin is None:
            begin = row.at
        # What a broken sensor leaves unknown neither ends an alarm nor begins one.
        elif begin is not None and not row.alarm and row.kind in ("normal", "learning"):
            alarms.append((begin, row.at))
            begin = None
    return alarms if begin is None else [*alarms, (begin, end)]


def _is_of(row: VerdictRow, detector: str, component: str) -> bool:
    return (row.detector, row.component) == (detector, component)

"""Which notice of an incident is due: what is so, against what people were notified of. Pure.

Nothing is remembered but the notices themselves, so a restart, the end of a window, a silence that
expires, or what got worse meanwhile need no case of their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, get_args

from core.time.clock import DAY, HOUR, SECOND
from core.vocabulary.alerts import NoticeKind
from core.vocabulary.severity import Severity
from storage.records import Alert
from storage.records.incidents import Incident, Notice

# Scanward's defaults, no source.
FIRST_REMINDER, LONGEST_REMINDER = HOUR, DAY

RANK: Mapping[Severity, int] = {severity: rank for rank, severity in enumerate(get_args(Severity))}
REMINDED = RANK["error"]  # and above
NEWS: frozenset[NoticeKind] = frozenset({"fired", "still_wrong", "worse"})


class DueNotice(NamedTuple):
    """A notice to be given."""

    kind: NoticeKind
    severity: Severity
    level: int = 0  # of an escalation


@dataclass(frozen=True, slots=True)
class NoticePolicy:
    """When notices are due, in milliseconds."""

    group_wait: int = 30 * SECOND
    acknowledged_for: int = 7 * DAY
    dependents: frozenset[str] = frozenset()  # the devices that depend on another
    escalations: Mapping[int, int] = field(default_factory=dict)  # by level


@dataclass(slots=True)
class NoticeClock:
    """Now, UTC ms, and the past by it: what a clock ahead has noted counts as when that was noticed."""

    now: int
    _noticed: dict[int, int] = field(default_factory=dict)

    def turn(self, now: int) -> None:
        """It is that late now; what was noticed while the clock was ahead of it is noticed anew."""
        self.now = now
        for at, noticed in list(self._noticed.items()):
            if at <= now:
                del self._noticed[at]
            else:
                self._noticed[at] = min(noticed, now)

    def past(self, at: int) -> int:
        """`at`, if it has been."""
        return at if at <= self.now else self._noticed.setdefault(at, self.now)


def due_notice(
    incident: Incident,
    alerts: Sequence[Alert],
    notices: Sequence[Notice],
    clock: NoticeClock,
    policy: NoticePolicy,
    quiet_until: Mapping[int, int] | None = None,
) -> DueNotice | None:
    """The next notice to give of an incident; None if there is none now.

    `alerts` in the order in which they fired, `notices` the oldest first. `quiet_until` has, by
    alert, when the last window or silence about it that is over has ended.
    """
    notices = _since_last_end(notices)
    if incident.merged_into_id is not None:
        return None  # the other speaks for it
    if incident.ended_at is not None:
        worst = max((notice.severity for notice in notices), key=RANK.__getitem__, default=None)
        return None if worst is None else DueNotice("over", worst)
    audible = audible_alerts(alerts, clock.now)
    loud = [alert for alert in audible if not alert.suppressed_by]
    if not loud:
        return None
    severity = worst_severity(audible)
    resumed = _quiet_end(loud, clock, quiet_until or {})
    if not notices:
        return _first(loud, severity, clock, policy, resumed)
    if RANK[severity] > max(RANK[notice.severity] for notice in notices):
        return DueNotice("worse", severity)
    if resumed is not None and all(clock.past(notice.at) < resumed for notice in notices):
        return DueNotice("still_wrong", severity)
    return _repeated(loud, notices, severity, clock, policy)


def audible_alerts(alerts: Iterable[Alert], now: int) -> list[Alert]:
    """Those that fire and are neither silenced nor in a window; what a cause explains is among them."""
    return [
        alert
        for alert in alerts
        if alert.state in ("firing", "clearing")
        and alert.ended_at is None
        and not alert.suppressed_by.startswith("window ")
        and (alert.silenced_until is None or alert.silenced_until <= now)
    ]


def worst_severity(alerts: Sequence[Alert]) -> Severity:
    """The worst of one or more alerts."""
    return max((alert.severity for alert in alerts), key=RANK.__getitem__)


def acknowledged_until(
    alert: Alert, notices: Iterable[Notice], clock: NoticeClock, policy: NoticePolicy
) -> int | None:
    """When its acknowledgement lapses; None if nobody has, or it got worse after."""
    if alert.acknowledged_at is None:
        return None
    at = clock.past(alert.acknowledged_at)
    if any(notice.kind == "worse" and clock.past(notice.at) > at for notice in notices):
        return None
    longest = DAY if alert.severity == "critical" else policy.acknowledged_for
    return at + min(policy.acknowledged_for, longest)


def _since_last_end(notices: Sequence[Notice]) -> Sequence[Notice]:
    """What was given since the incident was over, should it have begun again."""
    ends = [index for index, notice in enumerate(notices) if notice.kind == "over"]
    return notices[ends[-1] + 1 :] if ends else notices


def _first(
    loud: Sequence[Alert],
    severity: Severity,
    clock: NoticeClock,
    policy: NoticePolicy,
    resumed: int | None,
) -> DueNotice | None:
    depends = any(alert.device in policy.dependents for alert in loud)
    wait = policy.group_wait if depends or severity != "critical" else 0
    began = min(_fired_at(alert, clock) for alert in loud)
    if clock.now < began + wait:
        return None
    return DueNotice("fired" if resumed is None or resumed <= began else "still_wrong", severity)


def _repeated(
    loud: Sequence[Alert],
    notices: Sequence[Notice],
    severity: Severity,
    clock: NoticeClock,
    policy: NoticePolicy,
) -> DueNotice | None:
    """Nothing is new: an escalation or a reminder, unless somebody has acknowledged."""
    lapses = [acknowledged_until(alert, notices, clock, policy) for alert in loud]
    known = [at for at in lapses if at is not None]
    if len(known) == len(lapses) and min(known) > clock.now:
        return None
    times = [(notice, clock.past(notice.at)) for notice in notices]
    lapsed = [min(known)] if len(known) == len(lapses) else []
    began = max([*lapsed, *(at for notice, at in times if notice.kind in NEWS)])
    since = [(notice, at) for notice, at in times if at >= began]
    level = max((n.level for n, _ in since if n.kind == "escalation"), default=0)
    for next_level, after in sorted(policy.escalations.items()):
        if next_level > level and clock.now - began >= after:
            return DueNotice("escalation", severity, next_level)
    if RANK[severity] < REMINDED:
        return None
    reminders = sum(notice.kind == "reminder" for notice, _ in since)
    pause = min(FIRST_REMINDER << min(reminders, 10), LONGEST_REMINDER)
    last = max(at for notice, at in times if notice.kind != "escalation")
    return DueNotice("reminder", severity) if clock.now - last >= pause else None


def _quiet_end(
    loud: Sequence[Alert], clock: NoticeClock, quiet_until: Mapping[int, int]
) -> int | None:
    """When the last window or silence has ended during which any of them fired; None: there was none."""
    ends = [max(quiet_until.get(alert.id, 0), alert.silenced_until or 0) for alert in loud]
    fired = [_fired_at(alert, clock) for alert in loud]
    return max(
        (end for at, end in zip(fired, ends, strict=True) if at < end <= clock.now),
        default=None,
    )


def _fired_at(alert: Alert, clock: NoticeClock) -> int:
    return clock.past(alert.began_at if alert.fired_at is None else alert.fired_at)

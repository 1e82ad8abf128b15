"""What stands beside the state of an alert: why nobody is told of it, and whether anybody can tell."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from alerts.evaluation.dependencies import Dependencies
from alerts.evaluation.incidents import Incidents
from alerts.evaluation.memory import Memory
from alerts.evaluation.windows import maintenance_of, marks
from core.readings import UP
from core.time.clock import DAY
from storage.records import Alert, Window
from storage.records.cursors import SeriesKey

# What was pending when its device fell silent came to nothing that anybody knows, after so long.
PENDING_AT_MOST = DAY


@dataclass(frozen=True, slots=True)
class MarkContext:
    """What decides on the marks of an alert, at `now`, UTC ms."""

    incidents: Incidents
    dependencies: Dependencies
    memory: Memory
    entered: Collection[SeriesKey]  # by a person: another reading is not due soon
    windows: Sequence[Window]  # that may be open
    zone: ZoneInfo
    now: int


def mark(alerts: Sequence[Alert], around: MarkContext) -> None:
    """Write the marks of the open alerts, where they have changed."""
    silences = {
        alert.device: alert for alert in alerts if _tells_silence(alert, around.dependencies)
    }
    for alert in alerts:
        key = (alert.device, alert.component, alert.rule)
        window, silenced_until = marks(around.windows, key, around.now, around.zone)
        suppressed_by = window or _window_above(alert, around)
        if not suppressed_by and alert.fired_at is not None:
            suppressed_by = around.incidents.explained_by(alert)
        unknown_since = _unknown_since(alert, silences.get(alert.device), around)
        # Compared, for the session would write what is set, changed or not.
        if alert.suppressed_by != suppressed_by:
            alert.suppressed_by = suppressed_by
        if alert.silenced_until != silenced_until:
            alert.silenced_until = silenced_until
        if alert.unknown_since != unknown_since:
            alert.unknown_since = unknown_since


def _window_above(alert: Alert, around: MarkContext) -> str:
    """The maintenance window of something that the device depends on, if the alert began in it."""
    for name in around.dependencies.ancestors(alert.device) if around.windows else ():
        work = maintenance_of(around.windows, name, around.now, around.zone)
        if work is not None and alert.began_at >= work.start:
            return f"window {work.window.id}"
    return ""


def is_stale_pending(alert: Alert, now: int) -> bool:
    """Pending, and for so long unknown that it is no news any more."""
    since = alert.unknown_since
    return alert.state == "pending" and since is not None and now - since >= PENDING_AT_MOST


def _tells_silence(alert: Alert, dependencies: Dependencies) -> bool:
    rule = dependencies.rule(alert)
    is_silence = rule is not None and rule.tells_silence and alert.metric == UP
    return is_silence and alert.state == "firing"


def _unknown_since(alert: Alert, silence: Alert | None, around: MarkContext) -> int | None:
    """Since when its value is not read, because its device does not answer; None while it is."""
    series = (alert.device, alert.metric, alert.component)
    if silence is None or alert.metric == UP or series in around.entered:
        return None
    last_at = around.memory.last_read_at(series)
    return silence.began_at if last_at is not None and last_at <= silence.began_at else None

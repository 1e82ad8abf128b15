"""What stands beside the state of an alert: what explains it, and whether anybody can still tell."""

from collections.abc import Sequence

from alerts.evaluation.dependencies import Dependencies
from alerts.evaluation.incidents import Incidents
from alerts.evaluation.memory import Memory
from core.readings import UP
from core.time.clock import DAY
from storage.records import Alert

# What was pending when its device fell silent came to nothing that anybody knows, after so long.
PENDING_AT_MOST = DAY


def mark(
    alerts: Sequence[Alert], incidents: Incidents, dependencies: Dependencies, memory: Memory
) -> None:
    """Write the marks of the open alerts, where they have changed."""
    silences = {alert.device: alert for alert in alerts if _tells_silence(alert, dependencies)}
    for alert in alerts:
        if alert.fired_at is not None:
            explained_by = incidents.explained_by(alert)
            if alert.suppressed_by != explained_by:
                alert.suppressed_by = explained_by
        unknown_since = _unknown_since(alert, silences.get(alert.device), memory)
        if alert.unknown_since != unknown_since:
            alert.unknown_since = unknown_since


def is_stale_pending(alert: Alert, now: int) -> bool:
    """Pending, and for so long unknown that it is no news any more."""
    since = alert.unknown_since
    return alert.state == "pending" and since is not None and now - since >= PENDING_AT_MOST


def _tells_silence(alert: Alert, dependencies: Dependencies) -> bool:
    rule = dependencies.rule(alert)
    is_silence = rule is not None and rule.tells_silence and alert.metric == UP
    return is_silence and alert.state == "firing"


def _unknown_since(alert: Alert, silence: Alert | None, memory: Memory) -> int | None:
    """Since when its value is not read, because its device does not answer; None while it is."""
    if silence is None or alert.metric == UP:
        return None
    last_at = memory.last_read_at((alert.device, alert.metric, alert.component))
    return silence.began_at if last_at is not None and last_at <= silence.began_at else None

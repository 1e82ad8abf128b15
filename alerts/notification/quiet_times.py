"""When the windows and silences that were about an alert have ended."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy.orm import Session

from alerts.evaluation.windows import covers, is_whole, last_end
from core.schema.site import Site
from storage.records import Alert, Window
from storage.records import windows as window_rows


def quiet_until(db: Session, site: Site, alerts: Sequence[Alert], now: int) -> dict[int, int]:
    """By alert, when the last window about it that is over has ended, UTC ms.

    A window that comes round by the calendar is not about what fired before it: people know that.
    """
    if not alerts:
        return {}
    windows = window_rows.ended_windows(db, min(alert.began_at for alert in alerts), now)
    if not windows:
        return {}
    ends = [(window, last_end(window, now, site.zone)) for window in windows]
    return {alert.id: _latest(alert, ends, site) for alert in alerts}


def _latest(alert: Alert, ends: Iterable[tuple[Window, int]], site: Site) -> int:
    above = site.above(alert.device)
    return max(
        (
            end
            for window, end in ends
            if _is_about(window, alert, above) and not _was_known(window, end, alert)
        ),
        default=0,
    )


def _was_known(window: Window, end: int, alert: Alert) -> bool:
    """It fired before a routine window began; `end` is of the turn."""
    fired = alert.began_at if alert.fired_at is None else alert.fired_at
    return window.is_routine and fired < end - (window.ends_at - window.starts_at)


def _is_about(window: Window, alert: Alert, above: Collection[str]) -> bool:
    """A window of a whole device is about what depends on it, too."""
    if window.device != alert.device:
        return window.device in above and is_whole(window, window.device)
    return covers(window, (alert.device, alert.component, alert.rule))

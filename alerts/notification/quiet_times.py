"""When the windows and silences that were about an alert have ended."""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from core.schema.site import Site
from core.time.clock import DAY, by_wall_clock
from storage.records import Alert, Window
from storage.records import windows as window_rows

_PERIODS = {"daily": DAY, "weekly": 7 * DAY}


def quiet_until(db: Session, site: Site, alerts: Sequence[Alert], now: int) -> dict[int, int]:
    """By alert, when the last window about it that is over has ended, UTC ms."""
    if not alerts:
        return {}
    windows = window_rows.ended_windows(db, min(alert.began_at for alert in alerts), now)
    if not windows:
        return {}
    ends = [(window, _last_end(window, now, site)) for window in windows]
    return {alert.id: _latest(alert, ends, site) for alert in alerts}


def _latest(alert: Alert, ends: Iterable[tuple[Window, int]], site: Site) -> int:
    above = _devices_above(site, alert.device)
    return max((end for window, end in ends if _is_about(window, alert, above)), default=0)


def _is_about(window: Window, alert: Alert, above: set[str]) -> bool:
    """A window of a whole device is about what depends on it, too."""
    if window.device != alert.device:
        return window.device in above and not (window.component or window.rule)
    return window.component in ("", alert.component) and window.rule in ("", alert.rule)


def _devices_above(site: Site, device: str) -> set[str]:
    """All that a device depends on, and what these depend on."""
    above: set[str] = set()
    ahead = [device]
    while ahead:
        entry = site.devices.get(ahead.pop())
        parents = set(entry.depends_on if entry else ()) - above
        above |= parents
        ahead += parents
    return above


def _last_end(window: Window, now: int, site: Site) -> int:
    """When its last turn that is over has ended."""
    if not window.repeats:
        return window.ends_at
    until = now if window.repeats_until is None else min(now, window.repeats_until)
    period = _PERIODS[window.repeats]
    turns = max((until - window.ends_at) // period + 1, 0)
    ends = (
        by_wall_clock(window.ends_at, turn * period, site.zone)
        for turn in (turns, turns - 1, turns - 2)
    )
    return next((end for end in ends if end <= now), window.ends_at)

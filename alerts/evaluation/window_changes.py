"""What people do about windows: an alert silenced, maintenance announced or begun, both ended or prolonged.

Each function raises RefusedError, and has changed nothing, if it may not be. The window that comes and
goes with the work of an order is in maintenance/work_orders/work_window.py.
"""

import re

from alerts.evaluation.windows import (
    PERIOD_DAYS,
    is_whole,
    lasts_too_long,
    later_span,
    next_span,
    open_span,
)
from core.errors import RefusedError
from core.schema.site import Device
from core.schema.strict_model import did_you_mean
from core.text.times import duration
from core.time.clock import DAY, HOUR
from core.vocabulary.alerts import Repetition
from storage.records import Alert, Window
from storage.records import alerts as alert_rows
from storage.records import cursors as cursor_rows
from storage.records import windows as window_rows
from storage.records.transaction import Transaction, needs

LONGEST_REASON = 500  # characters; it stands in lists
MOST_HOURS = 24  # of "I am working on it now"
LATEST_BEGIN = 366 * DAY  # ahead: later is a year that was mistyped
_SPACES = re.compile(r"[ \t\r\n]+")


@needs("silence an alert")
def silence_alert(tx: Transaction, alert_id: int, until: int, reason: str) -> Window:
    """Nobody is told of this alert until then (UTC ms), whatever becomes of it; it is judged on.

    One alert has one silence: asked again, the last word counts.
    """
    alert = tx.db.get(Alert, alert_id)
    if alert is None or alert.fired_at is None:
        raise RefusedError("there is no alert {alert} that has fired", alert=alert_id)
    if alert.ended_at is not None:
        raise RefusedError("the alert has ended: there is nothing to silence any more")
    _check_length(tx, tx.now, until)
    why = checked_reason(reason)
    for window in window_rows.windows_at(tx.db, tx.now):
        if _is_silence_of(window, alert):
            window.ends_at, window.reason, window.by = until, why, tx.by
            return window
    silence = Window("silence", alert.device, tx.now, until, why, tx.by)
    silence.component, silence.rule = alert.component, alert.rule
    return _add(tx, silence)


@needs("plan maintenance windows")
def open_maintenance(
    tx: Transaction,
    device: str,
    starts_at: int,
    ends_at: int,
    reason: str,
    *,
    component: str = "",
    rule: str = "",
    repeats: Repetition = "",
    until: int | None = None,
) -> Window:
    """The device, or one part or rule of it, is at work from then to then (UTC ms).

    `repeats`: at the same time of day again, until `until`. What would have begun in the past begins
    now, unless it repeats.
    """
    known = tx.device(device)
    _check_component(tx, device, component)
    _check_rule(known, rule)
    why = checked_reason(reason)
    if starts_at > tx.now + LATEST_BEGIN:
        raise RefusedError("a window begins within a year from now")
    if repeats:
        _check_repeating(tx, starts_at, ends_at, repeats, until)
    elif until is not None:
        raise RefusedError("only a window that repeats has a last day")
    else:
        starts_at = max(starts_at, tx.now)
        _check_length(tx, starts_at, ends_at)
    window = Window("maintenance", device, starts_at, ends_at, why, tx.by, component, rule)
    window.repeats, window.repeats_until = repeats, until
    return _add(tx, window)


@needs("work on a device")
def work_now(tx: Transaction, device: str, hours: int, reason: str) -> Window:
    """Somebody is working on the device, from now on for so many hours.

    Said again by the same person it lasts longer, and never less long: `end_window` is for that.
    """
    tx.device(device)
    if not 1 <= hours <= MOST_HOURS:
        raise RefusedError("say for how long: 1 to {most} hours", most=MOST_HOURS)
    why, until = checked_reason(reason), tx.now + hours * HOUR
    _check_length(tx, tx.now, until)
    for window in window_rows.windows_at(tx.db, tx.now):
        is_own = window.by == tx.by and not window.repeats and window.order_id is None
        if is_own and is_whole(window, device):
            if window.ends_at < until:
                window.ends_at, window.reason = until, why
            return window
    return _add(tx, Window("maintenance", device, tx.now, until, why, tx.by))


@needs("work on a device")
def end_window(tx: Transaction, window_id: int, *, for_good: bool = False) -> None:
    """It is over now. One that repeats opens again at its next turn, unless it ends `for_good`."""
    window = _not_ended(tx, window_id)
    if not window.repeats or for_good:
        window_rows.close_window(tx.db, window, tx.now)
        return
    if open_span(window, tx.now, tx.site.zone) is None:
        raise RefusedError(
            "window {window} is not open now: end it for good, or leave it", window=window_id
        )
    later = _later_turns(tx, window)
    window_rows.close_window(tx.db, window, tx.now)
    if later is not None:
        tx.db.add(later)


@needs("plan maintenance windows")
def extend_window(tx: Transaction, window_id: int, ends_at: int) -> Window:
    """It ends then (UTC ms), later or earlier than it would have."""
    window = _not_ended(tx, window_id)
    if window.repeats:
        raise RefusedError("window {window} repeats: open another one beside it", window=window_id)
    _check_length(tx, max(window.starts_at, tx.now), ends_at)
    window.ends_at = ends_at
    return window


def checked_reason(reason: str) -> str:
    """Why, in words, in one line. RefusedError if there are none, or far too many."""
    line = _SPACES.sub(" ", reason).strip()
    if not line:
        raise RefusedError("say why")
    if len(line) > LONGEST_REASON:
        raise RefusedError("more than {count} characters", count=LONGEST_REASON)
    return line


def _add(tx: Transaction, window: Window) -> Window:
    tx.db.add(window)
    tx.db.flush()  # its number
    return window


def _is_silence_of(window: Window, alert: Alert) -> bool:
    return (window.kind, window.device, window.component, window.rule) == (
        "silence",
        alert.device,
        alert.component,
        alert.rule,
    )


def _not_ended(tx: Transaction, window_id: int) -> Window:
    window = tx.db.get(Window, window_id)
    if window is None:
        raise RefusedError("there is no window {window}", window=window_id)
    if next_span(window, tx.now, tx.site.zone) is None:
        raise RefusedError("window {window} has ended already", window=window_id)
    return window


def _later_turns(tx: Transaction, window: Window) -> Window | None:
    """The same window from its next turn on; None if there is none."""
    span = later_span(window, tx.now, tx.site.zone)
    if span is None:
        return None
    later = Window(window.kind, window.device, *span, window.reason, window.by)
    later.component, later.rule = window.component, window.rule
    later.repeats, later.repeats_until = window.repeats, window.repeats_until
    return later


def _check_length(tx: Transaction, starts_at: int, ends_at: int) -> None:
    if ends_at <= tx.now:
        raise RefusedError("the window would be over already")
    if ends_at <= starts_at:
        raise RefusedError("a window ends after it begins")
    longest = tx.site.file.windows.silence_at_most
    if ends_at - starts_at > longest:
        raise RefusedError("a window lasts {longest} at most", longest=duration(longest))


def _check_repeating(
    tx: Transaction, starts_at: int, ends_at: int, repeats: Repetition, until: int | None
) -> None:
    if repeats not in PERIOD_DAYS:
        known = ", ".join(PERIOD_DAYS)
        raise RefusedError("{cell!r} is none of {known}", cell=repeats, known=known)
    if ends_at <= starts_at or (until is not None and until <= starts_at):
        raise RefusedError("a window ends after it begins")
    if until is not None and until <= tx.now:
        raise RefusedError("the window would be over already")
    if lasts_too_long(starts_at, ends_at, repeats, tx.site.zone):
        raise RefusedError("it would begin again before it has ended")


def _check_component(tx: Transaction, device: str, component: str) -> None:
    """A part that was never read, and of which no alert tells, is a mistake."""
    if not component:
        return
    read = {part for name, _, part in cursor_rows.last_read_at(tx.db) if name == device}
    known = read | {alert.component for alert in alert_rows.alerts_since(tx.db, 0, device)}
    if component not in known:
        hint = did_you_mean(component, known)
        raise RefusedError(
            "{device} has no part {part!r}{hint}", device=device, part=component, hint=hint
        )


def _check_rule(device: Device, rule: str) -> None:
    known = [own.id for own in device.profile.rules]
    if rule and rule not in known:
        hint = did_you_mean(rule, known)
        raise RefusedError(
            "{device} has no rule {rule!r}{hint}", device=device.id, rule=rule, hint=hint
        )

"""Silences, maintenance windows, and alerts that a person closes."""

from alerts.evaluation.closing import close_alert
from alerts.evaluation.window_changes import (
    end_window,
    extend_window,
    open_maintenance,
    silence_alert,
    work_now,
)
from core.time.clock import HOUR, MINUTE
from dashboard.components.device import alert_actions
from dashboard.components.device import windows as window_page
from tests.dashboard.centre import Centre
from tests.doors.table import Action, Door

PAGE = "dashboard.components.device"
COMMAND = "app.cli.window"


def a_hot_tube(centre: Centre, now: int) -> int:
    """The alert of CT-2 fires and its probe is read; its number."""
    centre.alert("ct-2", "tube_hot", now - 3 * MINUTE)
    centre.all_well(now)
    return 1


def an_ended_window(centre: Centre, now: int) -> int:
    with centre.change(now - 2 * HOUR) as tx:
        return work_now(tx, "ct-2", 1, "fan").id


ACTIONS = [
    Action(
        "silence an alert",
        silence_alert,
        "say why",
        [
            Door(
                f"{PAGE}.alert_actions:_silenced",
                lambda v: alert_actions._silenced(v.about, 4, " "),
            ),
            Door(
                "app.cli.alert:silence",
                lambda v: v.command("silence", v.about, "--for", "4h", "--reason", " "),
            ),
        ],
        a_hot_tube,
    ),
    Action(
        "silence an alert for longer than the site allows",
        silence_alert,
        "a window lasts 30 d at most",
        [
            Door(
                f"{PAGE}.alert_actions:_silenced",
                lambda v: alert_actions._silenced(v.about, 721, "known"),
            ),
            Door(
                "app.cli.alert:silence",
                lambda v: v.command("silence", v.about, "--for", "721h", "--reason", "known"),
            ),
        ],
        a_hot_tube,
    ),
    Action(
        "close an alert that is still read",
        close_alert,
        "what it watches is still read: the alert ends by itself",
        [
            Door(f"{PAGE}.alert_actions:_closed", lambda v: alert_actions._closed(v.about, "gone")),
            Door(
                "app.cli.alert:alert_close",
                lambda v: v.command("alert", "close", v.about, "--reason", "gone"),
            ),
        ],
        a_hot_tube,
    ),
    Action(
        "work on a device that is gone",
        work_now,
        "there is no device 'ct-3' (did you mean 'ct-2'?)",
        [
            Door(f"{PAGE}.windows:_working", lambda _: window_page._working("ct-3", 2, "fan")),
            Door(
                f"{COMMAND}:window_work",
                lambda v: v.command("window", "work", "ct-3", "2", "--reason", "fan"),
            ),
        ],
    ),
    Action(
        "work on a device for two days",
        work_now,
        "say for how long: 1 to 24 hours",
        [
            Door(f"{PAGE}.windows:_working", lambda _: window_page._working("ct-2", 48, "fan")),
            Door(
                f"{COMMAND}:window_work",
                lambda v: v.command("window", "work", "ct-2", "48", "--reason", "fan"),
            ),
        ],
    ),
    Action(
        "plan maintenance that is over",
        open_maintenance,
        "the window would be over already",
        [
            Door(
                f"{PAGE}.windows:_planned",
                lambda v: window_page._planned("ct-2", (None, v.now - HOUR), "fan", "", None),
            ),
            Door(
                f"{COMMAND}:window_open",
                lambda v: v.command(
                    "window", "open", "ct-2", "--to", "2026-01-01", "--reason", "fan"
                ),
            ),
        ],
    ),
    Action(
        "end a window that has ended",
        end_window,
        "window 1 has ended already",
        [
            Door(f"{PAGE}.windows:_ended", lambda v: window_page._ended(v.about)),
            Door(f"{COMMAND}:window_end", lambda v: v.command("window", "end", v.about)),
        ],
        an_ended_window,
    ),
    Action(
        "extend a window that has ended",
        extend_window,
        "window 1 has ended already",
        [
            Door(
                f"{COMMAND}:window_extend",
                lambda v: v.command("window", "extend", v.about, "--for", "2h"),
            )
        ],
        an_ended_window,
    ),
]

"""What is done on the lines of the day."""

from dashboard.components.day import actions
from maintenance.planning.snooze import DayStanding, snooze, wake
from maintenance.work_orders.lifecycle import (
    assign,
    assign_for_alert,
    begin,
    begin_for_alert,
)
from tests.doors.table import Action, Door

PAGE = "dashboard.components.day.actions"
HOT = DayStanding("alert:1", "warning")


ACTIONS = [
    Action(
        "begin an order on its line",
        begin,
        "there is no order 99",
        [Door(f"{PAGE}:_begin", lambda _: actions._begin(99))],
    ),
    Action(
        "begin for an alert that there is not",
        begin_for_alert,
        "there is no alert 99 that has fired",
        [Door(f"{PAGE}:_begin_for_alert", lambda _: actions._begin_for_alert(99))],
    ),
    Action(
        "give an order to somebody on its line",
        assign,
        "say to whom",
        [Door(f"{PAGE}:_give", lambda _: actions._give(99, " "))],
    ),
    Action(
        "give an alert that there is not to somebody",
        assign_for_alert,
        "there is no alert 99 that has fired",
        [Door(f"{PAGE}:_give_alert", lambda _: actions._give_alert(99, "Karim"))],
    ),
    Action(
        "put off without a reason",
        snooze,
        "say why",
        [Door(f"{PAGE}:_put_off", lambda _: actions._put_off([HOT], 4, None, " "))],
    ),
    Action(
        "bring back what was put off",
        wake,
        "",
        [Door(f"{PAGE}:_bring_back", lambda _: actions._bring_back([HOT]))],
    ),
]

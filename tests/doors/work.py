"""Plans, downtime, rounds and alerts."""

import streamlit as st

from alerts.evaluation.acknowledge import acknowledge
from alerts.evaluation.feedback import give_feedback, note_service
from alerts.notification.acknowledge_link import LinkBearer
from alerts.notification.acknowledgement import acknowledge_incident
from core.number_input import number
from core.time.clock import DAY, HOUR, MINUTE
from dashboard.components.day import actions as day_actions
from dashboard.components.device import alert as alert_page
from dashboard.components.device import expected
from dashboard.components.orders import agenda, downtimes
from dashboard.components.rounds.readings import save_correction, save_round, save_withdrawal
from dashboard.components.shared.number_box import Box
from dashboard.http import acknowledge_page
from maintenance.assets.columns import whole
from maintenance.downtime.lifecycle import Correction, correct
from maintenance.planning import tasks
from maintenance.rounds.correction import correct_reading, withdraw_reading
from maintenance.rounds.manual_entry import EnteredValue, enter_readings
from maintenance.work_orders.order_downtime import add_downtime
from storage.records import Incident
from storage.records import planning as task_rows
from tests.dashboard.centre import Centre
from tests.dashboard.people import SARA
from tests.dashboard.sample_work import make_due
from tests.doors.table import Action, Door, Visit, an_order

PAGE = "dashboard.components.orders"
COMMAND = "app.cli.maintenance"


def a_task(centre: Centre, now: int) -> int:
    """The monthly check of CT-2 is due; the number of its task."""
    make_due(centre, now)
    with centre.records.reading() as db:
        task = task_rows.open_task(db, "tube_monthly", "ct-2")
    assert task is not None
    return task.id


def a_scan_count(centre: Centre, now: int) -> int:
    """CT-2 has done 41 200 scans, which was entered by hand; the number of the reading."""
    at = 1_760_000_400_000  # 2025-10-09 13:30 in Kabul
    with centre.change(at) as tx:
        [row] = enter_readings(tx, "ct-2", [EnteredValue("scan_count", 41_200)], at)
        return row.id


def an_ended_alert(centre: Centre, now: int) -> int:
    centre.alert("ct-2", "tube_hot", now - HOUR, now - MINUTE)
    return 1


def an_ended_incident(centre: Centre, now: int) -> int:
    centre.alert("ct-2", "tube_hot", now - HOUR, now - MINUTE)
    with centre.change(now) as tx:
        row = Incident(began_at=now - HOUR, cause_id=1, ended_at=now - MINUTE)
        tx.db.add(row)
        tx.db.flush()
        return row.id


def answer_question(visit: Visit) -> None:
    st.session_state["answer"] = "true"
    expected._give_feedback(visit.about, "answer")
    with visit.centre.records.reading() as db:
        from storage.records.feedback import feedback_on

        assert feedback_on(db, [visit.about])[visit.about].who == SARA


ACTIONS = [
    Action(
        "begin a scheduled task",
        tasks.begin_task,
        "its order is not open yet",
        [Door(f"{PAGE}.agenda:_begin", lambda _: agenda._begin(99))],
    ),
    Action(
        "skip a scheduled task",
        tasks.skip,
        "say why: in use, not located, or another reason in words",
        [
            Door(f"{PAGE}.agenda:_skipped", lambda v: agenda._skipped(v.about, "in_use", " ")),
            Door(f"{COMMAND}:plan_skip", lambda v: v.command("plan", "skip", v.about, " ")),
        ],
        a_task,
    ),
    Action(
        "skip a task that is over",
        tasks.skip,
        "there is no open occurrence 1",
        [
            Door(f"{PAGE}.agenda:_skipped", lambda v: agenda._skipped(1, "in_use", "trauma")),
            Door(f"{COMMAND}:plan_skip", lambda v: v.command("plan", "skip", "1", "trauma")),
        ],
        a_task,
    ),
    Action(
        "record planned work as done before",
        tasks.record_done,
        "it was done in the past, and after the last time that is known",
        [
            Door(
                f"{PAGE}.agenda:_noted",
                lambda v: agenda._noted("ct-2", "tube_monthly", v.now + DAY),
            ),
            Door(
                f"{COMMAND}:plan_done",
                lambda v: v.command("plan", "done", "ct-2", "tube_monthly", "--on", "2999-01-01"),
            ),
        ],
    ),
    Action(
        "record work of a plan that there is not",
        tasks.record_done,
        "ct-2 has no plan 'tube_month' (did you mean 'tube_monthly'?)",
        [
            Door(f"{PAGE}.agenda:_noted", lambda v: agenda._noted("ct-2", "tube_month", v.now)),
            Door(
                f"{COMMAND}:plan_done",
                lambda v: v.command("plan", "done", "ct-2", "tube_month", "--on", "2024-01-01"),
            ),
        ],
    ),
    Action(
        "add downtime",
        add_downtime,
        "downtime begins before it ends, and not in the future",
        [
            Door(
                f"{PAGE}.downtimes:_added",
                lambda v: downtimes._added(v.about, v.now + HOUR, "machine", "hard"),
            )
        ],
        an_order,
    ),
    Action(
        "correct downtime",
        correct,
        "downtime begins before it ends, and not in the future",
        [
            Door(
                f"{PAGE}.downtimes:_corrected",
                lambda v: downtimes._corrected(
                    1, Correction(began_at=v.now + HOUR), Box("", "", whole(0, 9))
                ),
            )
        ],
        an_order,
    ),
    Action(
        "enter readings of a round",
        enter_readings,
        "no number has been typed yet",
        [
            Door(
                "dashboard.components.rounds.readings:save_round",
                lambda _: save_round("ct-2", [], [], None),
            )
        ],
    ),
    Action(
        "enter a reading of a metric that there is not",
        enter_readings,
        "ct-2 has no metric 'scan_cont' (did you mean 'scan_count'?)",
        [
            Door(
                "dashboard.components.rounds.readings:save_round",
                lambda _: save_round("ct-2", [EnteredValue("scan_cont", 1)], [], None),
            ),
            Door(
                "app.cli.reading:reading_enter",
                lambda v: v.command("reading", "enter", "ct-2", "scan_cont", "1"),
            ),
        ],
    ),
    Action(
        "enter a running number below the last one",
        enter_readings,
        "Scans: 50 is less than 41200 of 2025-10-09 13:30. If it is right, confirm it",
        [
            Door(
                "dashboard.components.rounds.readings:save_round",
                lambda _: save_round("ct-2", [EnteredValue("scan_count", 50)], [], None),
            ),
            Door(
                "app.cli.reading:reading_enter",
                lambda v: v.command("reading", "enter", "ct-2", "scan_count", "50"),
            ),
        ],
        a_scan_count,
    ),
    Action(
        "correct a reading without a reason",
        correct_reading,
        "say why the reading is corrected",
        [
            Door(
                "dashboard.components.rounds.readings:save_correction",
                lambda v: save_correction(v.about, Box("", "5", number), " "),
            ),
            Door(
                "app.cli.reading:reading_correct",
                lambda v: v.command("reading", "correct", v.about, "5"),
            ),
        ],
        a_scan_count,
    ),
    Action(
        "withdraw a reading that nobody entered",
        withdraw_reading,
        "no reading 99 was entered by hand",
        [
            Door(
                "dashboard.components.rounds.readings:save_withdrawal",
                lambda _: save_withdrawal(99, "typed wrongly"),
            ),
            Door(
                "app.cli.reading:reading_withdraw",
                lambda v: v.command("reading", "withdraw", "99", "--reason", "typed wrongly"),
            ),
        ],
    ),
    Action(
        "acknowledge an alert",
        acknowledge,
        "the alert has ended: there is nothing to acknowledge any more",
        [
            Door(
                "dashboard.components.device.alert:_acknowledge",
                lambda v: alert_page._acknowledge(v.about),
            )
        ],
        an_ended_alert,
    ),
    Action(
        "take care of an incident",
        acknowledge_incident,
        "the alert has ended: there is nothing to acknowledge any more",
        [
            Door(
                "dashboard.components.day.actions:_acknowledge",
                lambda v: day_actions._acknowledge(v.about),
            ),
            Door(
                "dashboard.http.acknowledge_page:_acknowledge",
                lambda v: acknowledge_page._acknowledge(LinkBearer(v.about, "")),
            ),
            Door(
                "app.cli.incident:incident_acknowledge",
                lambda v: v.command("incident", "acknowledge", v.about),
            ),
        ],
        an_ended_incident,
    ),
    Action(
        "say whether an alert was right",
        give_feedback,
        "",
        [Door("dashboard.components.device.expected:_give_feedback", answer_question)],
        an_ended_alert,
    ),
    Action(
        "note a service",
        note_service,
        "",
        [
            Door(
                "app.cli.model:model_service",
                lambda v: v.command("model", "service", "ct-2", "--text", "New tube"),
            )
        ],
    ),
]

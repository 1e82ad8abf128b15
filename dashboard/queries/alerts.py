"""Alerts and downtime, as the pages show them."""

from collections.abc import Sequence

import streamlit as st
from sqlalchemy.orm import Session

from alerts.evaluation.feedback import give_feedback
from core.vocabulary.alerts import FeedbackOpinion
from dashboard.queries import stores
from dashboard.queries.reports import report
from dashboard.views.device_status import AlertRow, DownRow
from storage.records import Alert
from storage.records import alerts as alert_rows
from storage.records import downtime as downtime_rows
from storage.records import feedback as feedback_rows
from storage.records.feedback import AlertFeedback
from storage.records.transaction import transaction


@st.cache_data(ttl="3s", show_spinner=False)
def open_alerts() -> list[AlertRow]:
    """Alerts that have not ended, pending ones too."""
    with stores.records().reading() as db:
        return _alert_rows(db, list(alert_rows.open_alerts(db).values()))


@st.cache_data(ttl="3s", show_spinner=False)
def out_of_service() -> list[DownRow]:
    """What cannot be used now, the oldest first."""
    with stores.records().reading() as db:
        return [
            DownRow(
                one.id,
                one.device,
                one.extent == "hard",
                one.cause == "planned",
                one.began_at,
                one.order_id,
            )
            for one in downtime_rows.open_downtimes(db)
        ]


@st.cache_data(ttl="10s", show_spinner=False)
def alerts_since(since: int, device: str | None = None) -> list[AlertRow]:
    """Alerts that are open, or ended after `since`; newest first."""
    with stores.records().reading() as db:
        return _alert_rows(db, alert_rows.alerts_since(db, since, device))


@st.cache_data(ttl="10s", show_spinner=False)
def tallies() -> dict[str, tuple[int, int]]:
    """By rule, over the whole site: how many alerts were said to be right, how many wrong."""
    with stores.records().reading() as db:
        return {
            rule: (tally.true, tally.false) for rule, tally in feedback_rows.tallies(db).items()
        }


def answer(alert_id: int, opinion: FeedbackOpinion, by: str, now: int) -> None:
    """Keep what somebody at the screen says of an alert. StoreError if it cannot be kept."""
    with transaction(stores.records(), stores.site(), by, now) as tx:
        give_feedback(tx, alert_id, opinion)
    for changed in (alerts_since, open_alerts, tallies):
        changed.clear()


def forget_cached() -> None:
    """Something was written: what shows it is asked anew."""
    open_alerts.clear()
    out_of_service.clear()
    alerts_since.clear()
    report.clear()


def _alert_rows(db: Session, alerts: Sequence[Alert]) -> list[AlertRow]:
    answers = feedback_rows.feedback_on(db, [alert.id for alert in alerts])
    return [_alert_row(alert, answers.get(alert.id)) for alert in alerts]


def _alert_row(alert: Alert, answer: AlertFeedback | None) -> AlertRow:
    return AlertRow(
        device=alert.device,
        component=alert.component,
        rule=alert.rule,
        title=alert.title,
        severity=alert.severity,
        metric=alert.metric,
        state=alert.state,
        began_at=alert.began_at,
        fired_at=alert.fired_at,
        ended_at=alert.ended_at,
        acknowledged_at=alert.acknowledged_at,
        acknowledged_by=alert.acknowledged_by,
        value=alert.value,
        limit=alert.limit,
        id=alert.id,
        opinion=answer.opinion if answer else "",
    )

"""What can be done about one alert beside an order: silenced for a time, closed for good."""

import streamlit as st

from alerts.evaluation.closing import close_alert, may_be_closed
from alerts.evaluation.window_changes import silence_alert
from core.errors import StoreError
from core.time.clock import HOUR
from dashboard import forms
from dashboard.i18n import t
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import stores
from dashboard.text import format as fmt
from dashboard.views.device_status import AlertRow

SILENCE_HOURS = (1, 4, 12, 24, 72, 168)


def silence_form(row: AlertRow) -> None:
    """Tell nobody for a time; of one that is silent already, for another time."""
    name, label = f"silence-{row.id}", t("window.silence")
    with (
        forms.popover(name, label, ":material/notifications_off:"),
        st.form(forms.once(name), border=False),
    ):
        hours = st.segmented_control(
            t("window.how_long"), SILENCE_HOURS, default=4, required=True,
            format_func=lambda hours: fmt.span(hours * HOUR), key=forms.once(f"{name}-hours"),
        )  # fmt: skip
        reason = st.text_input(t("window.why"), key=forms.once(f"{name}-why"))
        if forms.submit(label, "silence an alert"):
            forms.do(name, lambda: _silenced(row.id, hours, reason))


def close_form(row: AlertRow, now: int) -> None:
    """Only where nothing is read any more that could end it."""
    try:
        readings = [reading for reading in fleet_queries.latest() if reading.device == row.device]
    except StoreError:
        return  # the page shows the error
    rule = stores.site().rule(row.device, row.rule)
    if not may_be_closed(rule, row.metric, row.component, readings, now):
        return
    name, label = f"close-{row.id}", t("alert.close")
    with (
        forms.popover(name, label, ":material/close:"),
        st.form(forms.once(name), border=False),
    ):
        st.caption(t("alert.close_means"))
        reason = st.text_input(t("window.why"), key=forms.once(f"{name}-why"))
        if forms.submit(label, "close an alert"):
            forms.do(name, lambda: _closed(row.id, reason))


def _silenced(alert_id: int, hours: int, reason: str) -> str:
    with forms.writing() as tx:
        window = silence_alert(tx, alert_id, tx.now + hours * HOUR, reason)
        until = window.ends_at
    return t("window.silent", when=fmt.moment(until, stores.now(), stores.site()))


def _closed(alert_id: int, reason: str) -> str:
    with forms.writing() as tx:
        close_alert(tx, alert_id, reason, stores.series())
    return t("alert.was_closed")

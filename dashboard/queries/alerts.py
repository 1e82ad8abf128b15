"""Alerts, downtime, and when nobody is told of them, as the pages show them."""

import streamlit as st

from alerts.evaluation.windows import next_span
from dashboard.queries import stores
from dashboard.queries.alert_rows import alert_rows_of
from dashboard.queries.incidents import open_incidents
from dashboard.queries.reports import report
from dashboard.views.device_status import AlertRow, DownRow, down_row
from dashboard.views.windows import WindowRow
from storage.records import alerts as alert_rows
from storage.records import downtime as downtime_rows
from storage.records import feedback as feedback_rows
from storage.records import windows as window_rows

_writes = 0


@st.cache_data(ttl="3s", show_spinner=False)
def open_alerts() -> list[AlertRow]:
    """Alerts that have not ended, pending ones too."""
    with stores.records().reading() as db:
        return alert_rows_of(db, list(alert_rows.open_alerts(db).values()))


@st.cache_data(ttl="3s", show_spinner=False)
def out_of_service() -> list[DownRow]:
    """What cannot be used now, the oldest first."""
    with stores.records().reading() as db:
        return [down_row(downtime) for downtime in downtime_rows.open_downtimes(db)]


@st.cache_data(ttl="3s", show_spinner=False)
def windows() -> list[WindowRow]:
    """Silences and maintenance windows that are open or to come, the next to begin first."""
    now, zone = stores.now(), stores.site().zone
    with stores.records().reading() as db:
        rows = [
            WindowRow(
                window.id,
                window.kind,
                window.device,
                window.component,
                window.rule,
                *span,
                span[0] <= now,
                window.repeats,
                window.by,
                window.reason,
                window.order_id,
            )
            for window in window_rows.windows_to_come(db, now)
            if (span := next_span(window, now, zone)) is not None
        ]
    return sorted(rows, key=lambda row: (row.start, row.id))


@st.cache_data(ttl="10s", show_spinner=False)
def alerts_since(since: int, device: str | None = None) -> list[AlertRow]:
    """Alerts that are open, or ended after `since`; newest first."""
    with stores.records().reading() as db:
        return alert_rows_of(db, alert_rows.alerts_since(db, since, device))


@st.cache_data(ttl="10s", show_spinner=False)
def tallies() -> dict[str, tuple[int, int]]:
    """By rule, over the whole site: how many alerts people called right, how many wrong."""
    with stores.records().reading() as db:
        return {
            rule: (tally.true, tally.false) for rule, tally in feedback_rows.tallies(db).items()
        }


def writes() -> int:
    """How often this process has written; what was computed before the last time is not shown after it."""
    return _writes


def forget_cached() -> None:
    """Something was written: what shows it is read anew."""
    global _writes
    _writes += 1
    open_alerts.clear()
    out_of_service.clear()
    windows.clear()
    open_incidents.clear()
    alerts_since.clear()
    tallies.clear()
    report.clear()

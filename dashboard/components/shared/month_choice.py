"""Which month a report is of."""

import streamlit as st

from core.time.calendars import Month
from dashboard.i18n import t
from dashboard.queries import reports as report_queries
from dashboard.queries import stores
from maintenance.reports.locale import ReportLocale


def month_choice(locale: ReportLocale, key: str) -> Month:
    """This month or one before it; the address keeps it under `key`."""
    return st.selectbox(
        t("reports.month"), report_queries.months(stores.now()), format_func=locale.month,
        width=220, key=key, bind="query-params",
    )  # fmt: skip

"""The choice of a month above a report."""

import streamlit as st

from core.time.calendars import Month
from dashboard.components.shared.address import choice
from dashboard.i18n import t
from dashboard.queries import reports as report_queries
from dashboard.queries import stores
from maintenance.reports.locale import ReportLocale


def month_choice(locale: ReportLocale, key: str) -> Month:
    """A month of the reader's calendar, which the address holds: `month=1405-09`.

    A month of the other calendar in the address stays what it is: whoever sent it looks at the same figures.
    """
    now = stores.now()
    months = report_queries.months(now, locale.calendar)
    others = report_queries.months(now, "gregorian" if locale.calendar == "solar" else "solar")
    in_address = st.query_params.get("month", "")
    months += [month for month in others if str(month) == in_address]
    return choice(
        "month", t("reports.month"), months, locale.month, key=key, width=220, is_named=True
    )

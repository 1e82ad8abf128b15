"""The manager's page: a month against twelve, what is overdue, what comes at which price; its file beside it."""

import streamlit as st

from dashboard import forms, i18n
from dashboard.components.shared.list_row import title
from dashboard.components.shared.month_choice import month_choice
from dashboard.components.shared.report import (
    report_chart,
    report_files,
    report_head,
    report_table,
)
from dashboard.i18n import t
from dashboard.queries import reports as report_queries
from dashboard.queries import stores
from maintenance.reports.locale import Language, ReportLocale

site = stores.site()
own: Language = "fa" if i18n.language() == "fa" else "en"
title(t("management.title"))
with st.container(key="filter", horizontal=True, vertical_alignment="bottom"):
    month = month_choice(ReportLocale(own, site.file.calendar, site.zone), "management-month")
with st.spinner(t("reports.making")):
    made = forms.read(lambda: report_queries.report("management", month, own))
if made is not None:
    report, locale = made
    st.html(report_head(report, locale))
    report_files(report, locale, site.file.id, month)
    st.html(report_table(report.first, locale))
    st.html(report_chart(report, locale))
    for table in report.details:
        st.html(report_table(table, locale))

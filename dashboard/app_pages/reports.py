"""Reports: a month's figures on the screen, the file to keep or send, and its downtime to correct."""

import streamlit as st

from core.time.calendars import Month
from dashboard import forms, i18n
from dashboard.components.orders.downtimes import downtimes
from dashboard.components.shared.list_row import section, title
from dashboard.components.shared.month_choice import month_choice
from dashboard.components.shared.report import report_files, report_head, report_table
from dashboard.i18n import t
from dashboard.queries import reports as report_queries
from dashboard.queries import stores
from maintenance.reports.locale import Language, ReportLocale
from maintenance.reports.model import Kind

KINDS: dict[Kind, str] = {
    "uptime": "reports.uptime",
    "maintenance": "reports.maintenance",
    "vendor": "reports.vendor",
}
LANGUAGES: dict[Language, str] = {"en": "reports.en", "fa": "reports.fa"}

site = stores.site()
title(t("reports.title"))
with st.container(key="filter", horizontal=True, vertical_alignment="bottom"):
    kind = st.segmented_control(
        t("reports.kind"), list(KINDS), default="uptime", format_func=lambda kind: t(KINDS[kind]),
        required=True, key="report-kind", bind="query-params",
    )  # fmt: skip
    own: Language = "fa" if i18n.language() == "fa" else "en"
    locale = ReportLocale(own, site.file.calendar, site.zone)
    month = month_choice(locale, "report-month")
    languages = list(LANGUAGES)
    language = st.selectbox(
        t("reports.language"), languages, languages.index(own),
        format_func=lambda language: t(LANGUAGES[language]), width=140,
        key="report-language", bind="query-params",
    )  # fmt: skip


def show(kind: Kind, month: Month, language: Language) -> None:
    """The figures, the file, the tables."""
    with st.spinner(t("reports.making")):
        made = forms.read(lambda: report_queries.report(kind, month, language))
    if made is None:
        return
    report, locale = made
    st.html(report_head(report, locale))
    report_files(report, locale, site.file.id, month)
    st.html(report_table(report.first, locale))
    if kind == "uptime":
        section(t("reports.downtime"))
        rows = forms.read(lambda: report_queries.downtimes(month)) or []
        downtimes(rows, t("reports.no_downtime"), named=True)
    with st.expander(t("reports.details")):
        for table in report.details:
            st.html(report_table(table, locale))


show(kind, month, language)

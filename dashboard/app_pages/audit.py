"""Who did what, when, and from where."""

import streamlit as st

from core.errors import RefusedError
from core.time.clock import DAY
from dashboard import forms
from dashboard.components.shared.list_row import empty, title
from dashboard.i18n import t, t_data
from dashboard.queries import audit as audit_queries
from dashboard.queries import stores
from dashboard.views.audit import HEAD, audit_csv, audit_line

LABELS = {
    "when": "audit.when",
    "who": "audit.who",
    "from": "audit.from",
    "action": "audit.action",
    "what": "audit.what",
    "row": "audit.row",
    "before": "audit.before",
    "after": "audit.after",
}

title(t("audit.title"))
if why := forms.why_not("see the audit"):
    empty(why)
    st.stop()
people, tables = forms.read(audit_queries.names) or ([], [])
with st.container(key="audit-filter", horizontal=True):
    who = st.selectbox(
        t("audit.who"), people, index=None, key="audit-who", placeholder=t("audit.all")
    )
    what = st.selectbox(t("audit.what"), tables, index=None, key="audit-what",
                        placeholder=t("audit.all"), format_func=t_data)  # fmt: skip
    days = st.selectbox(t("audit.days"), [1, 7, 30, 365, None], index=1, key="audit-days",
                        format_func=lambda n: t("audit.all") if n is None else str(n))  # fmt: skip
    row = st.text_input(t("audit.row"), key="audit-row")
since = 0 if days is None else stores.now() - days * DAY
chosen = audit_queries.chosen(who or "", what or "", row.strip(), since)
try:
    changes = forms.read(lambda: audit_queries.changes(chosen))
except RefusedError:  # the roles were changed a moment ago
    st.stop()
zone = stores.site().zone
if changes:
    lines = [audit_line(change, zone) for change in changes]
    columns = {name: [line[at] for line in lines] for at, name in enumerate(HEAD)}
    for name in ("action", "what"):
        columns[name] = [t_data(code) for code in columns[name]]
    labels = {name: st.column_config.TextColumn(t(key)) for name, key in LABELS.items()}
    st.dataframe(columns, hide_index=True, column_config=labels)
    if len(changes) == audit_queries.MOST_SHOWN:
        st.caption(t("audit.more", count=audit_queries.MOST_SHOWN))
    st.download_button(
        t("audit.export"),
        lambda: audit_csv(audit_queries.exported_changes(chosen), zone),
        "audit.csv",
        "text/csv",
    )
elif changes is not None:
    empty(t("audit.none"))

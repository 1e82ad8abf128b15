"""Who did what, when, and from where."""

import streamlit as st

from core.errors import RefusedError
from core.time.clock import DAY
from dashboard import forms
from dashboard.components.shared.address import choice
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

DAYS = (1, 7, 30, 365, 0)  # back from now; 0: all that is kept

title(t("audit.title"))
if why := forms.why_not("see the audit"):
    empty(why)
    st.stop()
people, tables = forms.read(audit_queries.names) or ([], [])
with st.container(key="audit-filter", horizontal=True):
    who, what = (
        choice(
            name, t(LABELS[name]), ["", *names], lambda text: t_data(text) if text else t("audit.all"),
            key=f"audit-{name}", is_named=True,
        )
        for name, names in (("who", people), ("what", tables))
    )  # fmt: skip
    days = choice(
        "days", t("audit.days"), DAYS, lambda n: str(n) if n else t("audit.all"),
        key="audit-days", usual=7, is_named=True,
    )  # fmt: skip
    row = st.text_input(t("audit.row"), key="row", bind="query-params")
since = stores.now() - days * DAY if days else 0
chosen = audit_queries.chosen(who, what, row.strip(), since)
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

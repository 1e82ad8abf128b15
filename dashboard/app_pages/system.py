"""How Scanward itself is, for who keeps it running."""

import streamlit as st

from core.errors import RefusedError
from dashboard import forms, i18n
from dashboard.components.shared.auto_refresh import stay_fresh
from dashboard.components.shared.list_row import empty, hint, section, title
from dashboard.components.shared.still_to_do import still_to_do_list
from dashboard.components.system.line import SystemLine, counts, folded, line_list
from dashboard.components.system.running import (
    CHECK_STATES,
    doctor_lines,
    process_lines,
    queue_lines,
)
from dashboard.components.system.stored import (
    backup_lines,
    disk_lines,
    safety_lines,
    token_lines,
)
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.queries import system as system_queries
from dashboard.system.diagnostics import FILE_NAME
from dashboard.system.doctor_run import DoctorRun
from dashboard.text import format as fmt

LOOK_EVERY = "2s"  # while a check runs

now, site = stores.now(), stores.site()


def begin_check() -> str:
    """Have the doctor look."""
    system_queries.begin_check()
    return t("system.check_begun")


def check_words(run: DoctorRun | None) -> str:
    """How the last check went."""
    if run is None:
        return t("system.never_checked")
    state = t(CHECK_STATES[run.state])
    return t("system.check", state=state, age=fmt.age(run.ended_at or run.began_at, now), by=run.by)


def finding_list(run: DoctorRun, lines: list[SystemLine]) -> str:
    """What is wrong at once, and what is well below a line that opens: there may be hundreds."""
    is_old = run.state == "running" and run.lines_at is not None
    head = hint(t("system.check_before", age=fmt.age(run.lines_at, now))) if is_old else ""
    well = [line for line in lines if line.standing == "ok"]
    return head + line_list(line for line in lines if line.standing != "ok") + folded(well)


def watch_check() -> None:
    """Look again until the check that runs has ended, and then make the page anew."""
    run = system_queries.last_check()
    if run is None or run.state != "running":
        st.rerun()
    st.html(hint(t("system.check_wait")))


title(t("system.title"))
if why := forms.why_not("see the system"):
    empty(why)
    st.stop()
try:
    facts = system_queries.facts()
except RefusedError:  # the roles were changed a moment ago
    st.stop()
stay_fresh()
check = system_queries.last_check()
parts = {
    "system.processes": process_lines(facts, site),
    "system.deliveries": queue_lines(facts, site),
    "system.disk": disk_lines(facts),
    "system.backups": backup_lines(facts, site),
    "system.safety": safety_lines(facts, site),
}
findings = doctor_lines(check)
st.html(counts([line for lines in (*parts.values(), findings) for line in lines]))
still_to_do_list()
for key, lines in parts.items():
    section(t(key))
    st.html(line_list(lines))
section(t("system.checks"))
st.html(hint(check_words(check)))
if check is not None and check.state == "running":
    st.fragment(i18n.kept(watch_check), run_every=LOOK_EVERY)()
else:
    forms.button("system-check", t("system.check_now"), begin_check, right="check the system")
if check is not None:
    st.html(finding_list(check, findings))
section(t("system.tokens"))
tokens = token_lines(facts, site)
if tokens:
    st.html(line_list(tokens))
else:
    empty(t("system.no_tokens"))
section(t("system.diagnostics"))
st.html(hint(t("system.diagnostics_about")))
st.download_button(
    t("system.diagnostics_get"), system_queries.diagnostics, FILE_NAME, "application/zip"
)

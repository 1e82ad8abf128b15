"""How Scanward itself is."""

import os
from pathlib import Path

import streamlit as st

from dashboard.queries import identity, stores
from dashboard.system import diagnostics as system_diagnostics
from dashboard.system import doctor_run
from dashboard.system.facts import system_facts
from dashboard.system.model import SystemFacts
from storage.records.transaction import refusal


def facts() -> SystemFacts:
    """All facts. RefusedError for who may not see them."""
    if not identity.may("see the system"):
        raise refusal("see the system")
    return known_facts()


@st.cache_data(ttl="5s", show_spinner=False)
def known_facts() -> SystemFacts:
    """All facts, for a door that has looked who asks."""
    return system_facts(stores.site(), stores.records(), stores.series(), stores.now())


def begin_check() -> None:
    """Have the doctor look, in a process of its own. RefusedError for who may not, and while it looks already."""
    principal = identity.required()
    if "check the system" not in principal.rights:
        raise refusal("check the system")
    path = Path(os.environ[stores.SITE_VARIABLE])
    doctor_run.start(stores.site(), path, principal.full_name, stores.now)
    known_facts.clear()


def diagnostics() -> bytes:
    """Scanward's own diagnostics, a ZIP, for a door that has looked who asks.

    Streamlit makes a download when it is clicked, in a request that knows no person any more.
    """
    parts = system_diagnostics.diagnostics(known_facts(), stores.site(), stores.records())
    return b"".join(parts)


def last_check() -> doctor_run.DoctorRun | None:
    """The doctor's last run, as it stands this moment."""
    return doctor_run.last_run(stores.site().file.storage.folder)

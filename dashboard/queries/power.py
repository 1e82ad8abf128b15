"""The plan for a power cut, as it is now."""

import streamlit as st

from alerts.power import PowerPlan, make_plan, may_be_cut, read_situation
from core.errors import StoreError
from dashboard.queries import stores
from dashboard.queries.backfill import backfill
from dashboard.queries.fleet import latest

ROUNDED = 5_000  # ms; open pages share the answer


def power_plan() -> PowerPlan:
    """StoreError if the readings cannot be read, or are not all there yet."""
    if backfill() is not None:
        raise StoreError("the past is being written")
    return _plan(stores.now() // ROUNDED * ROUNDED)


def power_plan_if_read() -> PowerPlan | None:
    """For a page that warns of a cut: None while no UPS runs on its battery, or if nobody can tell.

    The plan is dear (what was drawn in hours, of each device), and most of the time there is no cut.
    """
    try:
        return power_plan() if may_be_cut(stores.site(), latest()) else None
    except StoreError:
        return None


@st.cache_data(ttl="5s", max_entries=4, show_spinner=False)
def _plan(now: int) -> PowerPlan:
    return make_plan(read_situation(stores.site(), stores.series(), now))

"""What detectors say of a device."""

import streamlit as st

from dashboard.queries import stores
from dashboard.queries.alerts import alerts_since, tallies
from dashboard.views.detector_status import DetectorStatus, VerdictRow, detector_statuses
from storage.records import Verdict
from storage.records import verdicts as verdict_rows


@st.cache_data(ttl="60s", max_entries=200, show_spinner=False)
def verdicts(device: str, start: int, end: int) -> list[VerdictRow]:
    """What the detectors of a device said in [start, end), oldest first."""
    with stores.records().reading() as db:
        return [_verdict_row(one) for one in verdict_rows.verdicts_of(db, device, start, end)]


@st.cache_data(ttl="10s", show_spinner=False)
def newest_verdicts(device: str) -> list[VerdictRow]:
    """What each detector of a device said last."""
    with stores.records().reading() as db:
        return [_verdict_row(one) for one in verdict_rows.newest_verdicts(db, device).values()]


def statuses(device: str, start: int, end: int) -> list[DetectorStatus]:
    """Each detector of a device, with what it said in [start, end)."""
    return detector_statuses(
        stores.site().devices[device].profile,
        newest_verdicts(device),
        verdicts(device, start, end),
        alerts_since(start, device),
        tallies(),
    )


def _verdict_row(one: Verdict) -> VerdictRow:
    values = {name: getattr(one, name) for name in VerdictRow._fields}
    return VerdictRow(**{**values, "carried_by": tuple(one.carried_by)})

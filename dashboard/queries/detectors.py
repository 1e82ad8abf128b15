"""The verdicts of the detectors of a device."""

import streamlit as st

from dashboard.queries import stores
from dashboard.queries.alerts import alerts_since, tallies
from dashboard.views.detector_status import DetectorStatus, VerdictRow, detector_statuses
from storage.records import Verdict
from storage.records import verdicts as verdict_rows


@st.cache_data(ttl="60s", max_entries=200, show_spinner=False)
def verdicts(device: str, start: int, end: int) -> list[VerdictRow]:
    """The verdicts on a device in [start, end), oldest first."""
    with stores.records().reading() as db:
        return [
            _verdict_row(verdict) for verdict in verdict_rows.verdicts_of(db, device, start, end)
        ]


@st.cache_data(ttl="10s", show_spinner=False)
def newest_verdicts(device: str) -> list[VerdictRow]:
    """The last verdict of each detector of a device."""
    with stores.records().reading() as db:
        return [
            _verdict_row(verdict) for verdict in verdict_rows.newest_verdicts(db, device).values()
        ]


def statuses(device: str, start: int, end: int) -> list[DetectorStatus]:
    """Each detector of a device, with its verdicts in [start, end)."""
    return detector_statuses(
        stores.site().devices[device].profile,
        newest_verdicts(device),
        verdicts(device, start, end),
        alerts_since(start, device),
        tallies(),
    )


def _verdict_row(verdict: Verdict) -> VerdictRow:
    return VerdictRow(**{name: getattr(verdict, name) for name in VerdictRow._fields})

"""What a witness tells of a scanner's work: the PACS, a dose report, an image's header, MPPS, a plug.

Studies, series, exposures and steps are known by a hash of their UID (uid_hash.py), so that the PACS
and a report that tell of one study tell of one.
"""

from typing import Literal, NamedTuple

Witness = Literal[
    "report", "header"
]  # of an exposure; where a study has reports its headers add nothing
StepState = Literal["in progress", "completed", "discontinued", "abandoned"]


class SeriesEntry(NamedTuple):
    """A series, or as much of it as has come so far."""

    device: str
    study: bytes
    series: bytes
    began_at: int  # UTC ms
    ended_at: int
    images: int


class OtherSeriesEntry(NamedTuple):
    """A series without images of a scan: a report, a presentation state. Only its study counts."""

    device: str
    study: bytes
    series: bytes
    began_at: int  # UTC ms


class ExposureEntry(NamedTuple):
    """One irradiation event. What its witness does not say is None, never zero."""

    device: str
    study: bytes
    event: bytes
    at: int  # UTC ms
    witness: Witness
    exposures: int = 1
    scan_s: float | None = None
    tube_load_kj: float | None = None
    dap_gy_cm2: float | None = None
    ctdi_vol_mgy: float | None = None
    dlp_mgy_cm: float | None = None


class StepEntry(NamedTuple):
    """A performed procedure step (MPPS)."""

    device: str
    study: bytes
    step: bytes
    state: StepState
    began_at: int  # UTC ms
    ended_at: int | None = None


Entry = SeriesEntry | OtherSeriesEntry | ExposureEntry | StepEntry

"""Two entries of one thing laid together. Pure.

The same whatever the order and however often, for a PACS, a report and an image come as they come: a
beginning is the earliest, an end the latest, a number the largest, and a report is believed before an
image's header.
"""

from storage.examinations.entries import Entry, ExposureEntry, SeriesEntry, StepEntry, StepState

_FINALITY: dict[StepState, int] = {
    "in progress": 0,
    "abandoned": 1,
    "discontinued": 2,
    "completed": 3,
}


def over(known: Entry, entry: Entry) -> Entry:
    """What is known of the thing once `entry` is known too."""
    if isinstance(known, SeriesEntry) and isinstance(entry, SeriesEntry):
        return _series(known, entry)
    if isinstance(known, ExposureEntry) and isinstance(entry, ExposureEntry):
        return _exposure(known, entry)
    assert isinstance(known, StepEntry)
    assert isinstance(entry, StepEntry)
    return _step(known, entry)


def moment(entry: Entry) -> int:
    """When it began, UTC ms."""
    return entry.at if isinstance(entry, ExposureEntry) else entry.began_at


def _series(known: SeriesEntry, entry: SeriesEntry) -> SeriesEntry:
    return known._replace(
        study=min(known.study, entry.study),
        began_at=min(known.began_at, entry.began_at),
        ended_at=max(known.ended_at, entry.ended_at),
        images=max(known.images, entry.images),
    )


def _exposure(known: ExposureEntry, entry: ExposureEntry) -> ExposureEntry:
    if known.witness != entry.witness:
        return known if known.witness == "report" else entry
    return known._replace(
        study=min(known.study, entry.study),
        at=min(known.at, entry.at),
        exposures=max(known.exposures, entry.exposures),
        scan_s=_largest(known.scan_s, entry.scan_s),
        tube_load_kj=_largest(known.tube_load_kj, entry.tube_load_kj),
        dap_gy_cm2=_largest(known.dap_gy_cm2, entry.dap_gy_cm2),
        ctdi_vol_mgy=_largest(known.ctdi_vol_mgy, entry.ctdi_vol_mgy),
        dlp_mgy_cm=_largest(known.dlp_mgy_cm, entry.dlp_mgy_cm),
    )


def _step(known: StepEntry, entry: StepEntry) -> StepEntry:
    ends = [end for end in (known.ended_at, entry.ended_at) if end is not None]
    return known._replace(
        study=min(known.study, entry.study),
        state=max(known.state, entry.state, key=lambda state: _FINALITY[state]),
        began_at=min(known.began_at, entry.began_at),
        ended_at=max(ends, default=None),
    )


def _largest(known: float | None, value: float | None) -> float | None:
    return max((number for number in (known, value) if number is not None), default=None)

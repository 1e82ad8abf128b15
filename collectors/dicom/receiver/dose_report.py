"""X-Ray Radiation Dose Reports: CT (TID 10011, 10013), projection and mammography (TID 10001, 10003). Pure.

Of each irradiation event: kV x mA x s / 1000 = kJ, of all its X-ray sources; kV x mAs / 1000 where the
report says mAs. Events are known by their UID, so a report sent twice or one that repeats earlier events
adds nothing. Totals are only compared: where they disagree, the events count.
"""

from collections.abc import Iterator
from datetime import tzinfo
from typing import NamedTuple

from collectors.dicom.common.dataset import Attributes
from collectors.dicom.common.dicom_times import read_date_time
from collectors.dicom.receiver.content import ContentItem
from collectors.dicom.receiver.mammography_report import (
    MammographyView,
    disagreements,
    mammography_view,
)
from storage.examinations.entries import ExposureEntry
from storage.examinations.uid_hash import UidHasher

# Concepts of PS3.16, scheme DCM.
CT_ACQUISITION, CT_PARAMETERS, CT_SOURCE, CT_DOSE, CT_ACCUMULATED = (
    "113819", "113822", "113831", "113829", "113811",
)  # fmt: skip
PROJECTION_EVENT, PROJECTION_ACCUMULATED = "113706", "113702"
EVENT_UID, STARTED, REPORT_STARTED, PLANE = "113769", "111526", "113809", "113764"
PLANES = {"113620": "A", "113621": "B"}
KVP, TUBE_CURRENT, MEAN_CURRENT, EXPOSURE = "113733", "113734", "113767", "113736"
EXPOSURE_TIME, IRRADIATION_DURATION = "113824", "113742"
DAP, CTDI_VOL, DLP = "122130", "113830", "113838"
EVENT_COUNT, DLP_TOTAL, DAP_TOTAL = "113812", "113813", "113722"
OBSERVER_SERIAL, OBSERVER_NAME, DEVICE_ROLE, DEVICE_SERIAL = "121016", "121013", "113876", "113880"

# By how much a total may differ from its events for rounding: our default, no source.
_TOLERANCE = 0.02
_LONGEST_EVENT_S = 3600.0


class ReportDevice(NamedTuple):
    """By what a report names the machine that irradiated; empty if it does not."""

    serial: str
    station_name: str


class DoseReport(NamedTuple):
    """What a report holds of one device."""

    exposures: list[ExposureEntry]
    views: list[MammographyView]  # of a mammograph, beside its exposures
    doubts: list[str]  # for a person: totals that disagree, units that are not known


class _Source(NamedTuple):
    """The device and the study that an event is of."""

    device: str
    study: bytes
    hasher: UidHasher
    at: int
    zone: tzinfo


def report_device(report: Attributes) -> ReportDevice:
    """The machine as the content names it; the header may name the workstation that wrote the report."""
    root = ContentItem(report)
    serial = root.text(OBSERVER_SERIAL)
    return ReportDevice(serial, root.text(OBSERVER_NAME))


def read_dose_report(
    report: Attributes, device: str, hasher: UidHasher, at: int, zone: tzinfo
) -> DoseReport:
    """The exposures of a report; `at` is when, where neither the event nor the report says it better."""
    root = ContentItem(report)
    unknown: set[str] = set()
    began = read_date_time(root.date_time(REPORT_STARTED), zone)
    study = hasher.hash(report.text("StudyInstanceUID"))
    source = _Source(device, study, hasher, at if began is None else began, zone)
    events = [
        *(_ct(event, source, unknown) for event in root.containers(CT_ACQUISITION)),
        *(_projection(event, source, unknown) for event in root.containers(PROJECTION_EVENT)),
    ]
    exposures = [exposure for exposure in events if exposure is not None]
    views = [
        view
        for event in root.containers(PROJECTION_EVENT)
        if event.uid(EVENT_UID)
        and (view := mammography_view(event, source.at, zone, unknown)) is not None
    ]
    doubts = [*_disagreements(root, exposures, unknown), *_of_glands(root, views, unknown)]
    if len(exposures) < len(events):
        doubts.append(f"{len(events) - len(exposures)} irradiation events without a UID")
    doubts += [f"unit {unit!r} is not known, its values are left out" for unit in sorted(unknown)]
    return DoseReport(exposures, views, doubts)


def _ct(event: ContentItem, source: _Source, unknown: set[str]) -> ExposureEntry | None:
    parameters = next(event.containers(CT_PARAMETERS), None)
    dose = next(event.containers(CT_DOSE), None)
    scan_s, load_kj = None, None
    if parameters is not None:
        scan_s = _seconds(parameters, unknown)
        loads = [_load_kj(tube, scan_s, unknown) for tube in parameters.containers(CT_SOURCE)]
        load_kj = _sum(loads)
    return _entry(
        event,
        source,
        scan_s,
        load_kj,
        ctdi_vol_mgy=dose.number(CTDI_VOL, "mGy", unknown) if dose else None,
        dlp_mgy_cm=dose.number(DLP, "mGy.cm", unknown) if dose else None,
    )


def _projection(event: ContentItem, source: _Source, unknown: set[str]) -> ExposureEntry | None:
    scan_s = _seconds(event, unknown)
    load_kj = _load_kj(event, scan_s, unknown)
    return _entry(event, source, scan_s, load_kj, dap_gy_cm2=event.number(DAP, "Gy.cm2", unknown))


def _entry(
    event: ContentItem,
    source: _Source,
    scan_s: float | None,
    load_kj: float | None,
    *,
    dap_gy_cm2: float | None = None,
    ctdi_vol_mgy: float | None = None,
    dlp_mgy_cm: float | None = None,
) -> ExposureEntry | None:
    """None without a UID: it could not be told from the same event in the next report."""
    uid = event.uid(EVENT_UID)
    if not uid:
        return None
    began = read_date_time(event.date_time(STARTED), source.zone)
    return ExposureEntry(
        source.device,
        source.study,
        source.hasher.hash(uid + PLANES.get(event.coded(PLANE), "")),  # two planes may share a UID
        source.at if began is None else began,
        "report",
        1,
        scan_s,
        None if load_kj is None else float(f"{load_kj:.6g}"),
        dap_gy_cm2,
        ctdi_vol_mgy,
        dlp_mgy_cm,
    )


def _seconds(item: ContentItem, unknown: set[str]) -> float | None:
    """The exposure time; of pulses that are listed, all; without one, from the first pulse to the last."""
    times = item.numbers(EXPOSURE_TIME, "s", unknown)
    total = sum(times) if times else item.number(IRRADIATION_DURATION, "s", unknown)
    return total if total is not None and total <= _LONGEST_EVENT_S else None


def _load_kj(item: ContentItem, scan_s: float | None, unknown: set[str]) -> float | None:
    """kV x mAs / 1000, each pulse with its own kV where both are listed; else kV x mA x s / 1000."""
    kv = item.numbers(KVP, "kV", unknown)
    mas = item.numbers(EXPOSURE, "mA.s", unknown)
    if not kv:
        return None
    mean_kv = sum(kv) / len(kv)
    if mas:
        pairs = (
            zip(kv, mas, strict=True) if len(kv) == len(mas) else ((mean_kv, own) for own in mas)
        )
        return sum(own_kv * own_mas for own_kv, own_mas in pairs) / 1000
    currents = item.numbers(MEAN_CURRENT, "mA", unknown) or item.numbers(
        TUBE_CURRENT, "mA", unknown
    )
    if not currents or scan_s is None:
        return None
    return mean_kv * sum(currents) / len(currents) * scan_s / 1000


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _disagreements(
    root: ContentItem, exposures: list[ExposureEntry], unknown: set[str]
) -> Iterator[str]:
    """Where the totals of a report are not what its events add up to."""
    for total in root.containers(CT_ACCUMULATED):
        count = total.number(EVENT_COUNT, "1", unknown)
        if count is not None and round(count) != len(exposures):
            yield f"it speaks of {count:g} irradiation events and lists {len(exposures)}"
        dlp = _sum([exposure.dlp_mgy_cm for exposure in exposures])
        yield from _disagreement("DLP", "mGy.cm", total.number(DLP_TOTAL, "mGy.cm", unknown), dlp)
    planes = [
        total.number(DAP_TOTAL, "Gy.cm2", unknown)
        for total in root.containers(PROJECTION_ACCUMULATED)
    ]
    dap = _sum([exposure.dap_gy_cm2 for exposure in exposures])
    yield from _disagreement("dose area product", "Gy.cm2", _sum(planes), dap)


def _of_glands(root: ContentItem, views: list[MammographyView], unknown: set[str]) -> Iterator[str]:
    totals = root.containers(PROJECTION_ACCUMULATED)
    for total, of_events in disagreements(totals, views, unknown):
        yield from _disagreement("average glandular dose", "mGy", total, of_events)


def _disagreement(
    name: str, unit: str, total: float | None, of_events: float | None
) -> Iterator[str]:
    if total is None or of_events is None:
        return
    if abs(total - of_events) > _TOLERANCE * max(total, of_events):
        yield f"its total {name} is {total:g} {unit}, its events add up to {of_events:g}"

"""The radiation dose report of a study (PS3.16 TID 10011 for CT, TID 10001 for projection).

CT writes its times in seconds, projection in milliseconds, as real ones do.
"""

from collections.abc import Sequence

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import XRayRadiationDoseSRStorage

from simulator.physics.study import (
    ROTATION_S,
    TUBES,
    SimulatedSeries,
    SimulatedStudy,
    made_uid,
    mammogram_of,
)
from simulator.wire.dicom.content import (
    Code,
    chosen,
    coded,
    container,
    moment,
    number,
    unique,
    words,
)
from simulator.wire.dicom.identity import (
    ScannerIdentity,
    date_and_time,
    new_object,
    reports_uid,
    stamp,
)

CTDI_MGY_PER_MAS = 0.07
TABLE_CM_PER_S = 2.4
SIDES = {"R": ("G-A100", "SRT", "Right"), "L": ("G-A101", "SRT", "Left")}
PROJECTIONS = {
    "CC": ("R-10242", "SRT", "cranio-caudal"),
    "MLO": ("R-10226", "SRT", "medio-lateral oblique"),
}


def dcm(value: str, meaning: str) -> Code:
    """A code of DICOM's own."""
    return value, "DCM", meaning


def dose_report(source: ScannerIdentity, study: SimulatedStudy) -> Dataset | None:
    """The report of a study that used X-rays; None of a machine that makes none."""
    if study.kind not in TUBES:
        return None
    report = new_object(source, study, XRayRadiationDoseSRStorage, made_uid(study.uid, "dose"))
    report.Modality = "SR"
    report.SeriesInstanceUID = reports_uid(study)
    report.SeriesNumber, report.InstanceNumber = 900, 1
    report.SeriesDate, report.SeriesTime = date_and_time(source.local(study.end))
    report.ContentDate, report.ContentTime = report.SeriesDate, report.SeriesTime
    report.CompletionFlag, report.VerificationFlag = "COMPLETE", "UNVERIFIED"
    report.ValueType, report.ContinuityOfContent = "CONTAINER", "SEPARATE"
    is_ct = study.kind == "ct"
    title = dcm("113701", "X-Ray Radiation Dose Report")
    report.ConceptNameCodeSequence = DicomSequence([coded(title)])
    contents = _ct_contents(source, study) if is_ct else _projection_contents(source, study)
    report.ContentSequence = DicomSequence([*_observer(source, study), *contents])
    return report


def event_uid(series: SimulatedSeries) -> str:
    """Of the irradiation that made a series."""
    return made_uid(series.uid, "event")


def ctdi_vol_mgy(series: SimulatedSeries) -> float:
    """The dose index of a spiral."""
    mas = series.milliampere * ROTATION_S
    return mas * CTDI_MGY_PER_MAS * float((series.kilovolt / 120.0) ** 2.5)


def dlp_mgy_cm(series: SimulatedSeries) -> float:
    """The dose of its whole length."""
    return ctdi_vol_mgy(series) * series.seconds * TABLE_CM_PER_S


def _observer(source: ScannerIdentity, study: SimulatedStudy) -> list[Dataset]:
    device = dcm("121007", "Device")
    return [
        chosen(dcm("121005", "Observer Type"), device, "HAS OBS CONTEXT"),
        unique(dcm("121012", "Device Observer UID"), made_uid(source.device.id)),
        words(dcm("121013", "Device Observer Name"), source.device.name),
        words(dcm("121016", "Device Observer Serial Number"), source.device.serial or ""),
        moment(dcm("113809", "Start of X-Ray Irradiation"), stamp(source.local(study.start))),
        moment(dcm("113810", "End of X-Ray Irradiation"), stamp(source.local(study.end))),
    ]


def _ct_contents(source: ScannerIdentity, study: SimulatedStudy) -> Sequence[Dataset]:
    total = sum(dlp_mgy_cm(series) for series in study.series)
    accumulated = container(
        dcm("113811", "CT Accumulated Dose Data"),
        [
            number(
                dcm("113812", "Total Number of Irradiation Events"), len(study.series), "{events}"
            ),
            number(dcm("113813", "CT Dose Length Product Total"), total, "mGy.cm"),
        ],
    )
    return [accumulated, *(_ct_event(source, series) for series in study.series)]


def _ct_event(source: ScannerIdentity, series: SimulatedSeries) -> Dataset:
    tube = container(
        dcm("113831", "CT X-Ray Source Parameters"),
        [
            words(dcm("113832", "Identification of the X-Ray Source"), "A"),
            number(dcm("113733", "KVP"), series.kilovolt, "kV"),
            number(dcm("113833", "Maximum X-Ray Tube Current"), series.milliampere, "mA"),
            number(dcm("113734", "X-Ray Tube Current"), series.milliampere, "mA"),
            number(dcm("113834", "Exposure Time per Rotation"), ROTATION_S, "s"),
        ],
    )
    parameters = container(
        dcm("113822", "CT Acquisition Parameters"),
        [
            number(dcm("113824", "Exposure Time"), series.seconds, "s"),
            number(dcm("113825", "Scanning Length"), series.seconds * TABLE_CM_PER_S * 10, "mm"),
            number(dcm("113828", "Pitch Factor"), 1.0, "{ratio}"),
            number(dcm("113823", "Number of X-Ray Sources"), 1, "{X-Ray sources}"),
            tube,
        ],
    )
    dose = container(
        dcm("113829", "CT Dose"),
        [
            number(dcm("113830", "Mean CTDIvol"), ctdi_vol_mgy(series), "mGy"),
            number(dcm("113838", "DLP"), dlp_mgy_cm(series), "mGy.cm"),
        ],
    )
    spiral = ("P5-08001", "SRT", "Spiral Acquisition")
    return container(
        dcm("113819", "CT Acquisition"),
        [
            words(dcm("125203", "Acquisition Protocol"), "Test protocol"),
            chosen(dcm("113820", "CT Acquisition Type"), spiral),
            moment(dcm("111526", "DateTime Started"), stamp(source.local(series.start))),
            unique(dcm("113769", "Irradiation Event UID"), event_uid(series)),
            parameters,
            dose,
        ],
    )


def _projection_contents(source: ScannerIdentity, study: SimulatedStudy) -> Sequence[Dataset]:
    total = sum(series.dap_gy_cm2 for series in study.series)
    accumulated = container(
        dcm("113702", "Accumulated X-Ray Dose Data"),
        [number(dcm("113722", "Dose Area Product Total"), total / 1e4, "Gy.m2")],
    )
    is_mammogram = study.kind == "mammo" and not study.is_phantom
    return [
        accumulated,
        *(
            _projection_event(source, series, _mammogram(series) if is_mammogram else [])
            for series in study.series
        ),
    ]


def _mammogram(series: SimulatedSeries) -> list[Dataset]:
    """Its rows of TID 10003; the force stands in the header of the image."""
    shown = mammogram_of(series)
    breast = chosen(dcm("123014", "Target Region"), ("T-04000", "SRT", "Breast"))
    side = chosen(("G-C171", "SRT", "Laterality"), SIDES[shown.side], "HAS CONCEPT MOD")
    breast.ContentSequence = DicomSequence([side])
    return [
        breast,
        chosen(dcm("111031", "Image View"), PROJECTIONS[shown.projection]),
        number(dcm("111631", "Average Glandular Dose"), shown.glandular_dose_mgy, "mGy"),
        number(dcm("111633", "Compression Thickness"), shown.thickness_mm, "mm"),
    ]


def _projection_event(
    source: ScannerIdentity, series: SimulatedSeries, rows: Sequence[Dataset]
) -> Dataset:
    stationary = dcm("113611", "Stationary Acquisition")
    mas = series.milliampere * series.seconds
    return container(
        dcm("113706", "Irradiation Event X-Ray Data"),
        [
            moment(dcm("111526", "DateTime Started"), stamp(source.local(series.start))),
            unique(dcm("113769", "Irradiation Event UID"), event_uid(series)),
            chosen(dcm("113721", "Irradiation Event Type"), stationary),
            number(dcm("122130", "Dose Area Product"), series.dap_gy_cm2 / 1e4, "Gy.m2"),
            number(dcm("113733", "KVP"), series.kilovolt, "kV"),
            number(dcm("113734", "X-Ray Tube Current"), series.milliampere, "mA"),
            number(dcm("113824", "Exposure Time"), series.seconds * 1000, "ms"),
            number(dcm("113736", "Exposure"), mas * 1000, "uA.s"),
            *rows,
        ],
    )

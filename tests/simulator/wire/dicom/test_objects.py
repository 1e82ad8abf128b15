"""What a simulated modality sends says what its physics did, and names nobody."""

from io import BytesIO
from pathlib import Path
from typing import Literal

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from collectors.dicom.common.dataset import read_dataset
from collectors.dicom.phantoms.judging import judge
from collectors.dicom.receiver.dose_report import read_dose_report
from core.schema.dicom import Phantom
from core.schema.site import Site
from core.time.clock import DAY, HOUR
from simulator.centre import Centre
from simulator.faults import Fault
from simulator.physics.scanner import WATTS
from simulator.physics.study import TUBE_SHARE, TUBES, SimulatedStudy, mammogram_of
from simulator.wire.dicom.dose_report import dose_report
from simulator.wire.dicom.identity import MODALITIES, PHANTOM_IDS, ScannerIdentity
from simulator.wire.dicom.image import images
from storage.examinations.uid_hash import UidHasher
from tests.simulator.test_centre import KABUL_MONDAY, a_centre
from tests.support.dicom_objects import encoded

MORNING = KABUL_MONDAY + 7 * HOUR


@pytest.fixture(scope="module")
def centre(demo: Site) -> Centre:
    return a_centre(demo)


def studies(centre: Centre, device: str) -> list[SimulatedStudy]:
    return centre.studies_of(device, MORNING, MORNING + 10 * HOUR)


def source(centre: Centre, study: SimulatedStudy) -> ScannerIdentity:
    return ScannerIdentity(
        centre.site.devices[study.device], centre.header(study), centre.site.zone
    )


def numbers(item: Dataset, code: str) -> list[float]:
    """Every number of that concept below an item."""
    own = item.get("ConceptNameCodeSequence")
    values = []
    if own and own[0].CodeValue == code and "MeasuredValueSequence" in item:
        values.append(float(item.MeasuredValueSequence[0].NumericValue))
    for child in item.get("ContentSequence", []):
        values += numbers(child, code)
    return values


def test_the_same_seed_gives_the_same_studies_whenever_it_is_asked(demo: Site) -> None:
    assert studies(a_centre(demo), "ct-1") == studies(a_centre(demo), "ct-1")


@pytest.mark.parametrize("device", ["ct-1", "rf-1", "mammo-1", "cbct-1"])
def test_the_dose_report_adds_up_to_what_the_mains_gave_the_tube(
    centre: Centre, device: str
) -> None:
    kind = centre.site.devices[device].profile.kind
    _, ready_w, scanning_w = WATTS[kind]
    for study in studies(centre, device):
        report = dose_report(source(centre, study), study)
        assert report is not None
        kilovolts, milliamperes = numbers(report, "113733"), numbers(report, "113734")
        scale = 1.0 if kind == "ct" else 0.001  # projection says milliseconds
        seconds = [value * scale for value in numbers(report, "113824")]
        load_kj = sum(
            kv * ma * s / 1000 for kv, ma, s in zip(kilovolts, milliamperes, seconds, strict=True)
        )
        mains_kj = (scanning_w - ready_w) / 1000 * sum(s.seconds for s in study.series)
        assert load_kj == pytest.approx(mains_kj * TUBE_SHARE, rel=0.01)


def test_a_machine_without_a_tube_makes_no_dose_report(centre: Centre) -> None:
    for device in ("mri-1", "us-1", "dxa-1"):
        study = studies(centre, device)[-1]
        assert study.kind not in TUBES
        assert dose_report(source(centre, study), study) is None


@pytest.mark.parametrize("device", ["ct-1", "mri-1", "mammo-1", "cbct-1", "rf-1", "dxa-1", "us-1"])
def test_every_image_can_be_written_and_read_and_is_nobody_s(centre: Centre, device: str) -> None:
    study = studies(centre, device)[-1]
    for series in study.series:
        uids = set()
        for image in images(source(centre, study), study, series):
            file = BytesIO()
            image.save_as(file, enforce_file_format=True)
            again = dcmread(BytesIO(file.getvalue()))
            uids.add(str(again.SOPInstanceUID))
        assert len(uids) == series.images
        assert "NOBODY" in str(again.PatientName)
        assert again.Modality == MODALITIES[study.kind]
        assert again.DeviceSerialNumber == centre.site.devices[device].serial


def test_the_headers_of_magnets_show_their_physics(centre: Centre) -> None:
    for device, megahertz in (("mri-1", 14.9), ("mri-2", 63.9)):
        study = studies(centre, device)[0]
        image = next(images(source(centre, study), study, study.series[0]))
        shown = centre.values(device)["imaging_frequency_hz", ""]
        assert float(image.ImagingFrequency) * 1e6 == pytest.approx(shown, abs=1)
        assert float(image.ImagingFrequency) == pytest.approx(megahertz, abs=0.1)


def test_the_phantom_s_pixels_have_the_planted_drift(demo: Site) -> None:
    drift = Fault("ct_number_drift", KABUL_MONDAY - 20 * DAY, device="ct-1")
    means = []
    for centre in (a_centre(demo), a_centre(demo, drift)):
        study = studies(centre, "ct-1")[0]
        assert study.is_phantom
        image = next(images(source(centre, study), study, study.series[0]))
        assert image.PatientID == PHANTOM_IDS["ct"]
        middle = image.pixel_array[108:148, 108:148] - 1024.0
        means.append(middle.mean())
        assert middle.std() == pytest.approx(4.8, abs=0.5)
    assert means[1] - means[0] == pytest.approx(0.15 * 20.3, abs=0.3)


@pytest.mark.parametrize(
    ("device", "phantom", "spread"),
    [
        ("mri-2", "mr_uniformity", {"qa_snr": 8.0, "qa_piu_pct": 0.6, "qa_ghosting_pct": 0.1}),
        ("mammo-1", "mammography_block", {"qa_sdnr": 0.9}),
    ],
)
def test_the_weekly_phantoms_show_what_the_history_says_of_them(
    demo: Site,
    device: str,
    phantom: Literal["mr_uniformity", "mammography_block"],
    spread: dict[str, float],
) -> None:
    saturday = KABUL_MONDAY - 2 * DAY
    centre = a_centre(demo, start=saturday)
    weekly = [
        study
        for day in range(7)
        for study in centre.studies_of(device, saturday + day * DAY, saturday + (day + 1) * DAY)
        if study.is_phantom
    ]
    [study] = weekly
    image = next(images(source(centre, study), study, study.series[0]))
    assert image.PatientID in demo.file.dicom.phantoms[2 + (device == "mammo-1")].patient_ids
    shown = centre.header(study).values
    measured = judge(Phantom(kind=phantom, patient_ids=[image.PatientID]), image)
    assert {each.metric for each in measured} == spread.keys()
    for each in measured:
        assert each.value == pytest.approx(shown[each.metric], abs=spread[each.metric])


def test_a_mammograph_reports_each_view_as_the_history_has_it(
    centre: Centre, tmp_path: Path
) -> None:
    study = studies(centre, "mammo-1")[0]
    report = dose_report(source(centre, study), study)
    assert report is not None
    attributes = read_dataset(encoded(report), ExplicitVRLittleEndian)
    hasher = UidHasher(tmp_path / "key")
    read = read_dose_report(attributes, "mammo-1", hasher, study.end, centre.site.zone)
    assert read.doubts == []
    for series, view in zip(study.series, read.views, strict=True):
        shown = mammogram_of(series)
        assert view.view == shown.side + shown.projection
        assert (view.thickness_mm, view.force_n) == (shown.thickness_mm, None)
        assert view.glandular_dose_mgy == pytest.approx(shown.glandular_dose_mgy)
        assert view.at == series.start


def test_software_changes_once(demo: Site) -> None:
    update = Fault("software_update", MORNING + HOUR, device="us-1")
    centre = a_centre(demo, update)
    study = studies(centre, "us-1")[-1]
    before = centre.header(study).software
    centre.advance(MORNING + 2 * HOUR)
    assert centre.header(study).software != before

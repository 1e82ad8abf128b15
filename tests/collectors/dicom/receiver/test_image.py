"""Image headers: what is read of them and by which formula."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from collectors.dicom.common.dataset import Attributes
from collectors.dicom.receiver.acquisitions import Acquisition, RecentImages
from collectors.dicom.receiver.image import (
    acquired_at,
    acquisition,
    calibrated_at,
    frequency,
    shot,
    software,
)
from core.time.clock import iso
from tests.collectors.dicom.receiver.cast import T0, attributes
from tests.support.dicom_objects import (
    CT,
    DX,
    ENHANCED_CT,
    MG,
    ct_slice,
    header,
    mr_image,
    x_ray_image,
)

KABUL = ZoneInfo("Asia/Kabul")
SAMPLES = Path("/work/shared/data/dicom")


def _sample(name: str) -> Attributes:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"{path} is not here: see ../shared/data/dicom")
    dataset = dcmread(path, stop_before_pixels=True)
    del dataset.file_meta
    return attributes(dataset)


def _laid_together(*images: Dataset) -> Acquisition:
    whole = Acquisition()
    for image in images:
        whole.add(shot(attributes(image)))
    return whole


def test_a_spiral_is_as_long_as_the_table_travelled_not_as_its_slices_add_up() -> None:
    slices = [ct_slice(position) for position in range(-100, 101, 5)]  # 200 mm at 40 mm/s
    whole = _laid_together(*slices)
    assert whole.scan_s == 5.5  # and half a second: one rotation
    assert whole.load_kj == pytest.approx(120 * 200 * 5.5 / 1000)
    assert _laid_together(*reversed(slices)).scan_s == 5.5
    assert _laid_together(*slices, *slices).load_kj == pytest.approx(132)  # sent twice


def test_a_modulated_current_counts_as_its_mean() -> None:
    currents = (100, 200, 300)
    slices = [ct_slice(100.0 * n, XRayTubeCurrent=str(ma)) for n, ma in enumerate(currents)]
    assert _laid_together(*slices).load_kj == pytest.approx(120 * 200 * 5.5 / 1000)


def test_a_slice_alone_counts_as_one_rotation() -> None:
    whole = _laid_together(
        ct_slice(0.0, SpiralPitchFactor=None), ct_slice(5.0, SpiralPitchFactor=None)
    )
    assert whole.scan_s == 0.5
    assert whole.load_kj == pytest.approx(12.0)


def test_an_old_ct_that_says_no_speed_has_slices_of_different_times() -> None:
    """As the Sensation 16: rotation 0.5 s, 200 slices, each 50 ms after the one before."""
    slices = [ct_slice(float(n), SpiralPitchFactor=None, RevolutionTime=None) for n in range(201)]
    whole = Acquisition()
    for n, each in enumerate(slices):
        whole.add(shot(attributes(each)), T0 + n * 50)
    assert whole.scan_s == 10.5
    assert whole.load_kj == pytest.approx(120 * 200 * 10.5 / 1000)
    hours_apart = Acquisition()
    for n, each in enumerate(slices):
        hours_apart.add(shot(attributes(each)), T0 + n * 60_000)
    assert hours_apart.scan_s is not None
    assert hours_apart.scan_s < 130


def test_an_enhanced_ct_says_it_in_its_functional_groups() -> None:
    shared = Dataset()
    exposure, details = Dataset(), Dataset()
    exposure.ExposureTimeInms, exposure.XRayTubeCurrentInmA = 5000.0, 250.0
    details.KVP = "100"
    shared.CTExposureSequence, shared.CTXRayDetailsSequence = [exposure], [details]
    image = header(ENHANCED_CT, "CT")
    image.SharedFunctionalGroupsSequence = [shared]
    whole = _laid_together(image)
    assert whole.scan_s == 5.0
    assert whole.load_kj == pytest.approx(125.0)


@pytest.mark.parametrize(
    ("changes", "mas"),
    [
        ({}, 1.04),  # uAs first
        ({"ExposureInuAs": None}, 189 * 0.006),  # 1 mAs is 1.134, rounded
        ({"ExposureInuAs": None, "ExposureTime": None}, 1.0),
        ({"ExposureInuAs": None, "Exposure": None}, 189 * 0.006),
        (
            {"ExposureInuAs": None, "Exposure": "20"},
            20.0,
        ),  # not the same: the charge is what was measured
        ({"ExposureInuAs": "0"}, 189 * 0.006),
    ],
)
def test_the_charge_of_a_radiograph_comes_from_its_finest_attribute(
    changes: dict[str, object], mas: float
) -> None:
    assert shot(attributes(x_ray_image(**changes))).mas == pytest.approx(mas)


def test_radiographs_of_the_field() -> None:
    general = shot(_sample("DX-Im-GE_XR220-1.dcm"))
    assert (general.kv, general.mas, general.scan_s) == (69.639999, 1.04, 0.006)
    assert general.dap_gy_cm2 == 0.041  # 0.41 dGy.cm2
    breast = _sample("MG-Im-Hologic-PropProj.dcm")
    assert (shot(breast).kv, shot(breast).mas, shot(breast).scan_s) == (28, 6.0, 0.3)
    assert breast.number("DetectorTemperature") == 32.09
    assert len(breast.texts("SoftwareVersions")) == 19
    calibrated = calibrated_at(breast, KABUL)
    assert calibrated is not None
    assert iso(calibrated) == "2014-05-21T14:23:59.000Z"


def test_an_exposure_is_known_by_its_event_its_acquisition_or_its_moment() -> None:
    def name(dataset: Dataset) -> str | None:
        return acquisition(attributes(dataset))

    spiral = ct_slice(0.0)
    following = ct_slice(5.0, SeriesInstanceUID=spiral.SeriesInstanceUID, AcquisitionTime="143002")
    assert name(spiral) == name(following)
    assert name(spiral) != name(ct_slice(0.0))  # another series
    axial = {"SeriesInstanceUID": spiral.SeriesInstanceUID, "ScanOptions": "AXIAL MODE"}
    assert name(ct_slice(0, **axial)) != name(ct_slice(0, AcquisitionTime="143002", **axial))

    processing = x_ray_image()
    shown = x_ray_image(StudyInstanceUID=processing.StudyInstanceUID)
    assert name(processing) == name(shown)  # for processing and for presentation: one exposure
    assert name(x_ray_image(IrradiationEventUID="1.2.3")) == "1.2.3"
    untimed = {"AcquisitionTime": None, "StudyInstanceUID": processing.StudyInstanceUID}
    assert name(x_ray_image(**untimed)) != name(x_ray_image(**untimed))


@pytest.mark.parametrize("kinds", [["DERIVED", "SECONDARY", "MPR"], ["ORIGINAL", "SECONDARY"], ["ORIGINAL", "PRIMARY", "REFORMATTED"]])  # fmt: skip
def test_what_a_console_computes_is_no_exposure(kinds: list[str]) -> None:
    assert acquisition(attributes(ct_slice(0.0, ImageType=kinds))) is None
    assert acquisition(attributes(mr_image())) is None


@pytest.mark.parametrize(
    ("text", "hz", "resolution_hz"),
    [
        ("63.687936", 63_687_936, 1),
        ("6.36978e+01", 63_697_800, 100),
        ("63.92433900", 63_924_339, 0.01),
        ("14.90", 14_900_000, 10_000),
    ],
)
def test_a_magnets_frequency_comes_with_its_resolution(
    text: str, hz: float, resolution_hz: float
) -> None:
    known = frequency(attributes(mr_image(ImagingFrequency=text)))
    assert known is not None
    assert known.hz == pytest.approx(hz)
    assert known.resolution_hz == pytest.approx(resolution_hz)


@pytest.mark.parametrize("text", ["0", "", "123202070"])
def test_a_frequency_that_is_none_or_no_megahertz_is_a_gap(text: str) -> None:
    assert frequency(attributes(mr_image(ImagingFrequency=text))) is None


def test_an_enhanced_mr_says_its_frequency_in_its_functional_groups() -> None:
    shared, modifier = Dataset(), Dataset()
    modifier.TransmitterFrequency = 123.20207
    shared.MRImagingModifierSequence = [modifier]
    image = mr_image(ImagingFrequency=None, SharedFunctionalGroupsSequence=[shared])
    known = frequency(attributes(image))
    assert known is not None
    assert known.hz == pytest.approx(123_202_070)


def test_times_come_from_the_acquisition_else_from_what_is_next_to_it() -> None:
    assert acquired_at(attributes(ct_slice()), KABUL) == T0
    dated = ct_slice(AcquisitionDateTime="20260301150000+0430")
    assert acquired_at(attributes(dated), KABUL) == T0 + 30 * 60_000
    bare = ct_slice(AcquisitionTime=None, ContentTime=None, SeriesTime="144500")
    assert acquired_at(attributes(bare), KABUL) == T0 + 15 * 60_000
    nothing = ct_slice(AcquisitionTime=None, ContentTime=None, SeriesTime=None, StudyTime=None)
    assert acquired_at(attributes(nothing), KABUL) is None


def test_of_several_calibrations_the_last_counts() -> None:
    image = header(DX, "DX")
    image.DateOfLastCalibration = ["20260101", "20260201"]
    image.TimeOfLastCalibration = ["080000"]
    at = calibrated_at(attributes(image), KABUL)
    assert at is not None
    assert iso(at) == "2026-01-31T19:30:00.000Z"


def test_all_software_versions_are_one_line() -> None:
    assert software(attributes(header(MG, "MG"))) == "VA40A / SL12"
    many = header(CT, "CT")
    many.SoftwareVersions = [f"component {n} version {n}" for n in range(60)]
    assert len(software(attributes(many))) == 400


def test_what_images_still_come_of_is_held_within_bounds() -> None:
    recent = RecentImages(most=3)
    first = recent.acquisition(b"0")
    for n in range(5):
        assert recent.acquisition(b"0") is first  # in use: it stays
        recent.acquisition(str(n + 1).encode())
    series = recent.series(b"s", T0)
    series.add(b"12345678", T0 + 5)
    series.add(b"12345678", T0 - 5)
    assert (series.began_at, series.ended_at, len(series.instances)) == (T0 - 5, T0 + 5, 1)


def test_a_spiral_that_is_reconstructed_twice_is_one_exposure() -> None:
    """Two kernels, the same study, acquisition number and times; a third series is the next phase."""
    recent = RecentImages()
    times = range(T0, T0 + 10_000, 500)
    first = {recent_key(recent, b"lung", b"study 2", at) for at in times}
    second = {recent_key(recent, b"soft", b"study 2", at) for at in reversed(times)}
    assert first == second == {b"lung 2"}
    later = recent_key(recent, b"venous", b"study 2", T0 + 45_000)
    assert later == b"venous 2"
    assert recent_key(recent, b"other", b"study 3", T0) == b"other 3"
    assert recent_key(recent, b"again", None, T0) == b"again "


def recent_key(recent: RecentImages, series: bytes, shared: bytes | None, at: int) -> bytes:
    """By which key an image is counted, as the receiver asks it."""
    number = (shared or b"").rpartition(b" ")[2]
    key = recent.exposure(series + b" " + number, series, shared, at)
    recent.acquisition(key).add(shot(attributes(ct_slice())), at)
    return key


def test_rotations_of_an_axial_series_stay_apart_and_pair_with_those_of_its_other_kernel() -> None:
    recent = RecentImages()
    keys = {}
    for series in (b"lung", b"soft"):
        for n in range(5):
            name, at = series + str(n).encode(), T0 + n * 1500
            keys[name] = recent.exposure(name, series, b"study ", at)
            recent.acquisition(keys[name]).add(shot(attributes(ct_slice())), at)
    assert len(set(keys.values())) == 5
    assert all(keys[b"soft%d" % n] == b"lung%d" % n for n in range(5))

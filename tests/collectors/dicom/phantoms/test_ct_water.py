"""A water phantom of known truth gives that truth, wherever it lies and however it is stored."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, JPEGLossless

from collectors.dicom.phantoms.ct_water import judge_ct_water
from collectors.dicom.phantoms.measured import UnfitImageError
from tests.support.phantom_images import Storage, water

MEAN, NOISE, UNIFORMITY = "qa_water_ct_number_hu", "qa_water_noise_hu", "qa_water_uniformity_hu"

STORAGES = [
    Storage(bits=12),
    Storage(bits=12, signed=True),
    Storage(bits=16),
    Storage(bits=16, signed=True),
    Storage(bits=16, signed=True, syntax=ExplicitVRBigEndian),
    Storage(bits=12, syntax=ExplicitVRBigEndian),
]


def judged(dataset: Dataset) -> dict[str, float]:
    measured = judge_ct_water(dataset)
    assert {each.component for each in measured} == {"120kV-B30s"}
    return {each.metric: each.value for each in measured}


@settings(max_examples=15, deadline=None)
@given(
    mean=st.floats(-20, 20),
    noise=st.floats(1, 15),
    down=st.floats(-15, 15),
    right=st.floats(-15, 15),
    seed=st.integers(0, 1000),
)
def test_what_was_put_in_is_measured(
    mean: float, noise: float, down: float, right: float, seed: int
) -> None:
    values = judged(water(mean, noise, off=(down, right), seed=seed))
    # Some 5000 pixels: three standard errors, and the rounding to whole numbers.
    assert values[MEAN] == pytest.approx(mean, abs=3.5 * noise / 70 + 0.05)
    assert values[NOISE] == pytest.approx((noise**2 + 1 / 12) ** 0.5, rel=0.05)
    assert values[UNIFORMITY] <= 1.1 * noise / 10**0.5


@settings(max_examples=10, deadline=None)
@given(cupping=st.floats(-12, 12), seed=st.integers(0, 100))
def test_the_edge_differs_from_the_centre_by_what_the_cupping_is_there(
    cupping: float, seed: int
) -> None:
    values = judged(water(0, 1, cupping=cupping, seed=seed))
    expected = abs(cupping) * ((100 - 16 - 10) / 95) ** 2  # the edge region's middle is at 74 mm
    assert values[UNIFORMITY] == pytest.approx(expected, abs=0.6)


@pytest.mark.parametrize("storage", STORAGES, ids=str)
def test_it_is_the_same_however_it_is_stored(storage: Storage) -> None:
    intercept = 0.0 if storage.signed else -1024.0
    values = judged(water(3, 4, storage=storage, intercept=intercept))
    expected = judged(water(3, 4))
    assert values == pytest.approx(expected, abs=0.02)


def test_a_slope_of_a_half_and_another_intercept_change_nothing() -> None:
    values = judged(water(3, 4, slope=0.5, intercept=-2000))
    assert values == pytest.approx(judged(water(3, 4)), abs=0.05)


def test_eight_bits_hold_the_same_to_their_step() -> None:
    values = judged(water(3, 12, storage=Storage(bits=8), slope=6, intercept=-1030))
    assert values[MEAN] == pytest.approx(3, abs=1)
    assert values[NOISE] == pytest.approx(12, rel=0.1)


def test_twelve_bits_whose_sign_is_not_extended_are_negative_all_the_same() -> None:
    dataset = water(-7, 4, storage=Storage(bits=12, signed=True), intercept=0)
    data = bytearray(dataset.PixelData)
    data[1::2] = bytes(
        byte & 0x0F for byte in data[1::2]
    )  # overlay bits, as older scanners have it
    dataset.PixelData = bytes(data)
    assert judged(dataset)[MEAN] == pytest.approx(-7, abs=0.3)


def test_pixels_that_are_not_square_still_show_a_circle() -> None:
    values = judged(water(3, 4, shape=(320, 200), spacing=(0.8, 1.3)))
    assert values[MEAN] == pytest.approx(3, abs=0.3)
    assert values[UNIFORMITY] < 1.5


def test_padding_around_the_field_of_view_is_no_air_and_no_water() -> None:
    dataset = water(3, 4, storage=Storage(bits=16, signed=True), intercept=0)
    stored = dataset.pixel_array.copy()
    stored[:10] = stored[:, :10] = -2000
    stored[-10:] = stored[:, -10:] = 0  # a padding that looks like water
    dataset.PixelData = stored.tobytes()
    dataset.PixelPaddingValue, dataset.PixelPaddingRangeLimit = 0, -2000
    with pytest.raises(UnfitImageError, match="nothing but air"):
        judge_ct_water(dataset)  # the range swallows the water, too: said, not guessed
    stored[stored == 0] = 1
    stored[-10:] = stored[:, -10:] = -2000
    dataset.PixelData = stored.tobytes()
    dataset.PixelPaddingValue = -2000
    del dataset.PixelPaddingRangeLimit
    assert judged(dataset)[MEAN] == pytest.approx(3, abs=0.3)


def test_a_padding_that_is_written_unsigned_among_signed_pixels_is_known() -> None:
    dataset = water(3, 4, storage=Storage(bits=16, signed=True), intercept=0)
    stored = dataset.pixel_array.copy()
    stored[120:124, 120:124] = -2000
    dataset.PixelData = stored.tobytes()
    dataset.add_new("PixelPaddingValue", "US", 63536)  # -2000 in sixteen bits
    with pytest.raises(UnfitImageError, match="padding"):
        judge_ct_water(dataset)


def test_a_table_under_it_does_not_move_its_centre() -> None:
    with_table, without = judged(water(3, 4)), judged(water(3, 4, table=False))
    assert with_table == pytest.approx(without, abs=0.3)


CHANGES: dict[str, dict[str, object]] = {
    "modality 'MR'": {"Modality": "MR"},
    "photometric interpretation 'RGB'": {"PhotometricInterpretation": "RGB"},
    "several frames": {"NumberOfFrames": "12"},
    "with loss": {"LossyImageCompression": "01"},
    "no rescale slope": {"RescaleSlope": None},
    "something else than Hounsfield": {"RescaleType": "ED"},
    "no numbers to count with": {"RescaleSlope": "0"},
    "how large its pixels are": {"PixelSpacing": None},
    "no pixels": {"PixelData": None},
    "more pixels than an image has": {"Rows": 65535, "Columns": 65535},
}


@pytest.mark.parametrize("words", CHANGES)
def test_an_unfit_image_is_refused_in_words(words: str) -> None:
    dataset = water()
    for keyword, value in CHANGES[words].items():
        if value is None:
            delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    with pytest.raises(UnfitImageError, match=words):
        judge_ct_water(dataset)


def test_a_compression_that_cannot_be_undone_here_is_named() -> None:
    dataset = water()
    dataset.file_meta.TransferSyntaxUID = JPEGLossless
    with pytest.raises(UnfitImageError, match="cannot be decoded here: JPEG Lossless"):
        judge_ct_water(dataset)


@pytest.mark.parametrize(
    ("dataset", "words"),
    [
        (water(radius=0.5, table=False), "nothing but air"),
        (water(off=(60, 0), table=False), "cut off at the edge"),
        (water(off=(0, 40), radius=80, table=False), "off centre by 40 mm"),
        (water(radius=40, table=False), "too small for a water phantom"),
        (water(noise=0), "no noise at all"),
        (water(mean=400), "not water"),
        (water(shape=(64, 64), spacing=(4, 4)), "too few pixels"),
        (water(storage=Storage(bits=10)), "clipped"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_phantom_that_is_not_as_it_should_be_is_refused_in_words(
    dataset: Dataset, words: str
) -> None:
    with pytest.raises(UnfitImageError, match=words):
        judge_ct_water(dataset)


def test_half_a_phantom_in_a_cone_of_another_thing_is_not_round() -> None:
    dataset = water(table=False)
    stored = dataset.pixel_array.copy()
    stored[:110] = 24  # -1000 HU: the upper part was not scanned
    dataset.PixelData = stored.tobytes()
    with pytest.raises(UnfitImageError, match="not round"):
        judge_ct_water(dataset)


def test_no_word_of_the_image_is_in_a_refusal() -> None:
    dataset = water()
    dataset.PatientID = dataset.PatientName = "Ahmadi^Zahra"
    dataset.PhotometricInterpretation = "PALETTE COLOR"
    with pytest.raises(UnfitImageError) as refusal:
        judge_ct_water(dataset)
    assert "Ahmadi" not in str(refusal.value)

"""A block with aluminium of known contrast gives its SDNR, wherever the aluminium lies."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from collectors.dicom.phantoms.mammography_block import judge_mammography_block
from collectors.dicom.phantoms.measured import UnfitImageError
from tests.support.phantom_images import block


def sdnr(dataset: Dataset) -> float:
    [measured] = judge_mammography_block(dataset)
    assert (measured.metric, measured.component) == ("qa_sdnr", "")
    return measured.value


@settings(max_examples=12, deadline=None)
@given(
    ratio=st.floats(3, 25),
    noise=st.floats(4, 15),
    deep=st.floats(30, 110),
    along=st.floats(-60, 60),
    seed=st.integers(0, 1000),
)
def test_the_contrast_is_what_was_put_in(
    ratio: float, noise: float, deep: float, along: float, seed: int
) -> None:
    dataset = block(ratio, noise, level=2000, place=(deep, along), seed=seed)
    # What comes out is right in the mean; of regions of 12 x 12 pixels it has this standard error.
    error = math.hypot(0.1, 0.03 * ratio)
    assert sdnr(dataset) == pytest.approx(ratio, abs=5 * error)


def test_the_heel_effect_is_no_contrast() -> None:
    assert sdnr(block(8, 6, level=2000, heel=0.1)) == pytest.approx(8, rel=0.08)


def test_a_larger_sheet_gives_the_same() -> None:
    assert sdnr(block(8, 6, level=2000, side=20)) == pytest.approx(8, rel=0.08)


def test_another_gain_changes_nothing() -> None:
    assert sdnr(block(8, 24, level=4000)) == pytest.approx(sdnr(block(8, 6, level=1000)), rel=0.02)


def test_inverted_pixels_give_the_same() -> None:
    dataset = block(8, 6, level=2000)
    dataset.PixelData = (16383 - dataset.pixel_array).astype("<u2").tobytes()
    dataset.PhotometricInterpretation = "MONOCHROME1"
    assert sdnr(dataset) == pytest.approx(8, rel=0.08)


def viewing() -> Dataset:
    dataset = block()
    dataset.PresentationIntentType = "FOR PRESENTATION"
    return dataset


@pytest.mark.parametrize(
    ("dataset", "words"),
    [
        (viewing(), "for viewing"),
        (block(sdnr=0), "no contrast object"),
        (block(noise=0, sdnr=5), "no noise"),
        (block(level=16383), "clipped"),
        (block(shape=(60, 60)), "too small"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_unfit_image_is_refused_in_words(dataset: Dataset, words: str) -> None:
    with pytest.raises(UnfitImageError, match=words):
        judge_mammography_block(dataset)

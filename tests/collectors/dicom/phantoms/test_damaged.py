"""Whatever is wrong with an image, it is refused in words that hold nothing of it."""

import warnings
from copy import deepcopy
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from collectors.dicom.phantoms.judging import judge
from collectors.dicom.phantoms.measured import UnfitImageError
from core.schema.dicom import Phantom
from tests.support.phantom_images import block, resonance, water

Kind = Literal["ct_water", "mr_uniformity", "mammography_block"]
SMALL = (96, 96)
IMAGES: dict[Kind, Dataset] = {
    "ct_water": water(shape=SMALL, spacing=(2.5, 2.5)),
    "mr_uniformity": resonance(shape=SMALL, spacing=(2.5, 2.5)),
    "mammography_block": block(shape=(150, 120), spacing=(1.6, 1.6)),
}
KEYWORDS = (
    *("Rows", "Columns", "BitsStored", "HighBit", "BitsAllocated", "PixelRepresentation"),
    *("PixelSpacing", "RescaleSlope", "RescaleIntercept", "SamplesPerPixel", "KVP"),
    *("NumberOfFrames", "PixelPaddingValue", "ConvolutionKernel", "PixelData", "InstanceNumber"),
)
GARBAGE = st.sampled_from(
    [
        b"",
        b"\0",
        b"\xff\xff",
        b"Zahra",
        b"1e999",
        b"nan",
        b"-1",
        b"0\\0",
        b"1\\2\\3",
        b"\\",
        b"9" * 40,
    ]
)


@pytest.mark.parametrize("kind", IMAGES)
@settings(max_examples=60, deadline=None)
@given(keyword=st.sampled_from(KEYWORDS), garbage=GARBAGE, is_gone=st.booleans())
def test_a_damaged_header_is_refused_or_judged_and_never_quoted(
    kind: Kind, keyword: str, garbage: bytes, is_gone: bool
) -> None:
    image = deepcopy(IMAGES[kind])
    tag = tag_for_keyword(keyword)
    assert tag is not None
    image.pop(tag, None)
    if not is_gone:
        vr = "US" if " or " in dictionary_VR(tag) else dictionary_VR(tag)
        image[Tag(tag)] = RawDataElement(Tag(tag), vr, len(garbage), garbage, 0, False, True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's, about what is damaged here on purpose
        words = words_of(kind, image)
    assert "Zahra" not in words
    assert len(words) < 200


def words_of(kind: Kind, image: Dataset) -> str:
    try:
        return str([each.metric for each in judge(Phantom(kind=kind, patient_ids=["QA"]), image)])
    except UnfitImageError as refusal:
        return str(refusal)


@settings(max_examples=25, deadline=None)
@given(kind=st.sampled_from(sorted(IMAGES)), pixels=st.binary(min_size=64, max_size=64))
def test_noise_for_pixels_is_no_phantom(kind: Kind, pixels: bytes) -> None:
    image = deepcopy(IMAGES[kind])
    image.PixelData = (pixels * (len(image.PixelData) // 64 + 1))[: len(image.PixelData)]
    with pytest.raises(UnfitImageError):
        judge(Phantom(kind=kind, patient_ids=["QA"]), image)

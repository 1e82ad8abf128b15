"""Enhanced CT and MR: several frames in one object, each with what it says of itself in functional groups."""

from collections.abc import Sequence

import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import EnhancedCTImageStorage, EnhancedMRImageStorage, RLELossless

from collectors.dicom.phantoms.judging import judge
from collectors.dicom.phantoms.measured import PhantomValue, UnfitImageError
from core.schema.dicom import Phantom
from tests.support.phantom_images import block, resonance, water

WATER = Phantom(kind="ct_water", patient_ids=["QA"])
UNIFORM = Phantom(kind="mr_uniformity", patient_ids=["QA"])
TOP_LEVEL = ("Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated", "BitsStored",
             "HighBit", "PixelRepresentation", "Modality", "PatientID", "SOPInstanceUID")  # fmt: skip
RESCALE = ("RescaleSlope", "RescaleIntercept")


def group(**values: object) -> list[Dataset]:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return [item]


def of(image: Dataset, *keywords: str) -> list[Dataset]:
    return group(**{keyword: image[keyword].value for keyword in keywords if keyword in image})


def enhanced(
    frames: Sequence[Dataset], *, is_shared: bool = False, step_mm: float = 5.0
) -> Dataset:
    """One object of single images; what all have in common is said once if `is_shared`."""
    made, first = Dataset(), frames[0]
    for keyword in TOP_LEVEL:
        setattr(made, keyword, first[keyword].value)
    made.file_meta = first.file_meta
    made.SOPClassUID = EnhancedCTImageStorage if made.Modality == "CT" else EnhancedMRImageStorage
    made.NumberOfFrames = len(frames)
    made.PixelData = b"".join(frame.PixelData for frame in frames)
    shared, groups = Dataset(), []
    for number, frame in enumerate(frames):
        each = Dataset()
        each.PlanePositionSequence = group(ImagePositionPatient=[0, 0, number * step_mm])
        _say(shared if is_shared else each, frame)
        groups.append(each)
    shared.PlaneOrientationSequence = group(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])
    made.SharedFunctionalGroupsSequence = [shared]
    made.PerFrameFunctionalGroupsSequence = groups
    return made


def _say(groups: Dataset, frame: Dataset) -> None:
    groups.PixelMeasuresSequence = of(frame, "PixelSpacing")  # of a mammogram none
    if frame.Modality == "CT":
        groups.PixelValueTransformationSequence = of(frame, *RESCALE)
        groups.CTXRayDetailsSequence = of(frame, "KVP")
        groups.CTReconstructionSequence = of(frame, "ConvolutionKernel")
    elif frame.Modality == "MR":
        groups.MRReceiveCoilSequence = of(frame, "ReceiveCoilName")


def waters(*means: float) -> list[Dataset]:
    return [water(mean, shape=(220, 220), seed=seed) for seed, mean in enumerate(means)]


def exact(values: Sequence[PhantomValue]) -> list[tuple[str, float, str]]:
    return [(each.metric, each.value, each.component) for each in values]


@pytest.mark.parametrize("is_shared", [False, True])
def test_the_middle_frame_gives_what_it_gives_as_a_single_image(is_shared: bool) -> None:
    frames = waters(-20, -10, 3, 10, 20)
    assert exact(judge(WATER, enhanced(frames, is_shared=is_shared))) == exact(
        judge(WATER, frames[2])
    )


def test_each_frame_has_its_own_slope_and_intercept_whatever_the_shared_ones_are() -> None:
    frames = waters(-20, 3, 20)
    frames[1] = water(3, shape=(220, 220), seed=1, slope=0.5, intercept=-512.0)
    made = enhanced(frames)
    made.SharedFunctionalGroupsSequence[0].PixelValueTransformationSequence = group(
        RescaleSlope=7, RescaleIntercept=0
    )
    assert exact(judge(WATER, made)) == exact(judge(WATER, frames[1]))


def test_frames_of_several_objects_are_one_series_in_whatever_order() -> None:
    frames = waters(-20, 3, 20)
    last, first = enhanced(frames[2:]), enhanced(frames[:2])
    last.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence[0].ImagePositionPatient[2] = 50
    assert exact(judge(WATER, last, first)) == exact(judge(WATER, frames[1]))


def test_positions_count_and_not_the_order_of_the_frames() -> None:
    frames = waters(3, 20, -20)
    made = enhanced(frames)
    for each, place in zip(made.PerFrameFunctionalGroupsSequence, (5, 10, 0), strict=True):
        each.PlanePositionSequence[0].ImagePositionPatient[2] = place
    assert exact(judge(WATER, made)) == exact(judge(WATER, frames[0]))


def test_an_enhanced_mr_gives_its_magnitude_and_not_its_phase() -> None:
    frames = [resonance(seed=seed) for seed in range(3)]
    made = enhanced([*frames, *(resonance(100, seed=9) for _ in range(3))])
    for number, each in enumerate(made.PerFrameFunctionalGroupsSequence):
        component = "MAGNITUDE" if number < 3 else "PHASE"
        each.MRImageFrameTypeSequence = group(ComplexImageComponent=component)
    assert exact(judge(UNIFORM, made)) == exact(judge(UNIFORM, frames[1]))


def test_a_compressed_frame_is_cut_out_too() -> None:
    frames = waters(-20, 3, 20)
    for frame in frames:
        frame.file_meta.MediaStorageSOPClassUID = frame.SOPClassUID
        frame.compress(RLELossless, generate_instance_uid=False)
    parts = [next(generate_frames(frame.PixelData, number_of_frames=1)) for frame in frames]
    made = enhanced(frames)
    made.PixelData = encapsulate(parts)
    assert exact(judge(WATER, made)) == exact(judge(WATER, frames[1]))


def test_what_cannot_be_judged_is_refused_in_words() -> None:
    made = enhanced(waters(0, 0))
    made.NumberOfFrames = 3
    with pytest.raises(UnfitImageError, match="3 frames, and what is said of them is of 2"):
        judge(WATER, made)
    made.NumberOfFrames = 2_000_000
    with pytest.raises(UnfitImageError, match="that is no phantom's"):
        judge(WATER, made)
    made = enhanced(waters(0))
    made.PixelData = made.PixelData[:100]
    with pytest.raises(UnfitImageError, match="cannot be decoded"):
        judge(WATER, made)
    made = enhanced(waters(0))
    del made.PerFrameFunctionalGroupsSequence[0].PixelValueTransformationSequence
    with pytest.raises(UnfitImageError, match="no rescale slope"):
        judge(WATER, made)
    phase = enhanced([resonance()])
    phase.SharedFunctionalGroupsSequence[0].MRImageFrameTypeSequence = group(
        ComplexImageComponent="PHASE"
    )
    with pytest.raises(UnfitImageError, match="none of its frames is a magnitude image"):
        judge(UNIFORM, phase)


def test_frames_of_a_tomosynthesis_are_no_image_of_a_block() -> None:
    made = enhanced([block(), block()])
    with pytest.raises(UnfitImageError, match="several frames"):
        judge(Phantom(kind="mammography_block", patient_ids=["QA"]), made)

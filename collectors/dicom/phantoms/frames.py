"""Enhanced CT and MR: each frame of an object as the single image that it would have been.

What a single image says in its header stands in functional groups, of all frames together or of each (PS3.3
C.7.6.16): the frame's own counts before the shared one. Only the frames that are judged are cut out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, get_frame

from collectors.dicom.phantoms.measured import UnfitImageError

MOST_FRAMES = 5000  # of an object; the longest series have some thousand slices
_SHARED, _EACH = "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"
# Where the attributes of a single image stand: functional group and keywords.
_GROUPS: Mapping[str, Sequence[str]] = {
    "PixelMeasuresSequence": ("PixelSpacing",),
    "PixelValueTransformationSequence": ("RescaleSlope", "RescaleIntercept", "RescaleType"),
    "PlanePositionSequence": ("ImagePositionPatient",),
    "PlaneOrientationSequence": ("ImageOrientationPatient",),
    "CTXRayDetailsSequence": ("KVP",),
    "CTReconstructionSequence": ("ConvolutionKernel",),
    "MRReceiveCoilSequence": ("ReceiveCoilName",),
    "CTImageFrameTypeSequence": ("FrameType",),
    "MRImageFrameTypeSequence": ("FrameType", "ComplexImageComponent"),
}
_NOT_OF_A_FRAME = (_SHARED, _EACH, "NumberOfFrames", "PixelData")
_NO_SLICES = frozenset(("LOCALIZER", "PROJECTION IMAGE", "MAX_IP", "MIN_IP", "MPR"))


@dataclass(frozen=True)
class Slice:
    """A single image, or a frame of an object with several: what its header says, and where its pixels are."""

    header: Dataset
    number: int
    source: Dataset | None = None  # whose frame it is

    def image(self) -> Dataset:
        """It as a single image. UnfitImageError if its pixels cannot be found."""
        if self.source is None:
            return self.header
        image = Dataset()
        image.update(self.header)
        image.PixelData = _pixels(self.source, self.number)
        image.file_meta = self.source.file_meta
        encoding = (self.source.original_encoding[0], self.source.original_encoding[1])
        image.set_original_encoding(*encoding)
        return image


def slices_of(images: Sequence[Dataset]) -> list[Slice]:
    """Every image and every frame; what is no slice of the phantom (phase, projections) is left out."""
    slices = [each for image in images for each in _slices(image)]
    if images and not slices:
        raise UnfitImageError("none of its frames is a magnitude image of a slice")
    return slices


def _slices(image: Dataset) -> Iterator[Slice]:
    if not is_enhanced(image):
        yield Slice(image, int(image.get("InstanceNumber") or 0))
        return
    count, groups = int(image.NumberOfFrames), image.get(_EACH) or ()
    if count > MOST_FRAMES:
        raise UnfitImageError(f"{count} frames in one object: that is no phantom's")
    if len(groups) != count:
        raise UnfitImageError(f"{count} frames, and what is said of them is of {len(groups)}")
    common = Dataset()
    common.update({own.tag: own for own in image if own.keyword not in _NOT_OF_A_FRAME})
    for shared in (image.get(_SHARED) or ())[:1]:
        _lay_over(common, shared)
    for number, group in enumerate(groups):
        header = Dataset()
        header.update(common)
        _lay_over(header, group)
        if _is_slice(header):
            yield Slice(header, number, image)


def is_enhanced(image: Dataset) -> bool:
    """Is it an object of several frames of which each says what it is? A single frame may be one, too."""
    return image.get("Modality") in ("CT", "MR") and _EACH in image and "NumberOfFrames" in image


def _lay_over(header: Dataset, groups: Dataset) -> None:
    for name, keywords in _GROUPS.items():
        for group in (groups.get(name) or ())[:1]:
            for keyword in keywords:
                if keyword in group:
                    header[keyword] = group[keyword]


def _is_slice(header: Dataset) -> bool:
    kinds = header.get("FrameType") or ()
    component = header.get("ComplexImageComponent") or "MAGNITUDE"
    return component == "MAGNITUDE" and not _NO_SLICES & set(kinds)


def _pixels(source: Dataset, number: int) -> bytes:
    """Those of one frame, as a single image would carry them."""
    count = int(source.NumberOfFrames)
    try:
        if source.file_meta.TransferSyntaxUID.is_encapsulated:
            return encapsulate([get_frame(source.PixelData, number, number_of_frames=count)])
        size = source.Rows * source.Columns * source.SamplesPerPixel * (source.BitsAllocated // 8)
        pixels = bytes(source.PixelData[number * size : (number + 1) * size])
    except Exception as error:  # noqa: BLE001  of what is damaged; its words may hold what was read
        kind = type(error).__name__
        raise UnfitImageError(f"the pixels of its frames cannot be told apart: {kind}") from None
    return pixels + b"\0" * (len(pixels) % 2)

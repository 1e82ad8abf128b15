"""The weekly block of mammography: 45 mm of PMMA with 0.2 mm of aluminium in it.

IAEA Human Health Series 17 (2011): SDNR = |background - object| / standard deviation of the
background. The regions are 5 mm squares (EUREF guidelines, 4th edition supplement): one on the
aluminium, and four around it whose mean is the background, so that the slope of the heel effect
cancels. The object is looked for where it lies: it need not lie in one place to the millimetre.
"""

import numpy as np
from pydicom.dataset import Dataset
from scipy import ndimage

from collectors.dicom.phantoms.measured import PhantomValue, UnfitImageError
from collectors.dicom.phantoms.pixels import Bools, Floats, Plane, read_plane
from collectors.dicom.phantoms.regions import pixels_of

_SIDE_MM = 5  # of a region
_AWAY_MM = 15  # from the object's middle to the background; it is 10 to 20 mm wide
_AROUND_MM = 41  # the square whose mean the object stands out of
_LEAST_SDNR = 1.0  # with less nothing was there to see


def judge_mammography_block(dataset: Dataset) -> list[PhantomValue]:
    """The signal difference to noise ratio of the block, of raw pixels."""
    if str(dataset.get("PresentationIntentType") or "") == "FOR PRESENTATION":
        raise UnfitImageError("made for viewing: SDNR needs the image `for processing`")
    plane = read_plane(dataset, {"MG", "CR", "DX"})
    row, column = _object_place(plane)
    signal = pixels_of(plane, _square(plane, row, column))
    sides = ((-_AWAY_MM, 0), (_AWAY_MM, 0), (0, -_AWAY_MM), (0, _AWAY_MM))
    around = [
        pixels_of(
            plane,
            _square(plane, row + down / plane.row_mm, column + right / plane.column_mm),
        )
        for down, right in sides
    ]
    noise = float(np.mean([np.std(values, ddof=1) for values in around]))
    if not noise:
        raise UnfitImageError("no noise at all: these are not the detector's pixels")
    background = float(np.mean([np.mean(values) for values in around]))
    sdnr = abs(background - float(np.mean(signal))) / noise
    if sdnr < _LEAST_SDNR:
        raise UnfitImageError("no contrast object is seen on the block")
    return [PhantomValue("qa_sdnr", sdnr)]


def _object_place(plane: Plane) -> tuple[float, float]:
    """Row and column of the middle of what stands out most from its surroundings on the block."""
    step = (max(1, round(1 / plane.row_mm)), max(1, round(1 / plane.column_mm)))
    coarse, usable = _coarse(plane, step)
    coarse_mm = step[0] * plane.row_mm, step[1] * plane.column_mm
    small, large = (
        [max(1, round(side / mm)) for mm in coarse_mm] for side in (_SIDE_MM, _AROUND_MM)
    )
    whole = ndimage.minimum_filter(usable.astype(np.uint8), size=large, mode="constant") > 0
    if not whole.any():
        raise UnfitImageError("the block is clipped, or too small for its regions")
    stands_out = np.abs(
        ndimage.uniform_filter(coarse, small) - ndimage.uniform_filter(coarse, large)
    )
    row, column = _middle(np.where(whole, stands_out, 0.0))
    return (row + 0.5) * step[0] - 0.5, (column + 0.5) * step[1] - 0.5


def _middle(stands_out: Floats) -> tuple[float, float]:
    """Of what stands out by half as much as the most: of a box-shaped thing its own middle."""
    peak = np.unravel_index(int(np.argmax(stands_out)), stands_out.shape)
    labels, _ = ndimage.label(stands_out > stands_out[peak] / 2)
    row, column = ndimage.center_of_mass(labels == labels[peak])
    return float(row), float(column)


def _coarse(plane: Plane, step: tuple[int, int]) -> tuple[Floats, Bools]:
    """The means of about square millimetres, and which of them are wholly measured and on the block.

    The block is what is as bright as the middle of the image; the open field beside it is not.
    """
    rows, columns = (side // every for side, every in zip(plane.shape, step, strict=True))
    blocks = np.s_[: rows * step[0], : columns * step[1]]
    shape = (rows, step[0], columns, step[1])
    usable = ~(plane.is_padding | plane.is_clipped)[blocks].reshape(shape)
    usable_share = usable.mean(axis=(1, 3))
    means = plane.values[blocks].reshape(shape).mean(axis=(1, 3))
    return means, np.asarray((usable_share > 0.99) & _on_block(means))


def _on_block(means: Floats) -> Bools:
    """Within a half of the level of the middle third: the heel effect changes it by less."""
    rows, columns = means.shape
    middle = means[rows // 3 : rows - rows // 3, columns // 3 : columns - columns // 3]
    level = float(np.median(middle)) if middle.size else 0.0
    return np.asarray(np.abs(means - level) <= abs(level) / 2)


def _square(plane: Plane, row: float, column: float) -> Bools:
    region = np.zeros(plane.shape, bool)
    half_rows, half_columns = _SIDE_MM / 2 / plane.row_mm, _SIDE_MM / 2 / plane.column_mm
    top, left = round(row - half_rows), round(column - half_columns)
    if top < 0 or left < 0:
        return region
    region[top : round(row + half_rows), left : round(column + half_columns)] = True
    return region

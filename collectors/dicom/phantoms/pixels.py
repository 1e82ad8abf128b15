"""The pixels of a phantom's image, in the unit that they stand for."""

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from collectors.dicom.phantoms.measured import UnfitImageError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

MOST_PIXELS = 64_000_000  # of an image; the largest mammograms have 16 million
_SPACINGS = ("PixelSpacing", "ImagerPixelSpacing", "DetectorElementSpacing")


@dataclass(frozen=True)
class Plane:
    """One image: its values after rescale slope and intercept, and which of them are measurements."""

    values: Floats
    is_padding: Bools  # filled in by the scanner, outside its field of view
    is_clipped: Bools  # at the end of what the stored bits can hold
    row_mm: float  # from a row to the next
    column_mm: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.values.shape[0], self.values.shape[1]

    @property
    def pixel_mm2(self) -> float:
        """The area of a pixel."""
        return self.row_mm * self.column_mm


def read_plane(dataset: Dataset, modalities: Collection[str]) -> Plane:
    """The plane of an image of one of these modalities. UnfitImageError, in words, if there is none."""
    _refuse_unsuitable(dataset, modalities)
    stored = _stored(dataset)
    lowest, highest = _ends(dataset)
    slope, intercept = _rescale(dataset)
    row_mm, column_mm = _spacing(dataset)
    return Plane(
        np.asarray(stored * slope + intercept, np.float64),
        _padding(dataset, stored),
        (stored == lowest) | (stored == highest),
        row_mm,
        column_mm,
    )


def _refuse_unsuitable(dataset: Dataset, modalities: Collection[str]) -> None:
    modality = str(dataset.get("Modality") or "")[:16]
    photometric = str(dataset.get("PhotometricInterpretation") or "")[:16]
    if modality not in modalities:
        raise UnfitImageError(f"modality {modality!r}, needed is {' or '.join(sorted(modalities))}")
    if "PixelData" not in dataset:
        raise UnfitImageError("it has no pixels")
    if photometric not in ("MONOCHROME1", "MONOCHROME2") or dataset.get("SamplesPerPixel", 1) != 1:
        raise UnfitImageError(
            f"photometric interpretation {photometric!r}, needed are shades of grey"
        )
    if (dataset.get("NumberOfFrames") or 1) != 1:
        raise UnfitImageError("several frames in one object: send single images")
    if str(dataset.get("LossyImageCompression") or "") == "01":
        raise UnfitImageError("compressed with loss, which changes noise")
    if _number(dataset, "Rows") * _number(dataset, "Columns") > MOST_PIXELS:
        raise UnfitImageError("more pixels than an image has")


def _stored(dataset: Dataset) -> Ints:
    """The stored values, without what other bits than theirs hold."""
    try:
        stored = np.asarray(dataset.pixel_array)
    except Exception as error:  # noqa: BLE001  a decoder's error may hold what it read
        syntax = getattr(getattr(dataset, "file_meta", None), "TransferSyntaxUID", None)
        name = getattr(syntax, "name", "an unknown transfer syntax")
        kind = type(error).__name__
        raise UnfitImageError(f"its pixels cannot be decoded here: {name}, {kind}") from None
    if stored.ndim != 2 or not np.issubdtype(stored.dtype, np.integer):
        raise UnfitImageError("its pixels are no plane of whole numbers")
    return _in_bits(dataset, stored.astype(np.int64))


def _in_bits(dataset: Dataset, stored: Ints) -> Ints:
    """Of BitsAllocated only BitsStored below HighBit count (PS3.5 8.1.1), the sign with them."""
    bits = int(dataset.BitsStored)
    shift = int(dataset.get("HighBit", bits - 1)) + 1 - bits
    stored = (stored >> shift) & ((1 << bits) - 1)
    if dataset.PixelRepresentation:
        stored = np.where(stored >= 1 << (bits - 1), stored - (1 << bits), stored)
    return stored


def _ends(dataset: Dataset) -> tuple[int, int]:
    bits = int(dataset.BitsStored)
    return (
        (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
        if dataset.PixelRepresentation
        else (0, (1 << bits) - 1)
    )


def _padding(dataset: Dataset, stored: Ints) -> Bools:
    """PixelPaddingValue, up to its range limit (PS3.3 C.7.5.1.1.2)."""
    value = dataset.get("PixelPaddingValue")
    if not isinstance(value, int):
        return np.zeros(stored.shape, bool)
    limit = dataset.get("PixelPaddingRangeLimit")
    ends = _in_bits(dataset, np.array([value, limit if isinstance(limit, int) else value]))
    return np.asarray((stored >= ends.min()) & (stored <= ends.max()))


def _rescale(dataset: Dataset) -> tuple[float, float]:
    """Slope and intercept. A CT without them, or in another unit than HU, says nothing."""
    if "ModalityLUTSequence" in dataset:
        raise UnfitImageError("its values go through a table, not a slope and an intercept")
    is_ct = dataset.Modality == "CT"
    if is_ct and ("RescaleSlope" not in dataset or "RescaleIntercept" not in dataset):
        raise UnfitImageError("no rescale slope and intercept: its values are no Hounsfield units")
    if is_ct and str(dataset.get("RescaleType") or "HU") not in ("HU", "HU_MOD"):
        raise UnfitImageError("its values are rescaled to something else than Hounsfield units")
    slope = _number(dataset, "RescaleSlope", 1.0)
    intercept = _number(dataset, "RescaleIntercept", 0.0)
    if not slope or not math.isfinite(slope) or not math.isfinite(intercept):
        raise UnfitImageError("its rescale slope and intercept are no numbers to count with")
    return slope, intercept


def _spacing(dataset: Dataset) -> tuple[float, float]:
    """Millimetres from row to row and from column to column."""
    for keyword in _SPACINGS:
        pair = dataset.get(keyword)
        if pair is None or len(pair) != 2:
            continue
        row_mm, column_mm = float(pair[0]), float(pair[1])
        if 0 < row_mm < 10 and 0 < column_mm < 10:
            return row_mm, column_mm
    raise UnfitImageError("it does not say how large its pixels are")


def _number(dataset: Dataset, keyword: str, absent: float = 0.0) -> float:
    try:
        value = dataset.get(keyword)
        return absent if value is None else float(value)
    except (TypeError, ValueError):
        return math.nan

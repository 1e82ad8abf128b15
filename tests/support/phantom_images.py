"""Images of phantoms as a scanner would send them, of known truth."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    generate_uid,
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Storage:
    """How whole numbers lie in PixelData."""

    bits: int = 16
    signed: bool = False
    syntax: UID = ExplicitVRLittleEndian

    @property
    def ends(self) -> tuple[int, int]:
        half = 1 << (self.bits - 1)
        return (-half, half - 1) if self.signed else (0, 2 * half - 1)


def distances(shape: tuple[int, int], spacing: Sequence[float], off: Sequence[float]) -> Floats:
    """Millimetres of each pixel from a point `off` the middle of the image."""
    rows, columns = shape
    down = (np.arange(rows)[:, None] - (rows - 1) / 2) * spacing[0] - off[0]
    right = (np.arange(columns)[None, :] - (columns - 1) / 2) * spacing[1] - off[1]
    return np.asarray(np.hypot(down, right))


def image(
    stored: NDArray[np.int64], modality: str, spacing: Sequence[float], storage: Storage = Storage()
) -> Dataset:
    """A data set with these stored values; what does not fit is clipped, as a scanner does."""
    low, high = storage.ends
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = storage.syntax
    dataset.file_meta.MediaStorageSOPClassUID = CTImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID
    dataset.Modality = modality
    dataset.PatientID = "QA-WATER"
    dataset.Rows, dataset.Columns = stored.shape
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated = 8 if storage.bits <= 8 else 16
    dataset.BitsStored, dataset.HighBit = storage.bits, storage.bits - 1
    dataset.PixelRepresentation = int(storage.signed)
    dataset.PixelSpacing = [f"{side:.10g}"[:16] for side in spacing]
    order = ">" if storage.syntax == ExplicitVRBigEndian else "<"
    kind = "i" if storage.signed else "u"
    data = np.clip(stored, low, high).astype(f"{order}{kind}{dataset.BitsAllocated // 8}").tobytes()
    dataset.PixelData = data + b"\0" * (len(data) % 2)
    return dataset


def water(
    mean: float = 0.0,
    noise: float = 4.0,
    *,
    off: Sequence[float] = (0.0, 0.0),
    cupping: float = 0.0,
    shape: tuple[int, int] = (256, 256),
    spacing: Sequence[float] = (1.0, 1.0),
    radius: float = 100.0,
    storage: Storage = Storage(),
    slope: float = 1.0,
    intercept: float = -1024.0,
    table: bool = True,
    seed: int = 7,
) -> Dataset:
    """A cylinder of water with a plastic wall, on a table; `cupping` HU at the water's edge."""
    away = distances(shape, spacing, off)
    values = np.full(shape, -1000.0)
    if table:
        rows = (np.arange(shape[0]) - (shape[0] - 1) / 2) * spacing[0]
        values[(rows > off[0] + radius + 1) & (rows < off[0] + radius + 4)] = 50.0
    values[away <= radius] = 120.0
    inside = away <= radius - 5
    values[inside] = mean + cupping * (away[inside] / (radius - 5)) ** 2
    values += np.random.default_rng(seed).normal(0, noise, shape)
    stored = np.rint((values - intercept) / slope).astype(np.int64)
    dataset = image(stored, "CT", spacing, storage)
    dataset.RescaleSlope, dataset.RescaleIntercept = f"{slope:.10g}", f"{intercept:.10g}"
    dataset.KVP, dataset.ConvolutionKernel = "120", "B30s"
    return dataset


def resonance(
    signal: float = 1000.0,
    noise: float = 10.0,
    *,
    ghost: float = 0.0,
    shading: float = 0.0,
    off: Sequence[float] = (0.0, 0.0),
    shape: tuple[int, int] = (256, 256),
    spacing: Sequence[float] = (1.0, 1.0),
    radius: float = 95.0,
    is_turned: bool = False,
    seed: int = 7,
) -> Dataset:
    """A uniform phantom in an MR: a magnitude image with a ghost above and below, or beside if turned.

    `ghost` is the air's added signal along the phase direction, `shading` the fall across the phantom.
    """
    away = distances(shape, spacing, off)
    rows, columns = shape
    down = (np.arange(rows)[:, None] - (rows - 1) / 2) * spacing[0] - off[0] + 0 * away
    right = (np.arange(columns)[None, :] - (columns - 1) / 2) * spacing[1] - off[1] + 0 * away
    along, across = (right, down) if is_turned else (down, right)
    clean = np.where(away <= radius, signal * (1 - shading * across / (2 * radius)), 0.0)
    clean[(np.abs(along) > radius) & (np.abs(across) < radius)] += ghost
    random = np.random.default_rng(seed)
    values = np.hypot(clean + random.normal(0, noise, shape), random.normal(0, noise, shape))
    dataset = image(np.rint(values).astype(np.int64), "MR", spacing)
    dataset.ReceiveCoilName = "HEAD/Neck 20"
    return dataset


def block(
    sdnr: float = 10.0,
    noise: float = 8.0,
    *,
    level: float = 1000.0,
    heel: float = 0.0,
    place: Sequence[float] = (60.0, 0.0),
    side: float = 10.0,
    shape: tuple[int, int] = (600, 480),
    spacing: Sequence[float] = (0.4, 0.4),
    seed: int = 7,
) -> Dataset:
    """The PMMA block over the left part of a detector, the open field saturated beside it.

    The aluminium lies at `place` (mm from the chest wall, mm from the midline); `heel` is how much the
    level falls over the block.
    """
    rows, columns = shape
    down = (np.arange(rows)[:, None] - (rows - 1) / 2) * spacing[0]
    right = np.arange(columns)[None, :] * spacing[1]
    values = level * (1 - heel * right / (columns * spacing[1])) + 0 * down
    near = (np.abs(right - place[0]) <= side / 2) & (np.abs(down - place[1]) <= side / 2)
    values = np.where(near, values - sdnr * noise, values)
    values += np.random.default_rng(seed).normal(0, noise, shape)
    values = np.where((right > 150) | (np.abs(down) > 110), 16383, values)
    dataset = image(np.rint(values).astype(np.int64), "MG", spacing, Storage(bits=14))
    dataset.ImagerPixelSpacing = dataset.PixelSpacing
    del dataset.PixelSpacing
    dataset.PresentationIntentType = "FOR PROCESSING"
    return dataset

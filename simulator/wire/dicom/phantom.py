"""Phantoms as scanners show them: water in a CT, a uniform sphere in an MR, a block on a mammograph."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from simulator.physics.header import CUPPING_HU

SIDE = 256
RADIUS = 0.4  # of the side
AIR_HU = -1000.0
SIGNAL = 1000.0  # of an MR's phantom; a block's level
# Of a signal that falls by a share from one edge to the other, what uniformity (docs/phantoms.md) sees: the
# middles of its circles lie within 0.77 of the radius, and noise adds a quarter of a percent.
SEEN_OF_FALL, SEEN_OF_NOISE_PCT = 0.39, 0.25
BLOCK_SHAPE, BLOCK_MM = (400, 320), 0.5  # 200 x 160 mm
BLOCK_NOISE = 8.0
ALUMINIUM_MM = (60.0, 10.0)  # from the chest wall, and how wide

Floats = NDArray[np.float64]


def add_phantom(image: Dataset, kind: str, shown: Mapping[str, float], seed: int) -> None:
    """Make the image show the phantom of that kind of scanner; the same seed gives the same."""
    _DRAWN[kind](image, shown, np.random.default_rng(seed))


def has_phantom_image(kind: str) -> bool:
    """Does that kind of scanner show its phantom in an image?"""
    return kind in _DRAWN


def _water(image: Dataset, shown: Mapping[str, float], chance: np.random.Generator) -> None:
    """Of that mean and noise at its centre."""
    mean, noise = shown["qa_water_ct_number_hu"], shown["qa_water_noise_hu"]
    distance = np.hypot(*_from_middle(SIDE)) / (SIDE * RADIUS)
    hounsfield = np.where(distance <= 1.0, mean + CUPPING_HU * distance**2, AIR_HU)
    values = hounsfield + chance.normal(0.0, noise, hounsfield.shape) + 1024.0
    image.RescaleIntercept, image.RescaleSlope, image.RescaleType = "-1024", "1", "HU"
    _add_pixels(image, values, 12, 1.0)


def _uniform(image: Dataset, shown: Mapping[str, float], chance: np.random.Generator) -> None:
    """A magnitude image: noise in two channels, a ghost above and below the sphere, a signal that falls aside."""
    down, aside = _from_middle(SIDE)
    radius, noise = SIDE * RADIUS, SIGNAL / shown["qa_snr"]
    fall = max(0.0, 100.0 - shown["qa_piu_pct"] - SEEN_OF_NOISE_PCT) / 100.0 / SEEN_OF_FALL
    inside = np.hypot(down, aside) <= radius
    clean = np.where(inside, SIGNAL * (1.0 - fall * aside / (2 * radius)), 0.0)
    values = np.hypot(
        clean + chance.normal(0.0, noise, clean.shape), chance.normal(0.0, noise, clean.shape)
    )
    values[(np.abs(down) > radius) & (np.abs(aside) < radius)] += (
        SIGNAL * shown["qa_ghosting_pct"] / 100.0
    )
    _add_pixels(image, values, 12, 1.0)


def _block(image: Dataset, shown: Mapping[str, float], chance: np.random.Generator) -> None:
    """Raw pixels of a block that fills the detector, with a square of aluminium on its midline."""
    rows, columns = np.mgrid[0 : BLOCK_SHAPE[0], 0 : BLOCK_SHAPE[1]] * BLOCK_MM
    place, side = ALUMINIUM_MM
    middle = (BLOCK_SHAPE[0] - 1) / 2 * BLOCK_MM
    is_aluminium = (np.abs(columns - place) <= side / 2) & (np.abs(rows - middle) <= side / 2)
    clean = np.where(is_aluminium, SIGNAL - shown["qa_sdnr"] * BLOCK_NOISE, SIGNAL)
    image.PresentationIntentType = "FOR PROCESSING"
    _add_pixels(image, clean + chance.normal(0.0, BLOCK_NOISE, clean.shape), 14, BLOCK_MM)


_DRAWN: Mapping[str, Callable[[Dataset, Mapping[str, float], np.random.Generator], None]] = {
    "ct": _water,
    "mri": _uniform,
    "mammo": _block,
}


def _from_middle(side: int) -> tuple[Floats, Floats]:
    """How many pixels each is below, and right of, the middle."""
    rows, columns = np.mgrid[0:side, 0:side] - (side - 1) / 2
    return rows, columns


def _add_pixels(image: Dataset, values: Floats, bits: int, spacing_mm: float) -> None:
    stored = np.clip(np.rint(values), 0, (1 << bits) - 1).astype("<u2")
    image.SamplesPerPixel = 1
    image.PhotometricInterpretation = "MONOCHROME2"
    image.Rows, image.Columns = stored.shape
    image.PixelSpacing = [f"{spacing_mm:g}"] * 2
    image.BitsAllocated, image.BitsStored, image.HighBit = 16, bits, bits - 1
    image.PixelRepresentation = 0
    image.PixelData = stored.tobytes()

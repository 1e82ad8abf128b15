"""Series of the phantoms that pylinac reads, as its classes expect them: places and materials after their makers.

ACR 464: American College of Radiology, CT Quality Control Manual (2017); CatPhan 504: The Phantom
Laboratory, manual of 2013. Only what lets pylinac find the modules is drawn.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from tests.support.phantom_images import Floats, image

_SIDE = 400
_SPACING = 0.55  # mm
_AT = (np.arange(_SIDE) - (_SIDE - 1) / 2) * _SPACING
_DOWN, _RIGHT = _AT[:, None] + 0 * _AT, _AT + 0 * _AT[:, None]


def acr_464(mean: float, noise: float, *, edge: float = 0.0) -> list[Dataset]:
    """29 slices of 5 mm, water of `mean` HU with the `noise`; `edge` HU are added at 3 o'clock."""
    return _series(((z, _acr_slice(z, mean, edge)) for z in np.arange(-20.0, 125.0, 5.0)), noise, 5)


def catphan_504(mean: float, noise: float) -> list[Dataset]:
    """58 slices of 2.5 mm, its uniform module of `mean` HU with the `noise`."""
    return _series(((z, _catphan_slice(z, mean)) for z in np.arange(-90.0, 55.0, 2.5)), noise, 2.5)


def _acr_slice(z: float, mean: float, edge: float) -> Floats:
    values = np.full((_SIDE, _SIDE), -1000.0)
    _draw(values, 0, 0, 100, mean)
    if z <= 20:
        for angle, hu in ((45, -1000), (225, -95), (135, 120), (-45, 955), (180, 0)):
            _draw(values, angle, 63, 12.5, hu)
    elif z < 40:
        _draw(values, -90, 60, 12.5, mean + 6)
    elif 50 <= z <= 90:
        _draw(values, 0, 66, 15, mean + edge)
        _draw(values, -45, 20, 0.6, 500)
        _draw(values, 135, 80, 0.6, 500)
    elif z > 90:
        for angle in range(0, 360, 45):
            _draw(values, angle, 70, 7.5, np.where((np.arange(_SIDE) // 2) % 2, mean + 200, mean))
    return values


def _catphan_slice(z: float, mean: float) -> Floats:
    values = np.full((_SIDE, _SIDE), -1000.0)
    _draw(values, 0, 0, 101, mean)
    if abs(z) <= 8:
        inserts = {
            -90: -1000,
            90: -1000,
            -120: -196,
            180: -104,
            120: -47,
            60: 115,
            0: 365,
            -60: 1000,
        }
        for angle, hu in inserts.items():
            _draw(values, angle, 58.7, 6.1, hu)
        for angle, hu in ((-135, -1000), (-45, -1000), (135, -1000), (45, 1000)):
            _draw(values, angle, 35.36, 1.5, hu)
        _draw_ramps(values, z)
    elif abs(z - 30) < 5:
        _draw_line_pairs(values)
    return values


def _draw(values: Floats, angle: float, away: float, radius: float, hu: float | Floats) -> None:
    """A disk of so many HU, its middle `away` mm from the phantom's, clockwise from 3 o'clock."""
    turn = np.deg2rad(angle)
    is_in = np.hypot(_DOWN - away * np.sin(turn), _RIGHT - away * np.cos(turn)) <= radius
    values[is_in] = np.broadcast_to(hu, values.shape)[is_in]


def _draw_ramps(values: Floats, z: float) -> None:
    """Wires of 23 degrees, by whose length in the slice its thickness is measured."""
    long, along = 2.5 / np.tan(np.deg2rad(23)), z / np.tan(np.deg2rad(23))
    for side in (-38, 38):
        for across, down in ((_RIGHT, _DOWN), (_DOWN, _RIGHT)):
            values[(abs(across - side) < 0.6) & (abs(down - along) < long / 2)] = 300


def _draw_line_pairs(values: Floats) -> None:
    turns = ((np.pi - np.arctan2(_DOWN, _RIGHT)) / (2 * np.pi)) % 1
    ends = (0, 0.107, 0.173, 0.236, 0.286, 0.335, 0.387, 0.434, 0.479)
    is_ring = abs(np.hypot(_DOWN, _RIGHT) - 47) < 5
    for number, (low, high, lines) in enumerate(
        zip(ends, ends[1:], (2, 3, 4, 4, 4, 5, 5, 5), strict=False)
    ):
        inner = ((turns - low) / (high - low) - 0.2) / 0.6
        is_line = (inner >= 0) & (inner <= 1) & ((inner * (2 * lines - 1)).astype(int) % 2 == 0)
        values[is_ring & is_line] = 1000 - 90 * number


def _series(
    slices: Iterator[tuple[float, Floats]], noise: float, thickness: float
) -> list[Dataset]:
    random, series = np.random.default_rng(3), generate_uid()
    return [
        _slice(z, values + random.normal(0, noise, values.shape), thickness, series)
        for z, values in slices
    ]


def _slice(z: float, values: Floats, thickness: float, series: str) -> Dataset:
    stored: NDArray[np.int64] = np.rint(values + 1024).astype(np.int64)
    made = image(stored, "CT", (_SPACING, _SPACING))
    made.RescaleSlope, made.RescaleIntercept = "1", "-1024"
    made.KVP, made.ConvolutionKernel = "120", "B30s"
    made.SliceThickness = f"{thickness:g}"
    made.ImagePositionPatient = [0, 0, z]
    made.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    made.SeriesInstanceUID = series
    made.InstanceNumber = round(z * 2) + 200
    return made

"""A uniform phantom in an MR: signal to noise, uniformity, ghosting.

ACR, Phantom Test Guidance for the MRI Accreditation Program (large phantom, sections 5 and 6): the
region has 195 to 205 cm2 of a circle of 190 mm, that is 70 % of the phantom, and 1 cm2 is what is
looked for in it; the four regions in the air have 10 cm2, four times as long as wide.

Signal to noise from one image: NEMA MS 1-2008, method 4. Noise in the air of a magnitude image has
Rayleigh's distribution, whose standard deviation is 0.655 of the noise in the signal. It is exact
for one receiver; several add a constant factor, so a coil is only compared with itself.
"""

import math

import numpy as np
from pydicom.dataset import Dataset
from scipy.signal import oaconvolve

from collectors.dicom.phantoms.components import coil_component
from collectors.dicom.phantoms.measured import PhantomValue, UnfitImageError
from collectors.dicom.phantoms.pixels import Bools, Floats, Plane, read_plane
from collectors.dicom.phantoms.regions import LEAST_PIXELS, RoundPhantom, pixels_of, round_phantom

_INNER = math.sqrt(0.70)  # of the radius: 200 cm2 of a circle of 190 mm
_SMALL_MM = math.sqrt(100 / math.pi)  # the radius of 1 cm2
_RAYLEIGH = math.sqrt(2 - math.pi / 2)  # 0.655
_AIR_MM2, _LONG = 1000, 4  # 10 cm2, four times as long as wide
_LEAST_GAP_MM = 6  # of air beside the phantom: with less an ellipse has no place
_MOST_BLACK = 0.25  # of the air; more, and the scanner has set it to zero


def judge_mr_uniformity(dataset: Dataset) -> list[PhantomValue]:
    """SNR, PIU and ghosting in %; the component is the coil. The frequency comes from every header."""
    plane = read_plane(dataset, {"MR"})
    phantom = round_phantom(plane, plane.values > _half_signal(plane))
    inner = pixels_of(plane, phantom.disc(_INNER * phantom.radius_mm))
    signal = float(np.mean(inner))
    above, below, left, right = _air(phantom)
    component = coil_component(dataset)
    noise = _noise((above, below), (left, right))
    ghosts = np.mean(above) + np.mean(below) - np.mean(left) - np.mean(right)
    return [
        PhantomValue("qa_snr", signal / noise, component),
        PhantomValue("qa_piu_pct", uniformity_pct(phantom), component),
        PhantomValue("qa_ghosting_pct", float(100 * abs(ghosts) / (2 * signal)), component),
    ]


def _half_signal(plane: Plane) -> float:
    """Half of what the brightest twentieth has at least; a phantom fills more than that."""
    values = plane.values[~plane.is_padding]
    bright = float(np.percentile(values, 95)) if values.size else 0.0
    if bright <= 0:
        raise UnfitImageError("nothing but air: no phantom is in the image")
    return bright / 2


def uniformity_pct(phantom: RoundPhantom) -> float:
    """Percent integral uniformity: 100 (1 - (high - low) / (high + low)), each the mean of 1 cm2."""
    plane = phantom.plane
    rows, columns = (int(_SMALL_MM / mm) for mm in (plane.row_mm, plane.column_mm))
    down = np.arange(-rows, rows + 1)[:, None] * plane.row_mm
    right = np.arange(-columns, columns + 1)[None, :] * plane.column_mm
    disc = (np.hypot(down, right) <= _SMALL_MM).astype(float)
    means = oaconvolve(plane.values, disc / disc.sum(), mode="same")
    inside = means[phantom.disc(_INNER * phantom.radius_mm - _SMALL_MM)]
    if inside.size < LEAST_PIXELS:
        raise UnfitImageError("too few pixels in a region of the phantom")
    high, low = float(inside.max()), float(inside.min())
    return 100 * (1 - (high - low) / (high + low))


def _air(phantom: RoundPhantom) -> tuple[Floats, Floats, Floats, Floats]:
    """The values above, below, left and right of the phantom, each in the middle of its gap."""
    plane, radius = phantom.plane, phantom.radius_mm
    height, width = plane.shape[0] * plane.row_mm, plane.shape[1] * plane.column_mm
    gaps = (
        phantom.row_mm - radius,
        height - phantom.row_mm - radius,
        phantom.column_mm - radius,
        width - phantom.column_mm - radius,
    )
    sides = ((-1, 0), (1, 0), (0, -1), (0, 1))
    above, below, left, right = (
        _in_gap(phantom, gap, down, across) for gap, (down, across) in zip(gaps, sides, strict=True)
    )
    return above, below, left, right


def _in_gap(phantom: RoundPhantom, gap: float, down: int, across: int) -> Floats:
    if gap < _LEAST_GAP_MM:
        raise UnfitImageError("the field of view leaves no air beside the phantom")
    half_width = min(math.sqrt(_AIR_MM2 / _LONG / math.pi), 0.4 * gap)
    half_length = _AIR_MM2 / math.pi / half_width
    middle = phantom.radius_mm + gap / 2
    region = _ellipse(
        phantom,
        (down * middle, across * middle),
        (half_width, half_length) if down else (half_length, half_width),
    )
    values = phantom.plane.values[region & ~phantom.plane.is_padding]
    if values.size < LEAST_PIXELS or np.mean(values == 0) > _MOST_BLACK:
        raise UnfitImageError("the scanner has set the air to zero: there is no noise to measure")
    return np.asarray(values)


def _ellipse(
    phantom: RoundPhantom, middle: tuple[float, float], half: tuple[float, float]
) -> Bools:
    rows, columns = phantom.plane.shape
    down = np.arange(rows)[:, None] * phantom.plane.row_mm - phantom.row_mm - middle[0]
    right = np.arange(columns)[None, :] * phantom.plane.column_mm - phantom.column_mm - middle[1]
    return np.asarray(np.hypot(down / half[0], right / half[1]) <= 1)


def _noise(*pairs: tuple[Floats, Floats]) -> float:
    """From the two opposite regions with the lower mean: ghosts lie along the other direction."""
    first, second = min(pairs, key=lambda pair: np.mean(pair[0]) + np.mean(pair[1]))
    noise = math.sqrt((np.var(first, ddof=1) + np.var(second, ddof=1)) / 2) / _RAYLEIGH
    if not noise:
        raise UnfitImageError("no noise at all: these are not the scanner's pixels")
    return noise

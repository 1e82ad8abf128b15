"""Where a round phantom lies in its image, and the regions that are measured in it."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from collectors.dicom.phantoms.measured import UnfitImageError
from collectors.dicom.phantoms.pixels import Bools, Floats, Plane

LEAST_PIXELS = 50  # of a region: its standard deviation is then good to 10 %
MOST_CLIPPED = 0.001  # of a region's pixels
_TABLE_MM = 10  # thinner than this is a table or a strap, no phantom
_LEAST_ROUND = 0.85  # of the circle around its farthest point; a square has 0.64


@dataclass(frozen=True)
class RoundPhantom:
    """A phantom's cross-section in an image, in millimetres from the middle of the first pixel."""

    plane: Plane
    row_mm: float  # of its centre
    column_mm: float
    radius_mm: float

    def distance_mm(self, down_mm: float = 0.0, right_mm: float = 0.0) -> Floats:
        """Of each pixel, from a point beside the phantom's centre."""
        rows, columns = self.plane.shape
        down = np.arange(rows)[:, None] * self.plane.row_mm - self.row_mm - down_mm
        right = np.arange(columns)[None, :] * self.plane.column_mm - self.column_mm - right_mm
        return np.asarray(np.hypot(down, right))

    def disc(self, radius_mm: float, down_mm: float = 0.0, right_mm: float = 0.0) -> Bools:
        """The pixels of a circle beside the phantom's centre."""
        return np.asarray(self.distance_mm(down_mm, right_mm) <= radius_mm)


def pixels_of(plane: Plane, region: Bools) -> Floats:
    """The values of a region. UnfitImageError if they are too few, clipped or filled in."""
    if np.count_nonzero(region) < LEAST_PIXELS:
        raise UnfitImageError("too few pixels in a region of the phantom")
    if np.any(plane.is_padding & region):
        raise UnfitImageError("a part of the phantom is outside the field of view: padding")
    if np.mean(plane.is_clipped[region]) > MOST_CLIPPED:
        raise UnfitImageError("the phantom's values are clipped")
    return np.asarray(plane.values[region])


def round_phantom(plane: Plane, is_solid: Bools) -> RoundPhantom:
    """The largest solid thing of the image, which must be round and whole."""
    solid = ndimage.binary_fill_holes(_without_thin(plane, is_solid & ~plane.is_padding))
    labels, count = ndimage.label(solid)
    if not count:
        raise UnfitImageError("nothing but air: no phantom is in the image")
    sizes = np.bincount(labels.ravel())[1:]
    body = labels == int(np.argmax(sizes)) + 1
    if body[0].any() or body[-1].any() or body[:, 0].any() or body[:, -1].any():
        raise UnfitImageError("the phantom is cut off at the edge of the image")
    rows, columns = np.nonzero(body)
    row_mm, column_mm = rows.mean() * plane.row_mm, columns.mean() * plane.column_mm
    area_mm2 = len(rows) * plane.pixel_mm2
    farthest = np.hypot(rows * plane.row_mm - row_mm, columns * plane.column_mm - column_mm).max()
    pixel_mm = max(plane.row_mm, plane.column_mm)
    if area_mm2 < _LEAST_ROUND * math.pi * max(farthest - pixel_mm, pixel_mm) ** 2:
        raise UnfitImageError("what is in the image is not round: partly scanned, or another thing")
    return RoundPhantom(plane, row_mm, column_mm, math.sqrt(area_mm2 / math.pi))


def _without_thin(plane: Plane, solid: Bools) -> Bools:
    """What stays when everything thinner than a table's shell is taken away (an opening)."""
    if not solid.any():
        return solid
    spacing = (plane.row_mm, plane.column_mm)
    padded = np.pad(solid, 1)
    core = ndimage.distance_transform_edt(padded, sampling=spacing) > _TABLE_MM / 2
    if not core.any():
        return np.zeros_like(solid)
    grown = ndimage.distance_transform_edt(~core, sampling=spacing) <= _TABLE_MM / 2
    return np.asarray((grown & padded)[1:-1, 1:-1])

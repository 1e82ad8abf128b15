"""A cylinder of water in a CT: mean CT number, noise and uniformity.

IEC 61223-3-5 (2004), 5.5: mean CT number and noise in a central region of 40 % of the phantom's
diameter; uniformity by regions of 10 % of it, in the centre and at 3, 6, 9 and 12 o'clock, 10 mm
inside the edge of the water.
"""

import math

import numpy as np
from pydicom.dataset import Dataset

from collectors.dicom.phantoms.components import ct_component
from collectors.dicom.phantoms.measured import PhantomValue, UnfitImageError
from collectors.dicom.phantoms.pixels import Plane, read_plane
from collectors.dicom.phantoms.regions import RoundPhantom, pixels_of, round_phantom

_SOLID_HU = -300  # water and plastics are above, air and foam below
_MOST_OFF_HU = 100  # the mean of what may be called water, so far from 0: else it is something else
_WALL_MM = 6  # at most, of the makers' phantoms
_INSIDE_MM = 10  # IEC 61223-3-5
_LEAST_RADIUS_MM = 60
# Toth et al., Med Phys 34 (2007) 3093: 30 mm off the middle add 6 % of noise, 60 mm 22 %.
MOST_OFF_CENTRE_MM = 30


def judge_ct_water(dataset: Dataset) -> list[PhantomValue]:
    """Mean CT number, noise and uniformity in HU; the component is kV and kernel."""
    plane = read_plane(dataset, {"CT"})
    phantom = round_phantom(plane, plane.values > _SOLID_HU)
    _refuse_misplaced(phantom)
    centre = pixels_of(plane, phantom.disc(0.4 * phantom.radius_mm))
    mean, noise = float(np.mean(centre)), float(np.std(centre, ddof=1))
    if abs(mean) > _MOST_OFF_HU:
        raise UnfitImageError("what is in the image is not water")
    if not noise:
        raise UnfitImageError("no noise at all: these are not the scanner's pixels")
    component = ct_component(dataset)
    return [
        PhantomValue("qa_water_ct_number_hu", mean, component),
        PhantomValue("qa_water_noise_hu", noise, component),
        PhantomValue("qa_water_uniformity_hu", uniformity(phantom), component),
    ]


def uniformity(phantom: RoundPhantom) -> float:
    """The largest difference of an edge region's mean from the central one's, in the plane's unit."""
    small = 0.1 * phantom.radius_mm
    out = phantom.radius_mm - _WALL_MM - _INSIDE_MM - small
    places = [(0.0, 0.0), (-out, 0.0), (0.0, out), (out, 0.0), (0.0, -out)]
    means = [
        np.mean(pixels_of(phantom.plane, phantom.disc(small, down, right)))
        for down, right in places
    ]
    return float(max(abs(edge - means[0]) for edge in means[1:]))


def _refuse_misplaced(phantom: RoundPhantom) -> None:
    if phantom.radius_mm < _LEAST_RADIUS_MM:
        raise UnfitImageError("what is in the image is too small for a water phantom")
    off = off_centre_mm(phantom.plane, phantom)
    if off > MOST_OFF_CENTRE_MM:
        raise UnfitImageError(f"the phantom is off centre by {off:.0f} mm")


def off_centre_mm(plane: Plane, phantom: RoundPhantom) -> float:
    """How far the phantom's centre is from the middle of the image."""
    rows, columns = plane.shape
    down = phantom.row_mm - (rows - 1) / 2 * plane.row_mm
    right = phantom.column_mm - (columns - 1) / 2 * plane.column_mm
    return math.hypot(down, right)

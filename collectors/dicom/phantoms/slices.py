"""Which image of a series is judged."""

from collections.abc import Sequence

import numpy as np
from pydicom.dataset import Dataset

from collectors.dicom.phantoms.frames import Slice, slices_of
from collectors.dicom.phantoms.measured import UnfitImageError


def middle_slice(images: Sequence[Dataset]) -> Dataset:
    """The one in the middle of the phantom, where its ends are farthest; of two the nearer one."""
    if not images:
        raise UnfitImageError("no image")
    in_order = sorted(slices_of(images), key=_place)
    return in_order[(len(in_order) - 1) // 2].image()


def all_slices(images: Sequence[Dataset], most: int) -> list[Dataset]:
    """Each as a single image. UnfitImageError if there are more than `most`."""
    slices = slices_of(images)
    if len(slices) > most:
        raise UnfitImageError(f"{len(slices)} images are no scan of this phantom")
    return [each.image() for each in slices]


def _place(each: Slice) -> tuple[float, int]:
    """Along the normal of the slices (PS3.3 C.7.6.2.1.1), else by number."""
    header = each.header
    try:
        sides = np.array([float(part) for part in header.ImageOrientationPatient])
        position = np.array([float(part) for part in header.ImagePositionPatient])
        return float(np.cross(sides[:3], sides[3:]) @ position), each.number
    except (AttributeError, TypeError, ValueError):
        return 0.0, each.number

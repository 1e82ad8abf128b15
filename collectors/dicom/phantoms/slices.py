"""Which image of a series is judged."""

from collections.abc import Sequence

import numpy as np
from pydicom.dataset import Dataset

from collectors.dicom.phantoms.measured import UnfitImageError


def middle_slice(images: Sequence[Dataset]) -> Dataset:
    """The one in the middle of the phantom, where its ends are farthest; of two the nearer one."""
    if not images:
        raise UnfitImageError("no image")
    in_order = sorted(images, key=_place)
    return in_order[(len(in_order) - 1) // 2]


def _place(image: Dataset) -> tuple[float, int]:
    """Along the normal of the slices (PS3.3 C.7.6.2.1.1), else by number."""
    try:
        number = int(image.get("InstanceNumber") or 0)
        sides = np.array([float(part) for part in image.ImageOrientationPatient])
        position = np.array([float(part) for part in image.ImagePositionPatient])
        return float(np.cross(sides[:3], sides[3:]) @ position), number
    except (AttributeError, TypeError, ValueError):
        return 0.0, number

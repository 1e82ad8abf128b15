"""The one door: a phantom's images in, its quantities out."""

from collections.abc import Callable, Sequence
from math import isfinite
from pathlib import Path

from pydicom.dataset import Dataset

from collectors.dicom.phantoms.ct_water import judge_ct_water
from collectors.dicom.phantoms.dxa_spine import judge_dxa_spine
from collectors.dicom.phantoms.large_phantoms import MOST_IMAGES, judge_acr_ct, judge_catphan
from collectors.dicom.phantoms.mammography_block import judge_mammography_block
from collectors.dicom.phantoms.measured import PhantomValue, UnfitImageError
from collectors.dicom.phantoms.mr_uniformity import judge_mr_uniformity
from collectors.dicom.phantoms.slices import all_slices, middle_slice
from core.schema.dicom import Phantom

_BY_IMAGE: dict[str, Callable[[Dataset], list[PhantomValue]]] = {
    "ct_water": judge_ct_water,
    "mr_uniformity": judge_mr_uniformity,
    "mammography_block": judge_mammography_block,
    "dxa_spine": judge_dxa_spine,
}
_BY_SERIES: dict[str, Callable[[Phantom, Sequence[Dataset], Path | None], list[PhantomValue]]] = {
    "acr_ct": judge_acr_ct,
    "catphan": judge_catphan,
}


def judge(phantom: Phantom, *images: Dataset, pylinac: Path | None = None) -> list[PhantomValue]:
    """What the images of one series of a phantom give, of its middle slice or of all together.

    `pylinac` is the Python that has it, for the phantoms that it reads.

    UnfitImageError says in words why it gives nothing. A series is one measurement: two slices of it
    are as like as two values of one day never are, and would narrow a control chart.
    """
    try:
        return [
            measured for measured in _measured(phantom, images, pylinac) if isfinite(measured.value)
        ]
    except UnfitImageError:
        raise
    except Exception as error:  # noqa: BLE001  a header that is damaged in a way nobody thought of
        kind = type(error).__name__  # its words may hold what the image says
        raise UnfitImageError(f"its header is damaged: {kind}") from None


def _measured(
    phantom: Phantom, images: Sequence[Dataset], pylinac: Path | None
) -> list[PhantomValue]:
    if phantom.kind in _BY_SERIES:
        return _BY_SERIES[phantom.kind](phantom, all_slices(images, MOST_IMAGES), pylinac)
    return _BY_IMAGE[phantom.kind](middle_slice(images))

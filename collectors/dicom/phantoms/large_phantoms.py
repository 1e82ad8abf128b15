"""The ACR phantom and CatPhan of a CT, by pylinac: an extra, `pip install scanward[phantoms]`.

pylinac finds the modules of a whole series by itself. Of what it gives only what the water phantom
gives too is kept, under the same metrics with the phantom's name as component: noise and uniformity
of the uniform module, and where that is water-equivalent (ACR 464, module 3) its CT number.
"""

import importlib
import io
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from pydicom import dcmwrite
from pydicom.dataset import Dataset

from collectors.dicom.phantoms.components import ct_component
from collectors.dicom.phantoms.measured import PhantomValue, UnfitImageError
from core.schema.dicom import Phantom

MOST_IMAGES = 1000


class _Region(Protocol):
    value: float
    stdev: float


def judge_acr_ct(phantom: Phantom, images: Sequence[Dataset]) -> list[PhantomValue]:
    """CT number, noise and uniformity in HU of the uniform module of an ACR 464."""
    module = _analysed("ACRCT", images).uniformity_module
    return [
        PhantomValue(
            "qa_water_ct_number_hu", float(module.rois["Center"]), _component("acr", images)
        ),
        PhantomValue(
            "qa_water_noise_hu", float(module.center_roi_stdev), _component("acr", images)
        ),
        PhantomValue("qa_water_uniformity_hu", _spread(module.rois), _component("acr", images)),
    ]


def judge_catphan(phantom: Phantom, images: Sequence[Dataset]) -> list[PhantomValue]:
    """Noise and uniformity in HU of the uniform module (CTP486), which is no water: 5 to 18 HU."""
    regions: Mapping[str, _Region] = _analysed(f"CatPhan{phantom.model}", images).ctp486.rois
    means = {place: region.value for place, region in regions.items()}
    component = _component("catphan", images)
    return [
        PhantomValue("qa_water_noise_hu", float(regions["Center"].stdev), component),
        PhantomValue("qa_water_uniformity_hu", _spread(means), component),
    ]


def _spread(means: Mapping[str, float]) -> float:
    """The largest difference of an edge region's mean from the central one's."""
    return float(max(abs(mean - means["Center"]) for mean in means.values()))


def _component(name: str, images: Sequence[Dataset]) -> str:
    return "-".join(part for part in (name, ct_component(images[0])) if part)


def _analysed(analysis: str, images: Sequence[Dataset]) -> Any:
    """What pylinac's class of this name says of the series. Nothing of it is written to a disk."""
    if not images or len(images) > MOST_IMAGES:
        raise UnfitImageError(f"{len(images)} images are no scan of this phantom")
    if str(images[0].get("Modality") or "") != "CT":
        raise UnfitImageError("needed is a series of CT images")
    try:
        pylinac = importlib.import_module("pylinac")
    except ImportError:
        raise UnfitImageError(
            "this phantom needs pylinac: pip install scanward[phantoms]", permanent=True
        ) from None
    try:
        scan = getattr(pylinac, analysis)([_as_file(image) for image in images])
        scan.analyze()
        return scan.results_data()
    except Exception as error:  # noqa: BLE001  whatever a library does with an image, the rest goes on
        raise UnfitImageError(
            f"pylinac does not see the phantom in these {len(images)} images: {type(error).__name__}"
        ) from None


def _as_file(image: Dataset) -> io.BytesIO:
    buffer = io.BytesIO()
    dcmwrite(buffer, image, enforce_file_format=True)
    buffer.seek(0)
    return buffer

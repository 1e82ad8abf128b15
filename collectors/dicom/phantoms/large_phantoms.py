"""The ACR phantom and CatPhan of a CT, by pylinac in a Python of its own (`dicom.pylinac` in the site file).

pylinac needs pydicom 2 and this collector pydicom 3, so they cannot live in one environment. It finds
the modules of a whole series by itself. Of what it gives only what the water phantom gives too is kept,
under the same metrics with the phantom's name as component: noise and uniformity of the uniform module,
and where that is water-equivalent (ACR 464, module 3) its CT number.
"""

import io
import json
import struct
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydicom import dcmwrite
from pydicom.dataset import Dataset

from collectors.dicom.phantoms import pylinac_child
from collectors.dicom.phantoms.components import ct_component
from collectors.dicom.phantoms.measured import PhantomValue, UnfitImageError
from core.schema.dicom import Phantom

MOST_IMAGES = 1000
_WITHIN_S = (
    300.0  # a CatPhan of 60 images takes 3 s of a core; a thousand on an old computer take minutes
)


@dataclass(frozen=True, slots=True)
class _UniformModule:
    """Mean HU of its regions by place, and the standard deviation of the central one."""

    means: Mapping[str, float]
    center_sd: float

    @property
    def spread(self) -> float:
        """The largest difference of an edge region's mean from the central one's."""
        return max(abs(mean - self.means["Center"]) for mean in self.means.values())


def judge_acr_ct(
    phantom: Phantom, images: Sequence[Dataset], python: Path | None
) -> list[PhantomValue]:
    """CT number, noise and uniformity in HU of the uniform module of an ACR 464."""
    module = _analysed("ACRCT", images, python)
    component = _component("acr", images)
    return [
        PhantomValue("qa_water_ct_number_hu", module.means["Center"], component),
        PhantomValue("qa_water_noise_hu", module.center_sd, component),
        PhantomValue("qa_water_uniformity_hu", module.spread, component),
    ]


def judge_catphan(
    phantom: Phantom, images: Sequence[Dataset], python: Path | None
) -> list[PhantomValue]:
    """Noise and uniformity in HU of the uniform module (CTP486), which is no water: 5 to 18 HU."""
    module = _analysed(f"CatPhan{phantom.model}", images, python)
    component = _component("catphan", images)
    return [
        PhantomValue("qa_water_noise_hu", module.center_sd, component),
        PhantomValue("qa_water_uniformity_hu", module.spread, component),
    ]


def _component(name: str, images: Sequence[Dataset]) -> str:
    return "-".join(part for part in (name, ct_component(images[0])) if part)


def _analysed(analysis: str, images: Sequence[Dataset], python: Path | None) -> _UniformModule:
    """What pylinac's class of this name says of the series. Nothing of it is written to a disk."""
    if not images or len(images) > MOST_IMAGES:
        raise UnfitImageError(f"{len(images)} images are no scan of this phantom")
    if str(images[0].get("Modality") or "") != "CT":
        raise UnfitImageError("needed is a series of CT images")
    if python is None:
        raise UnfitImageError(
            "this phantom needs pylinac: say `dicom.pylinac` in the site file", permanent=True
        )
    answer = _run(python, analysis, b"".join(_frames(images)))
    if "error" in answer:
        kind = str(answer["error"])
        raise UnfitImageError(
            f"pylinac does not see the phantom in these {len(images)} images: {kind}"
        )
    return _UniformModule(answer["means"], answer["center_sd"])


def _run(python: Path, analysis: str, images: bytes) -> dict[str, Any]:
    """The child's answer. UnfitImageError if there is no such Python, or it does not come back."""
    command = [str(python), "-I", "-W", "ignore", pylinac_child.__file__, analysis]
    try:
        ended = subprocess.run(command, input=images, capture_output=True, timeout=_WITHIN_S)  # noqa: S603
        answer = json.loads(ended.stdout)
    except OSError as error:
        raise UnfitImageError(f"{python}: {error.strerror}", permanent=True) from None
    except subprocess.TimeoutExpired:
        raise UnfitImageError(f"pylinac took longer than {_WITHIN_S:g} s") from None
    except ValueError:
        raise UnfitImageError(f"pylinac ended with code {ended.returncode}") from None
    if not isinstance(answer, dict):
        raise UnfitImageError("pylinac did not answer as expected")
    return answer


def _frames(images: Sequence[Dataset]) -> Iterator[bytes]:
    """Each image as a file, with its length before it."""
    for image in images:
        buffer = io.BytesIO()
        dcmwrite(buffer, image, enforce_file_format=True)
        yield struct.pack(">I", buffer.tell())
        yield buffer.getvalue()

"""ACR and CatPhan go to pylinac, which is an extra: here a stand-in of its three calls."""

import io
import sys
from collections.abc import Sequence
from types import ModuleType, SimpleNamespace

import pytest
from pydicom import dcmread

from collectors.dicom.phantoms.judging import judge
from collectors.dicom.phantoms.measured import UnfitImageError
from core.schema.dicom import Phantom
from tests.support.phantom_images import water

ACR = Phantom(kind="acr_ct", patient_ids=["QA-WATER"])
CATPHAN = Phantom(kind="catphan", patient_ids=["QA-WATER"], model="604")
IMAGES = [water(shape=(32, 32)) for _ in range(4)]
MEANS = {"Top": 1.5, "Right": -0.5, "Bottom": 3.0, "Left": 0.5, "Center": 0.8}


class StandIn:
    """What pylinac's classes have: files, `analyze()`, `results_data()`."""

    def __init__(self, files: Sequence[io.BytesIO]) -> None:
        self.shapes = {dcmread(file).pixel_array.shape for file in files}
        self.is_analysed = False

    def analyze(self) -> None:
        if self.shapes != {(32, 32)}:
            raise ValueError("a patient's name")
        self.is_analysed = True


class ACRCT(StandIn):
    def results_data(self) -> SimpleNamespace:
        assert self.is_analysed
        return SimpleNamespace(uniformity_module=SimpleNamespace(rois=MEANS, center_roi_stdev=4.2))


class CatPhan604(StandIn):
    def results_data(self) -> SimpleNamespace:
        assert self.is_analysed
        rois = {place: SimpleNamespace(value=mean + 10, stdev=5.1) for place, mean in MEANS.items()}
        return SimpleNamespace(ctp486=SimpleNamespace(rois=rois))


@pytest.fixture
def _pylinac(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("pylinac")
    module.__dict__.update(ACRCT=ACRCT, CatPhan604=CatPhan604)
    monkeypatch.setitem(sys.modules, "pylinac", module)


@pytest.mark.usefixtures("_pylinac")
def test_the_acr_phantom_gives_what_water_gives() -> None:
    measured = {each.metric: (round(each.value, 6), each.component) for each in judge(ACR, *IMAGES)}
    assert measured == {
        "qa_water_ct_number_hu": (0.8, "acr-120kV-B30s"),
        "qa_water_noise_hu": (4.2, "acr-120kV-B30s"),
        "qa_water_uniformity_hu": (2.2, "acr-120kV-B30s"),
    }


@pytest.mark.usefixtures("_pylinac")
def test_a_catphan_has_no_water_so_no_ct_number_of_it() -> None:
    measured = {each.metric: round(each.value, 6) for each in judge(CATPHAN, *IMAGES)}
    assert measured == {"qa_water_noise_hu": 5.1, "qa_water_uniformity_hu": 2.2}


@pytest.mark.usefixtures("_pylinac")
def test_what_pylinac_cannot_read_is_refused_without_its_words() -> None:
    with pytest.raises(UnfitImageError, match=r"4 images: ValueError$"):
        judge(ACR, *(water(shape=(16, 16)) for _ in range(4)))
    with pytest.raises(UnfitImageError, match=r"AttributeError$"):
        judge(CATPHAN.model_copy(update={"model": "700"}), *IMAGES)


def test_without_pylinac_its_name_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pylinac", None)
    with pytest.raises(UnfitImageError, match=r"pip install scanward\[phantoms\]"):
        judge(ACR, *IMAGES)


@pytest.mark.usefixtures("_pylinac")
def test_no_images_are_no_scan() -> None:
    with pytest.raises(UnfitImageError, match="0 images"):
        judge(ACR)

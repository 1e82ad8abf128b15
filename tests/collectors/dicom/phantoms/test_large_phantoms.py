"""ACR and CatPhan go to pylinac, in a Python of its own (`make phantoms`)."""

import sys
from pathlib import Path

import pytest

from app.doctor.dicom import check_pylinac
from collectors.dicom.phantoms.judging import judge
from collectors.dicom.phantoms.measured import UnfitImageError
from core.schema.dicom import DicomNode, Phantom
from tests.support.large_phantoms import acr_464, catphan_504
from tests.support.phantom_images import water

pytestmark = pytest.mark.servers

ACR = Phantom(kind="acr_ct", patient_ids=["QA-WATER"])
CATPHAN = Phantom(kind="catphan", patient_ids=["QA-WATER"], model="504")
PYLINAC = Path(__file__).parents[4] / ".venv/phantoms/bin/python"
IMAGES = [water(shape=(32, 32)) for _ in range(4)]


@pytest.fixture
def pylinac() -> Path:
    if not PYLINAC.exists():
        pytest.skip("needs server: pylinac is not installed (make phantoms)")
    return PYLINAC


def test_the_acr_phantom_gives_what_water_gives(pylinac: Path) -> None:
    images = acr_464(3.0, 4.0, edge=2.0)
    measured = {each.metric: each for each in judge(ACR, *images, pylinac=pylinac)}
    assert {each.component for each in measured.values()} == {"acr-120kV-B30s"}
    assert measured["qa_water_ct_number_hu"].value == pytest.approx(3.0, abs=0.4)
    assert measured["qa_water_noise_hu"].value == pytest.approx(4.0, abs=0.3)
    assert measured["qa_water_uniformity_hu"].value == pytest.approx(2.0, abs=0.6)


def test_a_catphan_has_no_water_so_no_ct_number_of_it(pylinac: Path) -> None:
    measured = {
        each.metric: each.value for each in judge(CATPHAN, *catphan_504(9.0, 4.0), pylinac=pylinac)
    }
    assert sorted(measured) == ["qa_water_noise_hu", "qa_water_uniformity_hu"]
    assert measured["qa_water_noise_hu"] == pytest.approx(4.0, abs=0.3)
    assert measured["qa_water_uniformity_hu"] < 0.6


def test_what_pylinac_cannot_read_is_refused_without_its_words(pylinac: Path) -> None:
    with pytest.raises(UnfitImageError, match=r"in these 4 images: [A-Za-z]*Error$"):
        judge(ACR, *IMAGES, pylinac=pylinac)


def test_without_pylinac_that_is_what_it_says() -> None:
    with pytest.raises(UnfitImageError, match=r"dicom\.pylinac"):
        judge(ACR, *IMAGES)
    with pytest.raises(UnfitImageError, match="No such file"):
        judge(ACR, *IMAGES, pylinac=Path("/nowhere/python"))
    with pytest.raises(UnfitImageError, match="in these 4 images: ModuleNotFoundError"):
        judge(ACR, *IMAGES, pylinac=Path("/usr/bin/python3"))
    with pytest.raises(UnfitImageError, match="ended with code 0"):
        judge(ACR, *IMAGES, pylinac=Path("/bin/true"))


def test_no_images_are_no_scan() -> None:
    with pytest.raises(UnfitImageError, match="0 images"):
        judge(ACR)


def test_the_doctor_tries_pylinac(pylinac: Path) -> None:
    def text_of(python: Path | None) -> str:
        return str(check_pylinac(DicomNode(pylinac=python))[0].text)

    assert text_of(pylinac).startswith("version 3.")
    assert "dicom.pylinac" in text_of(None)
    assert "No such file" in text_of(Path("/nowhere/python"))
    assert "has no pylinac" in text_of(Path(sys.executable))

"""A uniform phantom of known signal, noise, shading and ghost gives these."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from collectors.dicom.phantoms.measured import UnfitImageError
from collectors.dicom.phantoms.mr_uniformity import judge_mr_uniformity
from tests.support.phantom_images import resonance

SNR, PIU, GHOSTING = "qa_snr", "qa_piu_pct", "qa_ghosting_pct"


def judged(dataset: Dataset) -> dict[str, float]:
    measured = judge_mr_uniformity(dataset)
    assert {each.component for each in measured} == {"HEAD_Neck_20"}
    return {each.metric: each.value for each in measured}


@settings(max_examples=12, deadline=None)
@given(
    noise=st.floats(5, 30),
    down=st.floats(-8, 8),
    right=st.floats(-8, 8),
    seed=st.integers(0, 1000),
)
def test_the_signal_to_noise_is_what_was_put_in(
    noise: float, down: float, right: float, seed: int
) -> None:
    values = judged(resonance(1000, noise, off=(down, right), seed=seed))
    # About 2000 pixels of air give the noise to 2 %, and a little less where they cover no ellipse.
    assert values[SNR] == pytest.approx(1000 / noise, rel=0.1)
    assert values[PIU] > 100 * (1 - 1.1 * 4 * noise / 1000 / 10)
    assert values[GHOSTING] < 100 * noise / 1000 * 0.15


@settings(max_examples=8, deadline=None)
@given(scale=st.floats(0.3, 20), seed=st.integers(0, 50))
def test_another_gain_changes_nothing(scale: float, seed: int) -> None:
    loud = judged(resonance(1000 * scale, 20 * scale, shading=0.2, ghost=60 * scale, seed=seed))
    plain = judged(resonance(1000, 20, shading=0.2, ghost=60, seed=seed))
    assert loud == pytest.approx(plain, rel=0.03)


@pytest.mark.parametrize("shading", [0.05, 0.1, 0.2, 0.4])
@pytest.mark.parametrize("is_turned", [False, True])
def test_shading_lowers_the_uniformity_by_its_share(shading: float, is_turned: bool) -> None:
    values = judged(resonance(2000, 5, shading=shading, is_turned=is_turned))
    # Across the region where the disc of 1 cm2 may go: 2 (0.837 x 95 - 5.6) of 190 mm.
    spread = shading * 2 * (0.8367 * 95 - 5.64) / 190
    assert values[PIU] == pytest.approx(100 * (1 - spread / 2), abs=0.5)


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize("ghost", [20, 50, 100])
def test_a_ghost_is_its_share_of_the_signal_whichever_way_it_lies(
    ghost: float, is_turned: bool
) -> None:
    values = judged(resonance(1000, 4, ghost=ghost, is_turned=is_turned))
    # Rayleigh's mean, 1.25 of the noise, is in all four regions and nearly cancels.
    assert values[GHOSTING] == pytest.approx(100 * (ghost - 1.25 * 4) / 1000, abs=0.25)
    assert values[SNR] == pytest.approx(250, rel=0.1)  # the noise is taken from the clean direction


def test_pixels_that_are_not_square_still_show_a_circle() -> None:
    values = judged(resonance(1000, 10, shape=(320, 200), spacing=(0.8, 1.28)))
    assert values[SNR] == pytest.approx(100, rel=0.1)
    assert values[PIU] > 95


def test_a_phantom_of_another_size_has_its_own_region() -> None:
    values = judged(resonance(1000, 10, radius=50, shape=(256, 256), spacing=(0.5, 0.5)))
    assert values[SNR] == pytest.approx(100, rel=0.1)


def zeroed() -> Dataset:
    dataset = resonance()
    stored = dataset.pixel_array.copy()
    stored[stored < 100] = 0
    dataset.PixelData = stored.tobytes()
    return dataset


@pytest.mark.parametrize(
    ("dataset", "words"),
    [
        (zeroed(), "air to zero"),
        (resonance(signal=0, noise=10), "nothing but air|not round|cut off"),
        (resonance(off=(60, 0)), "cut off at the edge"),
        (resonance(radius=124), "no air beside the phantom"),
        (resonance(noise=0), "air to zero"),
        (resonance(signal=70_000), "clipped"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_unfit_image_is_refused_in_words(dataset: Dataset, words: str) -> None:
    with pytest.raises(UnfitImageError, match=words):
        judge_mr_uniformity(dataset)

"""A series is one measurement: of its middle slice, when no more of it comes."""

import pytest
from pydicom.dataset import Dataset

from collectors.dicom.phantoms.gathering import QUIET, SeriesGatherer
from collectors.dicom.phantoms.judging import judge
from collectors.dicom.phantoms.measured import UnfitImageError
from core.schema.dicom import Phantom
from tests.support.phantom_images import water

WATER = Phantom(kind="ct_water", patient_ids=["QA-WATER"])
T0 = 1_764_000_000_000


def slices(*means: float, series: str = "1.2.3") -> list[Dataset]:
    made = []
    for number, mean in enumerate(means):
        dataset = water(mean, shape=(220, 220), seed=number)
        dataset.SeriesInstanceUID = series
        dataset.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
        dataset.ImagePositionPatient = ["0", "0", str(5 * number)]
        made.append(dataset)
    return made


def ct_number(images: list[Dataset]) -> float:
    return round(judge(WATER, *images)[0].value)


def test_the_middle_slice_is_judged_in_whatever_order_they_came() -> None:
    images = slices(-20, -10, 3, 10, 20)
    assert ct_number(images) == 3
    assert ct_number([images[3], images[0], images[4], images[2], images[1]]) == 3
    assert ct_number(images[2:3]) == 3


def test_without_positions_the_numbers_say_the_order() -> None:
    images = slices(-20, 3, 20)
    for number, dataset in zip((7, 8, 9), images, strict=True):
        del dataset.ImagePositionPatient
        dataset.InstanceNumber = str(number)
    assert ct_number(images[::-1]) == 3


def test_no_image_is_refused() -> None:
    with pytest.raises(UnfitImageError, match="no image"):
        judge(WATER)


def test_a_series_is_whole_when_nothing_has_come_for_a_while() -> None:
    gatherer = SeriesGatherer()
    first, second = slices(1, 2), slices(3, series="4.5")
    for number, image in enumerate([first[0], first[1], first[0], second[0]]):
        assert gatherer.add("ct-1", WATER, image, T0 + number) == []
    assert gatherer.take_whole(T0 + QUIET + 2) == []
    [whole] = gatherer.take_whole(T0 + QUIET + 3)
    assert (whole.device, len(whole.images), whole.phantom) == ("ct-1", 2, WATER)
    [last] = gatherer.take_whole(T0, quiet=-1_000)  # the end: all that are left
    assert len(last.images) == 1
    assert gatherer.byte_count == 0


def test_memory_is_bounded_by_judging_the_oldest_early() -> None:
    images = slices(1, 2, 3)
    most = 2 * len(images[0].PixelData)
    gatherer = SeriesGatherer(most)
    for number, image in enumerate(images):
        image.SeriesInstanceUID = f"1.{number}"
    assert gatherer.add("ct-1", WATER, images[0], T0) == []
    assert gatherer.add("ct-1", WATER, images[1], T0) == []
    [crowded] = gatherer.add("ct-1", WATER, images[2], T0)
    assert list(crowded.images.values()) == [images[0]]
    assert gatherer.byte_count == most


def test_one_series_that_is_too_large_alone_comes_back_in_parts() -> None:
    images = slices(1, 2)
    gatherer = SeriesGatherer(len(images[0].PixelData))
    assert gatherer.add("ct-1", WATER, images[0], T0) == []
    [crowded] = gatherer.add("ct-1", WATER, images[1], T0)
    assert len(crowded.images) == 2
    assert gatherer.take_whole(T0 + QUIET * 2) == []

"""The density of the DXA phantom out of a report, or a word why it must be typed."""

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from collectors.dicom.phantoms.dxa_spine import judge_dxa_spine
from collectors.dicom.phantoms.measured import UnfitImageError


def code(value: str, meaning: str, scheme: str = "99BDM") -> Sequence:
    made = Dataset()
    made.CodeValue, made.CodeMeaning, made.CodingSchemeDesignator = value, meaning, scheme
    return Sequence([made])


def number(meaning: str, value: str, unit: str = "g/cm2") -> Dataset:
    measured = Dataset()
    measured.NumericValue = value
    measured.MeasurementUnitsCodeSequence = code(unit, unit, "UCUM")
    item = Dataset()
    item.ValueType, item.ConceptNameCodeSequence = "NUM", code("1", meaning)
    item.MeasuredValueSequence = Sequence([measured])
    return item


def container(meaning: str, *items: Dataset) -> Dataset:
    item = Dataset()
    item.ValueType, item.ConceptNameCodeSequence = "CONTAINER", code("2", meaning)
    item.ContentSequence = Sequence(items)
    return item


def report(*items: Dataset) -> Dataset:
    made = Dataset()
    made.Modality = "SR"
    made.ContentSequence = Sequence(items)
    return made


def density(dataset: Dataset) -> float:
    [measured] = judge_dxa_spine(dataset)
    assert (measured.metric, measured.component) == ("phantom_bmd_g_cm2", "")
    return measured.value


def test_the_only_number_in_g_cm2_is_the_density() -> None:
    area, content = number("Area", "54.6", "cm2"), number("BMC", "58.1", "g")
    assert density(report(area, content, number("BMD", "1.012"))) == 1.012


def test_of_several_the_total_is_the_phantom() -> None:
    vertebrae = [
        number(f"L{n} BMD", str(value)) for n, value in enumerate((0.9, 1.0, 1.05, 1.1), 1)
    ]
    assert density(report(*vertebrae, number("Total BMD", "1.013"))) == 1.013
    assert density(report(*vertebrae, container("L1-L4", number("BMD", "1.014")))) == 1.014


@pytest.mark.parametrize(("value", "unit"), [("1012", "mg/cm2"), ("10.12", "kg/m2")])
def test_another_unit_is_counted_over(value: str, unit: str) -> None:
    assert density(report(number("BMD", value, unit))) == pytest.approx(1.012)


def test_the_same_number_twice_is_one() -> None:
    assert density(report(number("BMD", "1.012"), container("x", number("BMD", "1.012")))) == 1.012


def capture() -> Dataset:
    made = Dataset()
    made.Modality = "OT"  # codespell:ignore
    return made


def endless(depth: int = 60) -> Dataset:
    item = number("BMD", "1.012")
    for _ in range(depth):
        item = container("x", item)
    return report(item)


@pytest.mark.parametrize(
    ("dataset", "words"),
    [
        (capture(), "type the value by hand"),
        (report(number("T-score", "-1.2", "{T-score}")), "no number in g/cm2"),
        (report(number("L1", "0.9"), number("L2", "1.0")), "2 densities"),
        (report(number("Total", "0.9"), number("Total", "1.0")), "2 densities"),
        (report(number("BMD", "-1")), "no number"),
        (report(container("BMD")), "no number"),
        (endless(), "no number"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_clear_is_left_to_hands(dataset: Dataset, words: str) -> None:
    with pytest.raises(UnfitImageError, match=words):
        judge_dxa_spine(dataset)

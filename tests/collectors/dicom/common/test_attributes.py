"""The allow-list, and the numbers in what it lets through."""

import pytest
from pydicom.datadict import dictionary_VR, tag_for_keyword

from collectors.dicom.common.attributes import (
    ALLOWED,
    PHANTOM_ONLY,
    read_decimal,
    read_decimals,
    resolution,
)


@pytest.mark.parametrize("keyword", [*ALLOWED, *PHANTOM_ONLY])
def test_tags_and_value_representations_are_the_standards(keyword: str) -> None:
    tag, representation = {**ALLOWED, **PHANTOM_ONLY}[keyword]
    assert tag == tag_for_keyword(keyword)
    assert representation == dictionary_VR(tag)


def test_nothing_of_the_patient_stands_on_the_list() -> None:
    assert not [
        keyword for keyword, (tag, _) in ALLOWED.items() if tag >> 16 in (0x0010, 0x0012, 0x0032)
    ]
    assert not [
        keyword for keyword, (_, vr) in ALLOWED.items() if vr in ("PN", "LT", "ST", "UN", "OB")
    ]
    assert not [keyword for keyword, (tag, _) in ALLOWED.items() if tag >> 16 & 1]  # private groups


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("120", 120.0),
        (" 120.0 ", 120.0),
        ("+1.5e2\0", 150.0),
        ("69,64", 69.64),  # a decimal comma, as some consoles write
        ("0,0021", 0.0021),
        ("1,234", None),  # a thousand, or one and a bit: refused
        ("1,234,5", None),
        (".5", 0.5),
        ("-3", -3.0),
        ("", None),
        ("   ", None),
        ("n/a", None),
        ("nan", None),
        ("inf", None),
        ("1_0", None),
        ("١٢٠", None),  # not of DS
        ("1" * 40, None),
        ("1e300", None),
    ],
)
def test_a_decimal_is_read_or_is_a_gap(text: str, value: float | None) -> None:
    assert read_decimal(text) == value


def test_each_of_several_values_stands_for_itself() -> None:
    assert read_decimals("100\\140\\\\x") == [100.0, 140.0, None, None]


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("63.687936", 1e-6),
        ("6.36978e+01", 1e-4),
        ("63.92433900", 1e-8),
        ("64", 1.0),
        ("x", None),
        ("", None),
    ],
)
def test_the_digits_say_how_finely_a_frequency_is_known(text: str, step: float | None) -> None:
    assert resolution(text) == step

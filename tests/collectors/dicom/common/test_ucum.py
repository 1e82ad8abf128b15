"""Units of dose reports: the code decides."""

import pytest

from collectors.dicom.common.ucum import to_unit


@pytest.mark.parametrize(
    ("value", "code", "unit", "expected"),
    [
        (0.5, "s", "s", 0.5),
        (7333, "ms", "s", 7.333),
        (500, "us", "s", 0.0005),
        (20918.59960938, "uAs", "mA.s", 20.9185996094),
        (1040, "uA.s", "mA.s", 1.04),
        (6, "mA.s", "mA.s", 6),
        (6, "mAs", "mA.s", 6),
        (2, "A", "mA", 2000),
        (250, "uA", "mA", 0.25),
        (120, "kV", "kV", 120),
        (70000, "V", "kV", 70),
        (0.0154, "Gy", "mGy", 15.4),
        (15.45, "mGy", "mGy", 15.45),
        (900, "µGy", "mGy", 0.9),
        (29.67, "mGycm", "mGy.cm", 29.67),
        (29.67, "mGy.cm", "mGy.cm", 29.67),
        (0.00002206, "Gy.m2", "Gy.cm2", 0.2206),
        (22.06, "uGym2", "Gy.cm2", 0.2206),
        (22.06, "µGy·m²", "Gy.cm2", 0.2206),
        (2.206, "dGy.cm2", "Gy.cm2", 0.2206),
        (220.6, "mGy.cm2", "Gy.cm2", 0.2206),
        (22.06, "cGy.cm2", "Gy.cm2", 0.2206),
    ],
)
def test_a_unit_code_says_what_a_value_is(
    value: float, code: str, unit: str, expected: float
) -> None:
    assert to_unit(value, code, unit) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("code", "unit"),
    [("mS", "s"), ("", "s"), ("s", "kV"), ("HU", "mGy"), ("MA", "mA"), ("R", "mGy")],
)
def test_an_unknown_unit_refuses_the_value(code: str, unit: str) -> None:
    assert to_unit(1.0, code, unit) is None

"""One formatter for every surface: the same digits, each with its own separators and signs."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.text.numbers import (
    PAGE,
    PLAIN,
    REPORT_DARI,
    REPORT_ENGLISH,
    NumberFormat,
    general,
    limits_form,
    scaled_bytes,
)

FORMATS = (PAGE, PLAIN, REPORT_ENGLISH, REPORT_DARI)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (PAGE, "\u221214\u202f912\u202f345"),
        (PLAIN, "-14912345"),
        (REPORT_ENGLISH, "\u221214,912,345"),
        (REPORT_DARI, "\u200e\u2212۱۴٬۹۱۲٬۳۴۵"),
    ],
)
def test_each_surface_has_its_own_digits_separators_and_minus(
    form: NumberFormat, text: str
) -> None:
    assert form.measured(-14_912_345) == form.fixed(-14_912_345, 0) == text


@pytest.mark.parametrize("form", FORMATS)
def test_there_is_no_minus_before_a_zero(form: NumberFormat) -> None:
    assert form.fixed(-0.04, 1) == form.fixed(0.0, 1)
    assert form.measured(-1e-13) == form.measured(0.0)


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_no_number_is_absent(form: NumberFormat) -> None:
    assert form.measured(None) == form.measured(float("nan")) == form.absent


@given(some.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9))
def test_pages_and_bundles_write_the_same_digits_from_one_up(value: float) -> None:
    if abs(value) >= 1:
        page = PAGE.measured(value).replace("\u202f", "").replace("\u2212", "-")
        assert page == PLAIN.measured(value)


def test_a_small_value_keeps_its_digits_on_a_page_and_four_decimals_in_a_bundle() -> None:
    assert PAGE.measured(0.000123456) == "0.0001235"
    assert PLAIN.measured(0.000123456) == "0.0001"


def test_a_unit_stands_behind_its_number_and_is_never_parted_from_it() -> None:
    assert PAGE.with_unit("41.2", "°C") == "41.2\u202f°C"
    assert REPORT_ENGLISH.with_unit("41.2", "h") == "41.2\u00a0h"
    assert PLAIN.with_unit("normal", "") == "normal"


def test_a_year_has_no_separator() -> None:
    assert REPORT_DARI.in_digits("1405") == "۱۴۰۵"


def test_a_general_number_has_an_exponent_where_it_is_shorter() -> None:
    assert [general(v) for v in (12.5, 1_500_000.0, None)] == ["12.5", "1.5e+06", ""]
    assert general(38.521, 4) == "38.52"


def test_bytes_are_told_in_the_largest_unit_of_which_there_is_one() -> None:
    assert scaled_bytes(999) == (999, "B")
    assert scaled_bytes(1_530_000_000) == (1.53, "GB")


def test_limits_are_said_by_the_ends_that_there_are() -> None:
    forms = [limits_form(low, high) for low in (None, 1.0) for high in (None, 2.0)]
    assert forms == [None, "at_most", "at_least", "between"]

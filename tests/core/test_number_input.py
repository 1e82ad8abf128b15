"""What people type is the number that they mean, or it is refused."""

import re
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from functools import partial
from typing import TypeVar

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from core.number_input import decimal, number, whole, written
from core.text.phrase import Phrase

Number = TypeVar("Number", int, Decimal)
SCRIPTS = ("0123456789.", "۰۱۲۳۴۵۶۷۸۹٫", "٠١٢٣٤٥٦٧٨٩٫")
ALPHABET = "".join(SCRIPTS) + ",٬،/'_ +-\u2212eEx%٪\u200f\u202bn१"
FLOATS = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15)


def in_script(text: str, script: str) -> str:
    return text.translate(str.maketrans(SCRIPTS[0], script))


def refusal(text: str) -> Phrase:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the words are looked at by the caller
        number(text)
    said = refused.value.args[0]
    assert isinstance(said, Phrase)
    return said


def read(parse: Callable[[str], Number], text: str) -> Number | None:
    """None if it is refused in words; any other exception is a failure."""
    with suppress(ValueError):
        return parse(text)
    return None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12,5", 12.5),
        ("12.5", 12.5),
        ("۱۲٫۵", 12.5),
        ("١٢٫٥", 12.5),
        ("۱۲,۵", 12.5),
        ("۱۲.۵", 12.5),
        (" -3,25\u00a0", -3.25),
        ("\u2212۴۰", -40.0),
        ("+7", 7.0),
        ("\u200f۶۱٫۲\u200f", 61.2),
        ("1250,500", 1250.5),
        ("1,25", 1.25),
        ("1,2500", 1.25),
        ("0,125", 0.125),
        ("1.250", 1.25),
        ("1٫250", 1.25),
        ("-0", 0.0),
    ],
)
def test_a_number_is_read_as_it_is_meant(text: str, value: float) -> None:
    assert number(text) == value
    assert str(number(text)) == str(value)


@pytest.mark.parametrize("text", ["1,250", "12,500", "-999,000", "۱,۲۵۰"])
def test_a_comma_that_may_part_thousands_is_refused_with_both_ways_to_write_it(text: str) -> None:
    said = refusal(text)
    thousands, decimals = said.values["thousands"], said.values["decimals"]
    assert number(str(thousands)) == 1000 * number(str(decimals))
    assert f"write {thousands} or {decimals}" in said


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1e5",
        "0x10",
        "1_000",
        "nan",
        "inf",
        "--5",
        "5-",
        "۱۲/۵",
        "۱۲،۵",
        "۱٬۲۵۰",
        "१२",
        "²",
        "½",
        "12.5 mm",
        "12,5%",
        "1,250.5",
        "1.2.3",
        "1,2,3",
        "1 250",
        "12 5",
        "12.",
        ".5",
        ",125",
    ],
)
def test_anything_else_is_refused_and_quoted(text: str) -> None:
    assert refusal(text).values["typed"] == text


@pytest.mark.parametrize("text", ["9007199254740993", "0.12345678901234567890", "9" * 20])
def test_a_number_that_would_be_kept_as_another_is_refused(text: str) -> None:
    assert "more digits than can be kept" in refusal(text)


@given(FLOATS, st.sampled_from(SCRIPTS), st.sampled_from([".", "٫", ","]), st.booleans())
@example(1.25, SCRIPTS[1], ",", True)
@example(1e-7, SCRIPTS[2], "٫", False)
def test_what_is_written_is_read_back_in_every_script(
    value: float, script: str, point: str, is_padded: bool
) -> None:
    text = written(value)
    assume(len(text.lstrip("-").partition(".")[2]) <= 20)
    typed = in_script(text, script).replace(script[-1], point)
    if point == "," and re.fullmatch(r"-?[1-9]\d{0,2},\d{3}", in_script(typed, SCRIPTS[0])):
        assert "two ways" in refusal(typed)
        return
    assert number(f"\u200f {typed} " if is_padded else typed) == value


@given(st.text(ALPHABET, max_size=30) | st.text(max_size=30))
@example("1,250")
def test_any_text_is_its_own_number_or_is_refused(text: str) -> None:
    """The digits, in order, and one decimal sign: nothing is dropped, nothing is moved."""
    found = read(decimal, text)
    if found is None:
        return
    latin = text
    for script in SCRIPTS[1:]:
        latin = latin.translate(str.maketrans(script, SCRIPTS[0]))
    assert re.sub(r"[^0-9.,]", "", latin).replace(",", ".") == f"{abs(found):f}".rjust(
        len(re.sub(r"[^0-9.,]", "", latin)), "0"
    )
    assert not re.search(r"[A-Za-z%٪/_']", text)
    assert (found < 0) <= bool(re.search("[-\u2212]", text))
    assert Decimal(written(float(found))) == found


@given(st.text(ALPHABET, max_size=12), st.integers(-5, 5), st.integers(6, 100_000))
def test_a_whole_number_is_digits_alone_and_in_its_range(text: str, low: int, high: int) -> None:
    found = read(partial(whole, low=low, high=high), text)
    if found is None:
        return
    assert low <= found <= high
    assert number(text) == found
    assert not re.search(r"[.,٫]", text)


@given(st.integers(-100_000, 100_000), st.sampled_from(SCRIPTS))
def test_a_count_is_read_in_every_script(count: int, script: str) -> None:
    assert whole(in_script(str(count), script), -100_000, 100_000) == count


@pytest.mark.parametrize("text", ["12.5", "12,5", "1,250", "12.000", "", "1e3", "one", "101"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a whole number from 0 to 100"):
        whole(text, 0, 100)

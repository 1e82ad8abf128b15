"""What is harmful goes, what only looks odd stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.plain import control_in, readable, single_line, without_controls


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("12\u00a0345 scans", "12 345 scans"),
        ("می\u200cشود", "می\u200cشود"),  # a joiner belongs to the word
        ("\u200f۱۲ cm", "\u200f۱۲ cm"),  # a mark of direction turns nothing round
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\u2067b\u2069c", "abc"),
        ("one\x0btwo\u2028three\r\nfour", "one\ntwo\nthree\nfour"),
        ("C\x00T\x1b[31m", "CT[31m"),
        ("un\u00adseen\u200b", "unseen"),
        ("👩‍🔬 \ue000 ", "👩‍🔬 \ue000"),  # a joiner in a picture, a sign of somebody's own font
        ("half \ud83d", "half"),
        ("a\tb", "a\tb"),
    ],
)
def test_a_text_is_cleaned_by_what_harms(text: str, kept: str) -> None:
    assert readable(text) == kept


def test_a_control_character_is_named() -> None:
    assert control_in("a\x0bb") == "U+000B"
    assert control_in("a\tb\r\nc می\u200cشود") == ""
    assert without_controls("a\x0bb") == "a b"


@given(st.text())
def test_whatever_comes_can_be_kept_and_exported(text: str) -> None:
    for cleaned in (readable(text), single_line(text), without_controls(text)):
        cleaned.encode("utf-8")
        assert control_in(cleaned) == ""
    assert "\n" not in single_line(text)
    assert readable(readable(text)) == readable(text)

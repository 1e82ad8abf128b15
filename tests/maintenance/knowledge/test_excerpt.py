"""What was asked for is marked where it stands, in the writing in which it stands there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.search_words import terms_of
from maintenance.knowledge.excerpt import LONGEST, excerpt, segments


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("The Tubes arc; tube 2", "tube", ["Tubes", "tube"]),
        ("CT-2 and CT-21, 2 fans", "ct-2", ["CT-2"]),
        ("tube arc, arc of the tube", '"tube arc"', ["tube arc"]),
        ("تيوب دسـتگاه ۱۲٫۵", "تیوب دستگاه 12.5", ["تيوب", "دسـتگاه", "۱۲٫۵"]),
        ("می\u200cشود <b>", "میشود b", ["می\u200cشود", "b"]),
        ("nothing", "tube", []),
        ("abcd", "ab abc", ["abcd"]),
        ("", "x", []),
    ],
)
def test_what_matches_is_marked(text: str, query: str, marked: list[str]) -> None:
    parts = segments(text, terms_of(query))
    assert "".join(part.text for part in parts) == text
    assert [part.text for part in parts if part.is_match] == marked


def test_the_excerpt_is_of_the_text_that_holds_most_and_around_its_words() -> None:
    long = "word " * 100 + "the pump and the fan stopped " + "word " * 100
    texts = ["a pump", long]
    part = excerpt(texts, terms_of("pump fan"))
    assert "the pump and the fan stopped" in part
    assert (part[:2], part[-2:]) == ("… ", " …")
    assert len(part) <= LONGEST + 4
    assert excerpt(texts, terms_of("pump")) == "a pump"
    assert excerpt(["First line\nand second"], terms_of("elsewhere")) == "First line and second"
    assert excerpt([], terms_of("x")) == ""


@given(st.text(max_size=300), st.text(max_size=20))
def test_no_sign_is_lost_or_doubled_by_marking(text: str, query: str) -> None:
    terms = terms_of(query)
    assert "".join(part.text for part in segments(text, terms)) == text
    excerpt([text, query], terms)

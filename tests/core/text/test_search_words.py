"""Words are compared alike whatever keyboard wrote them, and any question can be asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.search_words import (
    LONGEST_WORD,
    MOST_TERMS,
    Term,
    compared_text,
    terms_of,
    words_in,
)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("تيوب كار نمى كند", "تیوب کار نمی کند"),  # Arabic yeh, kaf, alef maksura
        ("می\u200cشود", "میشود"),  # the joiner that many keyboards lack
        ("دسـتگاه", "دستگاه"),  # kashida
        ("مُشکِل", "مشکل"),  # vowel signs
        ("آب سرد کن أول ؤ", "اب سرد کن اول و"),
        ("۱۲٫۵ kV", "12.5 kv"),  # Persian digits
        ("٤٧١١", "4711"),  # Arabic digits
        ("ډېر ګرم دی", "ډیر گرم دی"),  # Pashto e and gaf
        ("ماشین\u200fها", "ماشینها"),  # a mark of direction inside a word
        ("ﺗﯿﻮﺏ", "تیوب"),  # presentation forms of an old program
        ("Röntgenröhre", "RONTGENROHRE"),
        ("re\u0301glage", "réglage"),
        ("ｔｕｂｅ", "tube"),  # full width
        ("STRASSE", "straße"),
    ],
)
def test_one_word_in_two_writings_is_compared_as_one(written: str, asked: str) -> None:
    assert compared_text(written) == compared_text(asked)


def test_different_letters_stay_different() -> None:
    assert compared_text("ډ ړ ښ") != compared_text("د ر س")


def test_a_word_is_where_it_stands_in_the_text() -> None:
    text = "CT-2: می\u200cشود 😀 fan_speed"
    assert [(word.text, text[word.start : word.end]) for word in words_in(text)] == [
        ("ct", "CT"), ("2", "2"), ("میشود", "می\u200cشود"), ("fan", "fan"), ("speed", "speed"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("tube arc", [Term(("tube",), True), Term(("arc",), True)]),
        ('"tube arc" fan', [Term(("tube", "arc"), False), Term(("fan",), True)]),
        ("«گرم است»", [Term(("گرم", "است"), False)]),
        ('"tube arc', [Term(("tube",), True), Term(("arc",), True)]),  # not closed yet
        ("E-12", [Term(("e", "12"), False)]),  # E-120 is another code
        ("12*", [Term(("12",), True)]),
        ("tub*", [Term(("tub",), True)]),
        ("fan fan", [Term(("fan",), True)]),
        ('NEAR(a b) OR -c ""', [Term(("near", "a"), True), Term(("b",), True),
                                Term(("or",), True), Term(("c",), True)]),
        ("😀 * - \x00", []),
        ("", []),
    ],
)  # fmt: skip
def test_a_question_is_words_and_phrases(query: str, terms: list[Term]) -> None:
    assert list(terms_of(query)) == terms


def test_of_an_enormous_question_the_beginning_counts() -> None:
    assert terms_of("a" * 10_000) == (Term(("a" * LONGEST_WORD,), True),)
    assert len(terms_of(" ".join(f"w{number}" for number in range(1000)))) == MOST_TERMS


@given(st.text(st.characters(), max_size=60))
def test_words_are_letters_and_digits_and_comparing_twice_changes_nothing(text: str) -> None:
    words = compared_text(text).split()
    assert all(word.isalnum() for word in words)
    assert compared_text(" ".join(words)).split() == words
    assert all(term.words for term in terms_of(text))

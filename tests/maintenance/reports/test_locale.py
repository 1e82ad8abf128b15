"""The words of both languages, and numbers and dates in them."""

import re
import string

import pytest
from fontTools.ttLib import TTFont

from core.text.catalogue import load_words
from core.text.numbers import LEFT_TO_RIGHT
from core.time.calendars import Month
from maintenance.reports.locale import WORDS, ReportLocale
from maintenance.reports.model import Moment, Quantity
from maintenance.reports.pdf_canvas import FONTS
from tests.maintenance.cast import KABUL, at

EN, FA = ReportLocale("en", "gregorian", KABUL), ReportLocale("fa", "solar", KABUL)


def test_dari_has_the_words_of_english_with_the_same_placeholders() -> None:
    english, dari = load_words(WORDS, "en"), load_words(WORDS, "fa")
    same_everywhere = ("data.", "unit.")
    assert {key for key in english if not key.startswith(same_everywhere)} <= set(dari)
    assert {key for key in english if key.startswith("data.")} <= set(dari)
    for key, words in english.items():
        if key in dari:
            assert _placeholders(words) == _placeholders(dari[key]), key


def _placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def test_dari_has_no_latin_digit_but_in_the_names_of_standards() -> None:
    for key, words in load_words(WORDS, "fa").items():
        if not key.startswith("note."):
            assert not re.search(r"[0-9]", words), key


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("style", ["Regular", "Bold"])
def test_the_font_has_every_letter_of_the_words(language: str, style: str) -> None:
    with TTFont(FONTS / f"Vazirmatn-{style}.ttf") as font:
        known = font.getBestCmap()
    words = "".join(load_words(WORDS, language).values())
    assert {letter for letter in words if ord(letter) not in known} == set()


def test_numbers_have_their_digits_separators_and_units() -> None:
    assert EN.text(Quantity(1234.56, "h", 1)) == "1,234.6\u00a0h"
    assert FA.text(Quantity(1234.56, "h", 1)) == "۱٬۲۳۴٫۶\u00a0ساعت"
    assert FA.text(Quantity(98.5, "%", 1)) == "۹۸٫۵\u00a0٪"
    assert EN.text(Quantity(-3.0)) == "\u22123"
    assert FA.text(Quantity(-3.0)) == f"{LEFT_TO_RIGHT}\u2212۳"
    assert EN.text(Quantity(-0.04, digits=1)) == "0.0"
    assert EN.text(Quantity(None, "%")) == "insufficient data"


def test_moments_are_said_in_the_calendar_of_the_report() -> None:
    moment = at("2026-10-03 14:05")
    assert EN.text(Moment(moment)) == "3 Oct 2026, 14:05"
    assert FA.text(Moment(moment)) == "۱۱ میزان ۱۴۰۵، ۱۴:۰۵"
    assert (
        ReportLocale("en", "solar", KABUL).text(Moment(moment, has_time=False)) == "11 Mizan 1405"
    )
    assert ReportLocale("fa", "gregorian", KABUL).day(moment) == "۳ اکتوبر ۲۰۲۶"
    assert FA.text(Moment(None)) == "هنوز ادامه دارد"


def test_a_solar_month_says_which_gregorian_days_it_is() -> None:
    month = Month("solar", 1405, 7)
    assert FA.period(month) == "میزان ۱۴۰۵ (۲۳ سپتمبر ۲۰۲۶ – ۲۲ اکتوبر ۲۰۲۶)"
    assert EN.period(Month("gregorian", 2026, 10)) == "October 2026"

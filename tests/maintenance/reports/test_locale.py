"""The words of both languages, and numbers and dates in them."""

import re
import string

import pytest
from fontTools.ttLib import TTFont

from core.time.calendars import Month
from maintenance.reports.locale import LRM, Speech, catalogue
from maintenance.reports.model import Moment, Quantity
from maintenance.reports.pdf_canvas import FONTS
from tests.maintenance.cast import KABUL, at

EN, FA = Speech("en", "gregorian", KABUL), Speech("fa", "solar", KABUL)


def test_dari_has_the_words_of_english_with_the_same_placeholders() -> None:
    english, dari = catalogue("en"), catalogue("fa")
    same_everywhere = ("data.", "unit.")
    assert {key for key in english if not key.startswith(same_everywhere)} <= set(dari)
    assert {key for key in english if key.startswith("data.")} <= set(dari)
    for key, words in english.items():
        if key in dari:
            assert _placeholders(words) == _placeholders(dari[key]), key


def _placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def test_dari_has_no_latin_digit_but_in_the_names_of_standards() -> None:
    for key, words in catalogue("fa").items():
        if not key.startswith("note."):
            assert not re.search(r"[0-9]", words), key


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("style", ["Regular", "Bold"])
def test_the_font_has_every_letter_of_the_words(language: str, style: str) -> None:
    with TTFont(FONTS / f"Vazirmatn-{style}.ttf") as font:
        known = font.getBestCmap()
    words = "".join(catalogue(language).values())
    assert {letter for letter in words if ord(letter) not in known} == set()


def test_numbers_have_their_digits_separators_and_units() -> None:
    assert EN.say(Quantity(1234.56, "h", 1)) == "1,234.6\u00a0h"
    assert FA.say(Quantity(1234.56, "h", 1)) == "۱٬۲۳۴٫۶\u00a0ساعت"
    assert FA.say(Quantity(98.5, "%", 1)) == "۹۸٫۵\u00a0٪"
    assert EN.say(Quantity(-3.0)) == "\u22123"
    assert FA.say(Quantity(-3.0)) == f"{LRM}\u2212۳"
    assert EN.say(Quantity(-0.04, digits=1)) == "0.0"
    assert EN.say(Quantity(None, "%")) == "insufficient data"


def test_moments_are_said_in_the_calendar_of_the_report() -> None:
    moment = at("2026-10-03 14:05")
    assert EN.say(Moment(moment)) == "3 Oct 2026, 14:05"
    assert FA.say(Moment(moment)) == "۱۱ میزان ۱۴۰۵، ۱۴:۰۵"
    assert Speech("en", "solar", KABUL).say(Moment(moment, has_time=False)) == "11 Mizan 1405"
    assert Speech("fa", "gregorian", KABUL).day(moment) == "۳ اکتوبر ۲۰۲۶"
    assert FA.say(Moment(None)) == "هنوز ادامه دارد"


def test_a_solar_month_says_which_gregorian_days_it_is() -> None:
    month = Month("solar", 1405, 7)
    assert FA.period(month) == "میزان ۱۴۰۵ (۲۳ سپتمبر ۲۰۲۶ – ۲۲ اکتوبر ۲۰۲۶)"
    assert EN.period(Month("gregorian", 2026, 10)) == "October 2026"

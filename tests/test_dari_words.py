"""Dari is whole: whatever ships in English has its Dari word, and a thing has the same one everywhere."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from app.words.word_list import BY_ENGLISH, FOLDERS, OF_ITSELF, WordRow, rows
from core.schema.item_rules import item_rules
from core.schema.load_plans import SHIPPED_PLANS, load_plans
from core.schema.plan import Plan
from core.text.catalogue import FALLBACK, Catalogue, load_words
from core.text.languages import LANGUAGES
from dashboard import i18n
from tests.config.shelf import NAMES, profile

# Words that were once in use for what the glossary names otherwise, or are Iran's and not Herat's.
INSTEAD = {
    "بتری": "بطری", "مریض": "بیمار", "شفاخانه": "بیمارستان", "فورم": "فرم", "تیلفون": "تلفن|تلفون",
    "تکنیشن": "تخنیکر", "آشکارساز": "ردیاب", "کویل": "کوایل", "اسکن": "سکن", "کمپیوتر": "کامپیوتر",
    "نمبر مسلسل": "شمارهٔ سریال|نمبر سریال", "پلان": "برنامه‌ریزی", "اندازه": "خوانش", "فولدر": "پوشه",
    "دتکتور": "دیتکتور", "انجنیر": "مهندس", "جواب": "پاسخ", "پکه": "پنکه|فن", "حسگر": "سنسور", "گنتری": "گانتری",
}  # fmt: skip
LETTER = "[\u0621-\u06ff\u200c]"


def placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


@cache
def dari() -> list[WordRow]:
    return list(rows("fa"))


@cache
def plans() -> list[Plan]:
    return [
        plan for path in sorted(SHIPPED_PLANS.glob("*.yaml")) for plan in load_plans(path).plans
    ]


def data_words() -> Iterator[str]:
    """Every word that files which ship put on a page, by its English name."""
    for plan in plans():
        yield plan.title
        yield from (item.text for item in plan.items)
    yield from (rule.rule.title for rule in item_rules(plans()))
    for name in NAMES:
        yield profile(name).title
        for metric in profile(name).metrics.values():
            yield metric.title
            yield from metric.states.values()
        yield from (rule.title for rule in profile(name).rules)


def test_every_english_word_has_its_dari_with_the_same_placeholders() -> None:
    assert len(dari()) > 2500
    missing = [f"{row.place} {row.key or row.english}" for row in dari() if not row.words]
    assert missing == []
    other = [
        row.key
        for row in dari()
        if row.english
        and placeholders(row.words) - {"zone"} != placeholders(row.english) - {"zone"}
    ]
    assert other == []


def test_every_line_and_title_that_ships_has_its_dari() -> None:
    words = i18n.catalogue("fa")
    missing = {
        text for text in data_words() if text and f"data.{text}" not in words.words and words.data(text) == text
    }  # fmt: skip
    assert missing == set()
    assert len(set(data_words())) > 500


def test_what_a_checklist_adds_to_a_line_is_dari_even_where_the_line_is_a_sites_own() -> None:
    words = i18n.catalogue("fa")
    assert words.data("Water phantom, mean CT number: too low").endswith(": پایین‌تر از حد")
    assert words.data("بتری جنراتور: too high") == "بتری جنراتور: بالاتر از حد"
    assert words.data("Water phantom, mean CT number: 7.5 HU").startswith("فانتوم آب")
    assert words.data("Air: as it was: 2: 3") == "Air: as it was: 2: 3"
    assert i18n.catalogue(FALLBACK).data("Air: too high") == "Air: too high"


@pytest.mark.parametrize(("right", "other"), INSTEAD.items())
def test_a_thing_has_one_dari_word(right: str, other: str) -> None:
    lone = re.compile(f"(?<!{LETTER})(?:{other})(?!{LETTER})")
    found = [f"{row.key or row.english}: {row.words}" for row in dari() if lone.search(row.words)]
    assert found == [], f"write {right}"


def test_dari_is_written_with_its_own_letters() -> None:
    """The Arabic kaf and yeh look the same on a screen, and are not found by a search; nor is a lone U+06C0."""
    found = [row.key or row.english for row in dari() if re.search("[\u0643\u064a\u06c0\u0629]", row.words)]  # fmt: skip
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_language_has_words_for_is_english_somewhere(language: str) -> None:
    for place, folder in FOLDERS.items():
        english = load_words(folder, FALLBACK)
        own = {
            key for key in load_words(folder, language)
            if not key.startswith(OF_ITSELF) and key.partition(".")[0] not in (*BY_ENGLISH, "time")
        }  # fmt: skip
        assert own - set(english) == set(), place


def test_a_language_that_is_begun_falls_back_to_what_its_readers_read(tmp_path: Path) -> None:
    words = Catalogue(i18n.FOLDER, "ps")
    assert words.find("ticket.way_help") == i18n.catalogue("fa").find("ticket.way_help")
    assert Catalogue(tmp_path, "ps").data("Detector temperature") == "حرارت دتکتور"

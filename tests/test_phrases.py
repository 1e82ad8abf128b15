"""What refuses a person, or tells them of a mistake, is said in every language of the dashboard."""

import ast
import pickle
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest

from core.errors import RefusedError
from core.schema.strict_model import did_you_mean
from core.text.catalogue import FALLBACK
from core.text.phrase import Phrase
from dashboard import i18n
from tests.dashboard.driving import unmarked

ROOT = Path(__file__).parents[1]
FOLDERS = ("core", "storage", "collectors", "alerts", "maintenance", "access", "dashboard", "app")
ENGLISH_ONLY = "app"  # the command line speaks English
MAKERS = (
    "RefusedError",
    "UnsureError",
    "TooManyReportsError",
    "Phrase",
)  # the template comes first
PASSED_ON = "core/errors.py"  # where one of them is made with the other
LANGUAGES = sorted(path.stem for path in Path(i18n.__file__).parent.glob("*.toml"))


class Spoken(NamedTuple):
    """One call that says something."""

    place: str
    template: str | None  # None: it is put together where it is said, so nobody can translate it
    names: frozenset[str]


@cache
def phrases() -> list[Spoken]:
    paths = (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")))
    names = [path.relative_to(ROOT).as_posix() for path in paths]
    return [phrase for name in names if name != PASSED_ON for phrase in phrases_in(name)]


def phrases_in(name: str) -> Iterator[Spoken]:
    source = (ROOT / name).read_text(encoding="utf-8")
    if not any(f"{maker}(" in source for maker in MAKERS):
        return  # to parse them all takes a second
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in MAKERS:
            continue
        first = node.args[0]
        is_words = isinstance(first, ast.Constant) and isinstance(first.value, str)
        names = {word.arg for word in node.keywords if word.arg is not None}
        template = str(first.value) if isinstance(first, ast.Constant) and is_words else None
        yield Spoken(f"{name}:{node.lineno}", template, frozenset(names))


def placeholders(template: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)


@cache
def templates() -> list[str]:
    """What is said in every language, each once."""
    said = [phrase for phrase in phrases() if not phrase.place.startswith(ENGLISH_ONLY)]
    return sorted({phrase.template for phrase in said if phrase.template})


def test_words_are_a_template_and_its_values() -> None:
    together = [phrase.place for phrase in phrases() if phrase.template is None]
    assert together == [], "write a template and values, not an f-string"
    others = [
        phrase.place for phrase in phrases() if placeholders(phrase.template or "") != phrase.names
    ]
    assert others == [], "other values than its template has places for"
    assert len(templates()) > 100


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != FALLBACK])
def test_every_language_has_words_for_everything_that_is_said(language: str) -> None:
    words = i18n.catalogue(language).words
    wrong = [
        template
        for template in templates()
        if placeholders(words.get(f"phrase.{template}", "{no words}")) != placeholders(template)
    ]
    assert wrong == [], "no words, or other placeholders"
    said = {key.removeprefix("phrase.") for key in words if key.startswith("phrase.")}
    assert said - set(templates()) == set(), "nobody says this any more"


@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != FALLBACK])
def test_what_is_translated_is_asked_for_and_has_the_same_placeholders(language: str) -> None:
    english = i18n.catalogue(FALLBACK).words
    own = {
        key: words
        for key, words in i18n.catalogue(language).words.items()
        if not key.startswith(("phrase.", "data.", "language.", "glossary.", "unit."))
    }
    assert set(own) - set(english) == set()
    assert [key for key in own if placeholders(own[key]) != placeholders(english[key])] == []


def test_what_is_said_is_a_text_like_any_other() -> None:
    said = Phrase("there is no part {part!r}", part="{fan}")
    assert said == "there is no part '{fan}'"
    assert str(RefusedError("{a} is {b}", a=1, b="x")) == "1 is x"


def test_what_is_said_survives_a_cache() -> None:
    said = Phrase("there is no part {part!r}", part="{fan}")
    kept = pickle.loads(pickle.dumps(said))
    assert (kept, kept.template, kept.values) == (said, said.template, said.values)


def test_a_refusal_is_said_in_the_language_of_the_site_with_the_codes_in_it() -> None:
    hint = did_you_mean("tueb", ["tube"])
    error = RefusedError(
        "{device} has no metric {metric!r}{hint}", device="ct-2", metric="tueb", hint=hint
    )
    assert i18n.translate(error.phrase) == "ct-2 has no metric 'tueb' (did you mean 'tube'?)"
    i18n.use("fa")
    try:
        dari = unmarked(i18n.translate(error.phrase))
        assert "ct-2" in dari
        assert "«tube»" in dari
        assert "metric" not in dari
        assert "mean" not in dari
        closed = RefusedError(
            "order {order} is {state}: its checklist is closed", order=7, state="signed_off"
        )
        assert "signed_off" not in i18n.translate(closed.phrase)
    finally:
        i18n.use(FALLBACK)


def test_words_of_nobody_are_shown_as_they_are() -> None:
    assert i18n.translate("disk full") == "disk full"

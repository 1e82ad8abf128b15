"""Every word on the screen is in the catalogue, and the catalogue holds nothing else."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from core.schema import rules
from dashboard import i18n

CODE = list(Path(i18n.__file__).parents[1].rglob("*.py"))
RULES = sorted(Path(rules.__file__).parent.glob("*.py"))  # each names the key of its own sentence
OF_A_LANGUAGE = ("language.", "glossary.", "unit.")  # what a language says of itself
KEYS = [key for key in i18n.catalogue("en").words if not key.startswith(OF_A_LANGUAGE)]


@cache
def nodes() -> list[ast.AST]:
    """All that is written in the dashboard's code and in the rules'."""
    files = [*CODE, *RULES]
    return [
        node for path in files for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    ]


def texts() -> Iterator[str]:
    """Every text in it, f-strings' fixed parts too."""
    for node in nodes():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def patterns() -> Iterator[str]:
    """Keys that are put together of a section and a value, as expressions."""
    for node in nodes():
        if isinstance(node, ast.JoinedStr):
            parts = [
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z_0-9]+"
                for part in node.values
            ]
            if re.match(r"[a-z_]+\\\.", parts[0]):
                yield "".join(parts)


def asked_keys() -> Iterator[str]:
    for node in nodes():
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "t":
            key = node.args[0]
            if isinstance(key, ast.Constant):
                yield str(key.value)


def test_every_word_that_is_asked_for_is_written() -> None:
    rule_keys = {text for text in texts() if re.fullmatch(r"limit\.[a-z_]+", text)}
    assert rule_keys
    assert (set(asked_keys()) | rule_keys) - set(KEYS) == set()


def test_every_word_that_is_written_is_asked_for() -> None:
    asked = set(texts())
    unasked = {key for key in KEYS if key.removesuffix("_even") not in asked}
    made = re.compile("|".join(patterns()))
    assert {key for key in unasked if not made.fullmatch(key)} == set()


def test_placeholders_are_filled_and_data_falls_back_to_itself() -> None:
    assert i18n.t("age.ago", span="12 s") == "12 s ago"
    assert i18n.t_data("Gantry temperature") == "Gantry temperature"


def test_a_language_without_words_speaks_english() -> None:
    i18n.use("tlh")
    assert i18n.t("state.ok") == "OK"


def test_a_missing_word_raises_here() -> None:
    with pytest.raises(KeyError):
        i18n.t("no.such")

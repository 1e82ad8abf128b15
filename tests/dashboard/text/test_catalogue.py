"""Every word on the screen is in the catalogue, and the catalogue holds nothing else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.schema import rules
from dashboard import i18n

CODE = [path for path in Path(i18n.__file__).parents[1].rglob("*.py") if path.parent.name != "i18n"]
RULES = sorted(Path(rules.__file__).parent.glob("*.py"))  # each names the key of its own sentence
KEYS = i18n.catalogue("en").words


NODES = [
    node
    for path in [*CODE, *RULES]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
]


def texts() -> Iterator[str]:
    """Every text in the dashboard's code and in the rules', f-strings' fixed parts too."""
    for node in NODES:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def asked_keys() -> Iterator[str]:
    for node in NODES:
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "t":
            key = node.args[0]
            if isinstance(key, ast.Constant):
                yield str(key.value)


TEXTS = frozenset(texts())
RULE_KEYS = {text for text in TEXTS if re.fullmatch(r"limit\.[a-z_]+", text)}


@pytest.mark.parametrize("key", sorted(set(asked_keys()) | RULE_KEYS))
def test_every_word_that_is_asked_for_is_written(key: str) -> None:
    assert key in KEYS


@pytest.mark.parametrize("key", sorted(KEYS))
def test_every_word_that_is_written_is_asked_for(key: str) -> None:
    assert key.removesuffix("_even") in TEXTS


def test_placeholders_are_filled_and_data_falls_back_to_itself() -> None:
    assert i18n.t("age.ago", span="12 s") == "12 s ago"
    assert i18n.t_data("Gantry temperature") == "Gantry temperature"


def test_a_language_without_words_speaks_english() -> None:
    i18n.use("fa")
    assert i18n.t("state.ok") == "OK"


def test_a_missing_word_raises_here() -> None:
    with pytest.raises(KeyError):
        i18n.t("no.such")

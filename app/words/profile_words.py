"""The words that stand in both languages in a profile: what to do first, usual faults, a supplier's questions. Pure."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from core.errors import ConfigError, Mistake

ENGLISH, DARI = "en", "fa"  # the languages of a profile


def words_of(text: str) -> dict[str, str]:
    """The Dari words of a file by the English ones, in its order; "" where there are none."""
    return dict(_pairs(yaml.safe_load(text)))


def with_words(name: str, text: str, words: Mapping[str, str]) -> str:
    """The file `name` with other Dari words, by the English ones. Every other sign of it stays.

    ConfigError if that cannot be done to the text as it is written.
    """
    before = words_of(text)
    written = text
    for english, dari in words.items():
        for form in _written_forms(before[english]):
            written = written.replace(
                f"{DARI}: {form}", f"{DARI}: {json.dumps(dari, ensure_ascii=False)}"
            )
    if words_of(written) != {**before, **words}:
        raise ConfigError([Mistake(name, "", "its words cannot be written back: change it there")])
    return written


def _pairs(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        if isinstance(node.get(ENGLISH), str):
            yield node[ENGLISH], str(node.get(DARI, ""))
        else:
            for value in node.values():
                yield from _pairs(value)
    elif isinstance(node, list):
        for value in node:
            yield from _pairs(value)


def _written_forms(text: str) -> tuple[str, ...]:
    """Between quotes of either kind, or without."""
    return (json.dumps(text, ensure_ascii=False), "'" + text.replace("'", "''") + "'", text)

"""The words that stand in both languages in a profile: what to do first, usual faults, a supplier's questions. Pure."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from core.errors import ConfigError, Mistake

_Loader = yaml.CSafeLoader  # ten times as fast
ENGLISH, DARI = "en", "fa"  # the languages of a profile


def words_of(text: str) -> dict[str, str]:
    """The Dari words of a file by the English ones, in its order; "" where there are none."""
    return dict(_pairs(yaml.load(text, _Loader)))  # noqa: S506  it is safe


def with_words(name: str, text: str, words: Mapping[str, str]) -> str:
    """The file `name` with other Dari words, by the English ones. Every other sign of it stays.

    ConfigError if that cannot be done to the text as it is written.
    """
    before, written = words_of(text), text
    for english, dari in words.items():
        for form in _written_forms(before[english]):
            new = f"{DARI}: {json.dumps(dari, ensure_ascii=False)}"
            written = written.replace(f"{DARI}: {form}", new)
    if any(not before[english] for english in words) or not _holds(written, {**before, **words}):
        raise ConfigError([Mistake(name, "", "its words cannot be written back: change it there")])
    return written


def _holds(text: str, words: Mapping[str, str]) -> bool:
    try:
        return words_of(text) == words
    except yaml.YAMLError:  # a text without quotes was the beginning of another
        return False


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

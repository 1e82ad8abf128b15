"""Words put into a TOML file of words: every other line stays as it is, with its comments. Pure."""

import re
import tomllib
from collections.abc import Mapping

from core.errors import ConfigError, Mistake

_SECTION = re.compile(r"\[(\w+)\]\s*(?:#.*)?$")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_LONG = '"""'  # of a text of several lines


def with_words(name: str, text: str, words: Mapping[str, str]) -> str:
    """The file `name`, whose content is `text`, with these words by `section.key`.

    ConfigError if that would change anything else.
    """
    left = dict(words)
    parts: dict[str, list[str]] = {"": []}
    section = ""
    for entry in _entries(text):
        if heading := _SECTION.match(entry):
            section = heading[1]
            if section in parts:
                raise ConfigError([Mistake(name, section, "the section is there twice")])
        key = _key(entry)
        known = f"{section}.{key}"
        line = entry if key is None or known not in left else f"{_line(key, left.pop(known))}\n"
        parts.setdefault(section, []).append(line)
    for known, value in left.items():
        section, _, key = known.partition(".")
        lines = parts.setdefault(section, [f"\n[{section}]\n"])
        lines.insert(_end(lines), f"{_line(key, value)}\n")
    written = "".join(line for lines in parts.values() for line in lines)
    if _words(written) != {**_words(text), **words}:
        raise ConfigError([Mistake(name, "", "its words cannot be written back: change it there")])
    return written


def _entries(text: str) -> list[str]:
    """Lines; a text of several lines is one with its key."""
    entries: list[str] = []
    is_open = False
    for line in text.splitlines(keepends=True):
        if is_open:
            entries[-1] += line
        else:
            entries.append(line)
        if line.count(_LONG) % 2:
            is_open = not is_open
    return entries


def _key(entry: str) -> str | None:
    """What the entry gives words to; None if it is a heading, a comment or empty."""
    if entry.lstrip().startswith(("#", "[")) or not entry.strip():
        return None
    [key] = tomllib.loads(entry)
    return key


def _line(key: str, value: str) -> str:
    return f"{key if _BARE.fullmatch(key) else _quoted(key)} = {_quoted(value)}"


def _quoted(text: str) -> str:
    signs = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(signs.get(sign, sign) for sign in text) + '"'


def _end(lines: list[str]) -> int:
    """Behind the last line that is not empty."""
    return max((at + 1 for at, line in enumerate(lines) if line.strip()), default=0)


def _words(text: str) -> dict[str, str]:
    return {
        f"{section}.{key}": words
        for section, keys in tomllib.loads(text).items()
        for key, words in keys.items()
    }

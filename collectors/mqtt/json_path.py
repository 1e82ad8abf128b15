"""Finds values in a payload by their path. Pure."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache

ABSENT = object()  # distinct from None, which is JSON's null

_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_LONGEST_WORD = 20


class NotJsonError(Exception):
    """The payload is not JSON; the text says where, and nothing of what it holds."""


def read_json(payload: bytes) -> object:
    """The payload's value. NotJsonError says the position of the first error."""
    try:
        value: object = json.loads(payload)
    except json.JSONDecodeError as error:
        raise NotJsonError(f"error at character {error.pos}") from None
    except UnicodeDecodeError as error:
        raise NotJsonError(f"not UTF-8 at byte {error.start}") from None
    except (ValueError, RecursionError):  # a number of thousands of digits; brackets without end
        raise NotJsonError("too large") from None
    return value


@lru_cache(maxsize=4096)
def _steps(path: str) -> tuple[str | int, ...]:
    return tuple(int(index) if index else key.strip() for index, key in _STEP.findall(path))


def at_path(value: object, path: str) -> object:
    """What lies at `params.temperature:0.tC` or `probes[0]`; ABSENT if nothing does."""
    for step in _steps(path):
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step, ABSENT)
        elif isinstance(step, int) and isinstance(value, list) and step < len(value):
            value = value[step]
        else:
            return ABSENT
    return value


def scalar(payload: bytes) -> object:
    """A bare payload: true and false as such, anything else as text without its quotes."""
    text = payload.decode("utf-8", errors="replace").strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        text = text[1:-1].strip()
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    return None if text.lower() in ("", "null") else text


def word_to_number(answer: object, words: Mapping[str, float]) -> object:
    """The number that a word stands for; anything else as it is, shortened so that it may be shown."""
    if isinstance(answer, str):
        return _word(answer.strip(), words)
    if isinstance(answer, dict | list):
        return "object" if isinstance(answer, dict) else "list"
    return answer


def _word(word: str, words: Mapping[str, float]) -> object:
    for known, number in words.items():
        if known.casefold() == word.casefold():
            return number
    # A long text is no reading, and may hold what must not enter the store.
    return word if len(word) <= _LONGEST_WORD else f"{len(word)} characters"

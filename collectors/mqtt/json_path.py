"""Finds values in a payload by their path. Pure."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import lru_cache
from typing import NamedTuple

from core.schema.sources.mqtt import plain_id

ABSENT = object()  # distinct from None, which is JSON's null

_STEP = re.compile(r"\[(\d+)\]|\[([^=\[\]]+)=([^\[\]]*)\]|([^.\[\]]+)")
_COUNTED = re.compile(r".+-\d{1,2}", re.DOTALL)
_ID_FIELDS = (
    "Id",
    "id",
    "ID",
    "addr",
    "Addr",
    "address",
    "Address",
    "mac",
    "MAC",
    "ieee_address",
    "ieeeAddr",
    "serial",
)
_ID_NAMES = frozenset(_ID_FIELDS)
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


class Choice(NamedTuple):
    """A step that chooses the entry of a list or an object by a field: `[Id=0316A1]`."""

    field: str
    value: str


Step = str | int | Choice
Chooser = tuple[
    tuple[Step, ...], str
]  # the way to a list or an object, and the field that chooses there


class Trail(NamedTuple):
    """What lies at a path, and the way there: `places` are the objects passed, the outermost first."""

    answer: object
    places: tuple[object, ...] = ()


NOWHERE = Trail(ABSENT)


@lru_cache(maxsize=4096)
def steps(path: str) -> tuple[Step, ...]:
    """The path's steps: keys, places in a list, and choices by a field."""
    return tuple(_step(*parts) for parts in _STEP.findall(path))


def _step(index: str, field: str, value: str, key: str) -> Step:
    if index:
        return int(index)
    return Choice(field.strip(), value.strip()) if field else key.strip()


def choices(paths: Iterable[str]) -> frozenset[Chooser]:
    """Where these paths choose by which field."""
    return frozenset(
        (steps(path)[:place], step.field)
        for path in paths
        for place, step in enumerate(steps(path))
        if isinstance(step, Choice)
    )


class IdentityRules(NamedTuple):
    """What may not be reached by its key or place alone."""

    chosen: Set[Chooser] = frozenset()  # entries that have this field there
    strangers: Set[str] = frozenset()  # plain ids of entries that were seen beside others
    is_alone: bool = False  # an entry without an id may be any of those that are chosen there

    def refuses(self, way: tuple[Step, ...], entry: dict[str, object]) -> bool:
        """Must the entry at the end of `way` be chosen by a field instead?"""
        if isinstance(way[-1], Choice):
            return False
        identity = own_id(entry)
        if identity and (is_by_position(way[-1]) or plain_id(identity) in self.strangers):
            return True
        return any(
            prefix == way[:-1] and (self.is_alone or field in entry)
            for prefix, field in self.chosen
        )


FREE = IdentityRules()


def trail(value: object, path: str, rules: IdentityRules = FREE) -> Trail:
    """What lies at `params.temperature:0.tC` or `[Id=0316A1].Temperature`; ABSENT if nothing does.

    What has an id of its own is not reached by its place among others, for that changes when another
    comes or goes; nor by its key, where `rules` forbid it: the last DS18B20 that is left on a wire has
    the same key, whichever it is.
    """
    places: list[object] = []
    way = steps(path)
    for place, step in enumerate(way, start=1):
        places.append(value)
        value = next_step(value, step)
        if value is ABSENT:
            return NOWHERE
        if isinstance(value, dict) and rules.refuses(way[:place], value):
            return NOWHERE
    return Trail(value, tuple(places))


def at_path(value: object, path: str) -> object:
    """What lies at the path; ABSENT if nothing does."""
    return trail(value, path).answer


def is_by_position(step: Step) -> bool:
    """A place in a list, or a key that is counted (`DS18B20-2`): it names no thing."""
    return isinstance(step, int) or (isinstance(step, str) and bool(_COUNTED.fullmatch(step)))


def entries(value: object) -> Iterator[tuple[str, object]]:
    """The entries of a list or an object, each after its key or place."""
    if isinstance(value, dict):
        yield from ((str(key), entry) for key, entry in value.items())
    elif isinstance(value, list):
        yield from ((f"[{place}]", entry) for place, entry in enumerate(value))


def own_id(entry: object) -> str:
    """The id by which an entry names itself; empty if it has none."""
    if not isinstance(entry, dict) or _ID_NAMES.isdisjoint(entry):
        return ""
    ids = (str(entry[field]) for field in _ID_FIELDS if isinstance(entry.get(field), str | int))
    return next(ids, "")


def next_step(value: object, step: Step) -> object:
    """What lies a step further; ABSENT if nothing does, or if a choice fits more than one entry."""
    if isinstance(step, str) and isinstance(value, dict):
        return value.get(step, ABSENT)
    if isinstance(step, Choice):
        chosen_id = plain_id(step.value)
        chosen = [
            entry
            for _, entry in entries(value)
            if isinstance(entry, dict)
            and step.field in entry
            and chosen_id
            and plain_id(str(entry[step.field])) == chosen_id
        ]
        return chosen[0] if len(chosen) == 1 else ABSENT
    if isinstance(step, int) and isinstance(value, list) and step < len(value):
        return value[step]
    return ABSENT


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

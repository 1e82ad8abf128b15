"""A value as YAML: on one line where it is short, else in lines of its own."""

import json
import math
import re

import yaml

from core.schema.editing.address import Raw

WIDTH = 110  # characters of a line that is still read at once

# What YAML does not let stand as it is, though JSON does.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


def scalar(value: str | int | float | bool | None, quote: str = "") -> str:
    """One scalar as it may stand anywhere; with the quotes of what stood there before, if it is a text."""
    if isinstance(value, str):
        if quote == '"' or not value.isprintable():
            return _UNPRINTABLE.sub(_escaped, json.dumps(value, ensure_ascii=False))
        if quote == "'":
            return "'" + value.replace("'", "''") + "'"
    line = yaml.safe_dump([value], default_flow_style=True, allow_unicode=True, width=math.inf)
    return line.strip().removeprefix("[").removesuffix("]")


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def one_line(value: Raw) -> str:
    """A value with brackets and braces."""
    if isinstance(value, dict):
        pairs = (f"{scalar(key)}: {one_line(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(one_line(item) for item in value) + "]"
    return scalar(value)


def is_short(value: Raw, indent: int) -> bool:
    """It may stand on the line of its key: scalars, empty collections and what fits the width."""
    if not isinstance(value, dict | list) or not value:
        return True
    return len(one_line(value)) + indent <= WIDTH


def entry(key: str, value: Raw, indent: int) -> list[str]:
    """`key: value` at an indentation."""
    head = " " * indent + scalar(key) + ":"
    if is_short(value, len(head) + 1):
        return [f"{head} {one_line(value)}"]
    return [head, *block(value, indent + 2)]


def item(value: Raw, indent: int, *, on_one_line: bool = False) -> list[str]:
    """`- value` at an indentation; a mapping in lines of its own unless it is to be `on_one_line`."""
    dash = " " * indent + "- "
    if on_one_line or not isinstance(value, dict | list) or not value:
        return [dash + one_line(value)]
    if isinstance(value, list) and is_short(value, indent + 2):
        return [dash + one_line(value)]
    lines = block(value, indent + 2)
    return [dash + lines[0].lstrip(), *lines[1:]]


def block(value: Raw, indent: int) -> list[str]:
    """A mapping or a list in lines of its own."""
    if isinstance(value, dict):
        return [line for key, part in value.items() for line in entry(key, part, indent)]
    assert isinstance(value, list)
    small = all(
        isinstance(part, dict) and len(part) < 4 and is_short(part, indent) for part in value
    )
    return [line for part in value for line in item(part, indent, on_one_line=small)]

"""Where in a file: `devices[id=ct-1].sources[0].port`, in the words of the loader's mistakes."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from core.errors import RefusedError

Raw: TypeAlias = "str | int | float | bool | list[Raw] | dict[str, Raw] | None"
Path: TypeAlias = "tuple[str | int, ...]"  # keys, and places in lists from 0

_STEP = re.compile(r"\.?([^.\[\]=]+)|\[(-?\d+)\]|\[([^.\[\]=]+)=([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class ItemWith:
    """The first item of a list whose `key` is `value`."""

    key: str
    value: str


Address: TypeAlias = "tuple[str | int | ItemWith, ...]"


def parse_address(text: str) -> Address:
    """The steps of an address. RefusedError if it is none."""
    steps: list[str | int | ItemWith] = []
    at = 0
    while match := _STEP.match(text, at):
        key, place, item_key, value = match.groups()
        if key is not None:
            steps.append(key)
        else:
            steps.append(int(place) if place is not None else ItemWith(item_key, value))
        at = match.end()
    if at < len(text) or not steps or not isinstance(steps[0], str):
        raise RefusedError("{address!r} is no place in a file", address=text)
    return tuple(steps)


def path_of(address: Address, data: object) -> Path:
    """The address as keys and places in `data`, as far as it is there. RefusedError if an item is not."""
    path: list[str | int] = []
    for step in address:
        if not isinstance(step, str):
            step = _place(step, data)
        path.append(step)
        data = child(data, step)
    return tuple(path)


def _place(step: "int | ItemWith", data: object) -> int:
    items = data if isinstance(data, list) else []
    if isinstance(step, int):
        places = [step + len(items) if step < 0 else step]
    else:
        places = [
            place
            for place, item in enumerate(items)
            if isinstance(item, dict) and str(item.get(step.key)) == step.value
        ]
    if not places or not 0 <= places[0] < len(items):
        name = step if isinstance(step, int) else f"{step.key}={step.value}"
        raise RefusedError("there is no item {name} in that list of the file", name=name)
    return places[0]


def child(data: object, step: str | int) -> object:
    """What lies one step down; None if nothing does."""
    if isinstance(data, dict):
        return data.get(step)
    if isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
        return data[step]
    return None

"""Changes of a YAML file, by address: `Put("devices[id=ct-1].room", "Room 4")`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

import yaml

from core.errors import RefusedError
from core.schema.editing import splice
from core.schema.editing.address import Path, Raw, child, parse_address, path_of
from core.schema.yaml_file import raw_of

_MARK = "\ufeff"  # that Windows puts before a text


@dataclass(frozen=True, slots=True)
class Put:
    """The value at an address, whatever was there; keys on the way are made."""

    address: str
    value: Raw


@dataclass(frozen=True, slots=True)
class Add:
    """One more item at the end of a list, which is made if it is absent."""

    address: str
    value: Raw


@dataclass(frozen=True, slots=True)
class Remove:
    """Without the key or item at an address."""

    address: str


Change: TypeAlias = "Put | Add | Remove"


def changed_text(text: str, changes: Sequence[Change]) -> str:
    """The text with these changes, one after the other; comments, order and quotes elsewhere stay.

    RefusedError, in words, where a change cannot be made so that it changes nothing else.
    """
    mark = _MARK if text.startswith(_MARK) else ""
    text = text.removeprefix(_MARK)
    for change in changes:
        text = _changed(text, change)
    return mark + text


def _changed(text: str, change: Change) -> str:
    data = raw_of(text)
    path = path_of(parse_address(change.address), data)
    if isinstance(change, Remove):
        changed = splice.remove(text, path)
    elif isinstance(change, Add):
        changed = splice.add(text, path, change.value)
    else:
        changed = splice.put(text, path, _at(data, path), change.value)
    try:
        is_meant = raw_of(changed) == _applied(data, path, change)
    except (yaml.YAMLError, ValueError):
        is_meant = False
    if not is_meant:
        raise RefusedError(
            "{place} is written in a way that only an editor changes", place=change.address
        )
    return changed


def _at(data: object, path: Path) -> object:
    for step in path:
        data = child(data, step)
    return data


def _applied(data: object, path: Path, change: Change) -> object:
    """What the changed file must mean: `data` with the change and nothing else."""
    if not path:
        items = data if isinstance(data, list) else []
        return [*items, change.value] if isinstance(change, Add) else cast("Put", change).value
    step, is_end = path[0], len(path) == 1
    if isinstance(data, list):
        assert isinstance(step, int)
        rest = (
            []
            if is_end and isinstance(change, Remove)
            else [_applied(data[step], path[1:], change)]
        )
        return [*data[:step], *rest, *data[step + 1 :]]
    mapping = dict(data) if isinstance(data, dict) else {}
    if is_end and isinstance(change, Remove):
        mapping.pop(step, None)
    else:
        mapping[step] = _applied(mapping.get(step), path[1:], change)
    return mapping

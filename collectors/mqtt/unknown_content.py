"""What a message holds beside its profile: the names of its keys, and probes that nobody has named. Pure."""

from collections.abc import Iterator

from collectors.mqtt.decode import DecodedMessage
from collectors.mqtt.json_path import (
    ABSENT,
    Choice,
    Step,
    choices,
    entries,
    is_by_position,
    next_step,
    own_id,
    steps,
    trail,
)
from collectors.unknown_keys import key_name, shown_id
from core.schema.sources.mqtt import plain_id

_DEEPEST, _MOST = 4, 12


def key_names(decoded: DecodedMessage) -> list[str]:
    """The keys of the payload as they may be shown, `SHT3X-0x45.Temperature`; never a value."""
    message = decoded.binding.message
    known = [*decoded.binding.paths, *(value.metric for value in message.values)]
    times = {message.at, message.last_seen}
    names = dict.fromkeys(
        ".".join(key_name(key, known) for key in keys)
        for keys in _leaves(decoded.value, ())
        if ".".join(keys) not in times
    )
    return list(names)[:_MOST]


def unknown_probes(decoded: DecodedMessage) -> dict[str, str]:
    """Ids that no path asks for, where entries are chosen by their id or would be by their place.

    Each plain id, with the id and its key as they may be shown: `A1 (DS18B20-1)`. The only one there
    is none, if a path leads to it.
    """
    paths = decoded.binding.paths
    ways = [steps(path) for path in paths]
    named = {plain_id(step.value) for way in ways for step in way if isinstance(step, Choice)}
    probes: dict[str, str] = {}
    for prefix, field in choices(paths):
        chosen = {
            str(entry[field]): key
            for key, entry in entries(_at(decoded.value, prefix))
            if isinstance(entry, dict) and isinstance(entry.get(field), str | int)
        }
        is_reached = len(chosen) == 1 and any(
            trail(decoded.value, path, decoded.binding.rules(value)).answer is not ABSENT
            and steps(path)[: len(prefix)] == prefix
            and steps(path)[len(prefix)] in chosen.values()
            for value, path in zip(decoded.binding.message.values, paths, strict=True)
        )
        probes |= {} if is_reached else chosen
    for way in ways:
        for place, step in enumerate(way, start=1):
            identity = own_id(_at(decoded.value, way[:place]))
            if is_by_position(step) and identity:
                probes.setdefault(identity, str(step))
    return {
        plain_id(identity): f"{shown_id(identity)} ({key_name(key)})"
        for identity, key in probes.items()
        if plain_id(identity) not in named
    }


def _at(value: object, way: tuple[Step, ...]) -> object:
    for step in way:
        value = next_step(value, step)
        if value is ABSENT:
            break
    return value


def _leaves(value: object, keys: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The ways to everything that holds no object, not deeper than a few keys."""
    inner = value.items() if isinstance(value, dict) else ()
    if not inner or len(keys) == _DEEPEST:
        if keys:
            yield keys
        return
    for key, entry in inner:
        yield from _leaves(entry, (*keys, str(key)))

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
    """Ids that no path asks for, where others are chosen by their id or would be by their place.

    Each with its id and key as they may be shown: `A1 (DS18B20-1)`.
    """
    paths = decoded.binding.paths
    asked = {
        plain_id(step.value) for path in paths for step in steps(path) if isinstance(step, Choice)
    }
    probes: dict[str, str] = {}
    for prefix, field in choices(paths):
        for key, entry in entries(_at(decoded.value, prefix)):
            if isinstance(entry, dict) and isinstance(entry.get(field), str | int):
                probes.setdefault(str(entry[field]), key)
    for way in map(steps, paths):
        for place, step in enumerate(way):
            entry = _at(decoded.value, way[: place + 1])
            if is_by_position(step) and own_id(entry):
                probes.setdefault(own_id(entry), str(step))
    return {
        identity: f"{shown_id(identity)} ({key_name(key)})"
        for identity, key in probes.items()
        if plain_id(identity) not in asked
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

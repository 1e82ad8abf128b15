"""Which sources live: turns what is heard, and what is not, into `up`. Pure: time is given."""

from dataclasses import dataclass

from collectors.mqtt.topic_map import Binding, Bindings
from core.readings import Reading
from core.time.clock import MINUTE, SECOND

REPEAT_UP = 30 * SECOND
REPEAT_DOWN = MINUTE

Key = tuple[str, str]  # device id, component of its `up`


@dataclass
class _State:
    silent_after: int
    heard: int
    value: float | None = None  # of the last `up` written
    written: int = 0


class Presence:
    """What is known of every source's life.

    Only `connected` starts the clocks: while the broker cannot be reached nobody is accused.
    """

    def __init__(self, bindings: Bindings) -> None:
        self._states: dict[Key, _State] = {}
        for binding in bindings.all():
            state = self._states.setdefault(_key(binding), _State(0, 0))
            state.silent_after = max(state.silent_after, binding.source.silent_after)

    def connected(self, at: int) -> None:
        """From now on silence counts: a device cannot be heard by who was not listening."""
        for state in self._states.values():
            state.heard = max(state.heard, at)

    def heard(self, binding: Binding, at: int) -> list[Reading]:
        """The device itself has just spoken, which proves that it lives."""
        state = self._states[_key(binding)]
        state.heard = max(state.heard, at)
        return self._written(_key(binding), 1.0, at, REPEAT_UP)

    def is_about(self, reading: Reading) -> bool:
        """Is this the `up` of one of our sources, and not a metric of the profile?"""
        return reading.metric == "up" and (reading.device, reading.component) in self._states

    def told(self, up: Reading, *, retained: bool) -> list[Reading]:
        """The device, or the broker for it, says whether it is there.

        A retained word is old news: it is kept only if it differs from what is known.
        """
        key = (up.device, up.component)
        state = self._states[key]
        if up.value and not retained:
            state.heard = max(state.heard, up.at)
        if retained and state.value == up.value:
            return []
        return self._written(key, up.value, up.at, REPEAT_UP if up.value else REPEAT_DOWN)

    def silent(self, now: int) -> list[Reading]:
        """`up` = 0 for every source that has been quiet too long, once a minute."""
        return [
            reading
            for key, state in self._states.items()
            if now - state.heard >= state.silent_after
            for reading in self._written(key, 0.0, now, REPEAT_DOWN)
        ]

    def _written(self, key: Key, value: float, at: int, repeat: int) -> list[Reading]:
        state = self._states[key]
        if state.value == value and at - state.written < repeat:
            return []
        state.value, state.written = value, at
        return [Reading(key[0], "up", value, at, key[1])]


def _key(binding: Binding) -> Key:
    return binding.device.id, binding.up_component

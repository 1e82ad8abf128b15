"""Availability of each source: turns messages and silence into `up`. Pure: time is given."""

from dataclasses import dataclass

from collectors.mqtt.topic_map import Binding, TopicMap
from core.readings import Reading
from core.time.clock import MINUTE, SECOND

REPEAT_UP = 30 * SECOND
REPEAT_DOWN = MINUTE

Key = tuple[str, str]  # device id, component of its `up`


@dataclass
class _State:
    missed_after: int
    last_seen_at: int
    is_sleeper: bool = False
    value: float | None = None  # of the last `up` written
    written_at: int = 0


class AvailabilityTracker:
    """The newest `up` of every source, and when each was last seen.

    Silence counts only from `connected` on: while the broker is away no source is reported as down.
    """

    def __init__(self, topic_map: TopicMap) -> None:
        self._states: dict[Key, _State] = {}
        for binding in topic_map.all():
            state = self._states.setdefault(_key(binding), _State(0, 0))
            state.missed_after = max(state.missed_after, binding.source.missed_after)
            state.is_sleeper = state.is_sleeper or binding.source.is_sleeper

    def connected(self, at: int) -> None:
        """Silence counts from now on: before, no message could arrive."""
        for state in self._states.values():
            state.last_seen_at = max(state.last_seen_at, at)

    def message_received(self, binding: Binding, at: int) -> list[Reading]:
        """`up` = 1: the device itself has published. Empty if that was written a short while ago."""
        state = self._states[_key(binding)]
        state.last_seen_at = max(state.last_seen_at, at)
        return self._new_up(_key(binding), 1.0, at, REPEAT_UP)

    def is_availability(self, reading: Reading) -> bool:
        """Is this the `up` of one of our sources, and not a metric of the profile?"""
        return reading.metric == "up" and (reading.device, reading.component) in self._states

    def state_reported(self, up: Reading, *, retained: bool) -> list[Reading]:
        """An availability message of the device, or of the broker for it (its last will).

        A retained one is of the past: it counts only if it differs from what is known. That a sleeper
        has left the broker is no death: only its silence is.
        """
        key = (up.device, up.component)
        state = self._states[key]
        if state.is_sleeper and not up.value:
            return []
        if up.value and not retained:
            state.last_seen_at = max(state.last_seen_at, up.at)
        if retained and state.value == up.value:
            return []
        return self._new_up(key, up.value, up.at, REPEAT_UP if up.value else REPEAT_DOWN)

    def silent_sources(self, now: int) -> list[Reading]:
        """`up` = 0 for every source that has been silent too long, once a minute."""
        return [
            reading
            for key, state in self._states.items()
            if now - state.last_seen_at >= state.missed_after
            for reading in self._new_up(key, 0.0, now, REPEAT_DOWN)
        ]

    def _new_up(self, key: Key, value: float, at: int, repeat: int) -> list[Reading]:
        state = self._states[key]
        if state.value == value and at - state.written_at < repeat:
            return []
        state.value, state.written_at = value, at
        return [Reading(key[0], "up", value, at, key[1])]


def _key(binding: Binding) -> Key:
    return binding.device.id, binding.up_component

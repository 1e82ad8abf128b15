"""From messages in the order of their arrival to what is stored: remembers what it must of each source.

No socket: time, and what was stored before, are given.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from collectors.device_clock import RIGHT_WITHIN, Stamp
from collectors.mqtt.availability import AvailabilityTracker
from collectors.mqtt.clocks import DeviceClocks
from collectors.mqtt.connection import ReceivedMessage
from collectors.mqtt.decode import DecodedMessage, decode
from collectors.mqtt.deduplication import Deduplicator
from collectors.mqtt.parse import ParsedMessage, parse_decoded
from collectors.mqtt.refused import RefusedMessages
from collectors.mqtt.topic_map import TopicMap
from collectors.mqtt.unknown_content import key_names, unknown_probes
from collectors.unknown_keys import UnknownKeys
from core.readings import UNKNOWN_PROBE, Batch, Event

log = logging.getLogger(__name__)

_PARTS = (
    20  # messages of a device that says only what has changed, before it counts as not understood
)
_MOST_PROBES = 32

Position = Callable[[str], str | None]


@dataclass
class _SourceState:
    """What is known of the content of one source."""

    unknown: UnknownKeys
    offered: list[str]  # plain ids of probes that were offered


class Interpreter:
    """What the messages of a broker mean. After a failed append it must be made anew."""

    def __init__(self, topic_map: TopicMap, position: Position, refused: RefusedMessages) -> None:
        self.availability = AvailabilityTracker(topic_map)
        self._topic_map = topic_map
        self._position = position
        self._refused = refused
        self._clocks = DeviceClocks(position)
        self._states: dict[tuple[str, str], _SourceState] = {}
        self._decoded: dict[int, tuple[ReceivedMessage, list[DecodedMessage]]] = {}

    def is_undecided(self, messages: Sequence[ReceivedMessage]) -> bool:
        """May messages that come soon show of when one of these is?"""
        live = [message for message in messages if not message.retain]
        return self._clocks.is_undecided(
            (decoded, message.arrived) for message in live for decoded in self._decode(message)
        )

    def batch(self, messages: Sequence[ReceivedMessage], deduplicator: Deduplicator) -> Batch:
        """What is new in the messages, with the positions by which it is recognised later."""
        decoded = [(message, each) for message in messages for each in self._decode(message)]
        live = [(each, message.arrived) for message, each in decoded if not message.retain]
        stamps = iter(self._clocks.stamps(live))
        by_message: dict[int, list[ParsedMessage]] = {}
        for message, each in decoded:
            stamp = (
                self._clocks.retained_stamp(each, message.arrived)
                if message.retain
                else next(stamps)
            )
            strangers = set(self._state(each.binding.key).offered)
            parsed = parse_decoded(each, stamp, message.arrived, strangers)
            by_message.setdefault(id(message), []).append(parsed)
        self._decoded.clear()
        positions: dict[str, str] = {}
        batch = Batch(positions=positions)
        for message in messages:
            new = self._new_in(message, by_message.get(id(message), []), deduplicator)
            batch.readings.extend(new.readings)
            batch.events.extend(new.events)
            positions.update(new.positions)
        if messages:
            events, clock_positions = self._clocks.news(messages[-1].arrived)
            for event in events:
                log.warning("%s %s: %s", event.device, event.component, event.text)
            batch.events.extend(events)
            positions.update(clock_positions)
        return batch

    def _decode(self, message: ReceivedMessage) -> list[DecodedMessage]:
        """What is asked of a message more than once before it is stored is decoded once."""
        known = self._decoded.get(id(message))
        if known is None or known[0] is not message:
            decoded = decode(self._topic_map, message.topic, message.payload, message.arrived)
            known = self._decoded[id(message)] = (message, decoded)
        return known[1]

    def _new_in(
        self, message: ReceivedMessage, parts: Sequence[ParsedMessage], deduplicator: Deduplicator
    ) -> Batch:
        values, new, events = Batch(), Batch(), list[Event]()
        for part in parts:
            for reading in part.readings:
                if self.availability.is_availability(reading):
                    ups = self.availability.state_reported(reading, retained=message.retain)
                    new.readings.extend(ups)
                else:
                    values.readings.append(reading)
            events.extend(part.events)
            if not message.retain and not _is_remembered(part.decoded, part.stamp, message.arrived):
                new = _merged(new, self._life_of(part, message))
        if deduplicator.is_duplicate(message):
            return new
        new.readings.extend(values.readings)
        new.events.extend(events)
        dated = bool(values.readings) and all(
            reading.at != message.arrived for reading in values.readings
        )
        return deduplicator.remember(message, new, dated=dated)

    def _life_of(self, part: ParsedMessage, message: ReceivedMessage) -> Batch:
        """That a live message came, and whether anything of it is known."""
        decoded, at = part.decoded, message.arrived
        binding = decoded.binding
        if decoded.error:
            self._refused.undecodable(message.topic, decoded.error, at)
        if binding.message.online:
            return Batch()
        readings = self.availability.message_received(binding, at)
        state = self._state(binding.key)
        before = state.unknown.news
        if part.is_matched:
            events = state.unknown.matched(at)
        else:
            patience = _PARTS if binding.message.partial else 1
            events = state.unknown.not_matched(key_names(decoded), at, patience=patience)
        positions = {}
        if state.unknown.news != before:
            positions[_position_of("unknown", binding.key)] = state.unknown.news
        offered = self._offer(decoded, state, at)
        if offered:
            positions[_position_of("probes", binding.key)] = " ".join(state.offered)
        for event in (*events, *offered):
            log.warning("%s %s: %s", event.device, event.component, event.text)
        return Batch(readings, [*events, *offered], positions)

    def _offer(self, decoded: DecodedMessage, state: _SourceState, at: int) -> list[Event]:
        """An event of each probe that nobody has named, once."""
        binding, events = decoded.binding, list[Event]()
        for identity, shown in unknown_probes(decoded).items():
            if identity in state.offered or len(state.offered) >= _MOST_PROBES:
                continue
            state.offered.append(identity)
            text = f"A probe that is not in the site file is not read: {shown}"
            events.append(
                Event(binding.device.id, UNKNOWN_PROBE, text, at, "warning", binding.up_component)
            )
        return events

    def _state(self, key: tuple[str, str]) -> _SourceState:
        if key not in self._states:
            news = self._position(_position_of("unknown", key)) or ""
            offered = (self._position(_position_of("probes", key)) or "").split()
            self._states[key] = _SourceState(UnknownKeys(*key, news), offered)
        return self._states[key]


def _is_remembered(decoded: DecodedMessage, stamp: Stamp | None, arrived: int) -> bool:
    """Is it a value that a bridge kept? Then it is no sign that the device lives."""
    return (
        decoded.is_remembered
        and stamp is not None
        and stamp.quality == "good"
        and arrived - stamp.at > RIGHT_WITHIN
    )


def _position_of(name: str, key: tuple[str, str]) -> str:
    return f"mqtt:{name}:{key[0]}:{key[1]}"


def _merged(first: Batch, second: Batch) -> Batch:
    first.readings.extend(second.readings)
    first.events.extend(second.events)
    return Batch(first.readings, first.events, {**first.positions, **second.positions})

"""What has been taken from the broker already, so that nothing is counted twice."""

import hashlib

from collectors.base import Sink
from collectors.mqtt.connection import Message
from core.readings import Batch

_LAST_TAKEN = 200  # more than a broker keeps unacknowledged; Mosquitto keeps 20


class Memory:
    """Two kinds of repetition, both remembered as positions beside the readings themselves.

    A retained message comes again with every subscription: known by its topic and payload.
    A message whose acknowledgement got lost comes again too: known by its packet id and payload.
    Where the payload carries its own time neither is needed: the store sees the same reading.
    One memory serves one connection, so that after a failed append the truth is read anew.
    """

    def __init__(self, sink: Sink, client_id: str, *, session_kept: bool) -> None:
        self._sink = sink
        self._taken_key = f"mqtt:taken:{client_id}"
        # A new session counts its packet ids from the beginning.
        kept = (sink.position(self._taken_key) or "") if session_kept else ""
        self._taken = dict.fromkeys(kept.split())
        self._retained: dict[str, str | None] = {}

    def knows(self, message: Message) -> bool:
        """Has exactly this been stored already?"""
        if message.retain:
            return self._last_on(message.topic) == _digest(message)
        return message.qos > 0 and _receipt(message) in self._taken

    def remember(self, message: Message, batch: Batch, *, dated: bool) -> Batch:
        """`batch` with what must be saved beside it for this message to be known later."""
        positions = dict(batch.positions)
        if message.retain or not dated:
            self._retained[message.topic] = _digest(message)
            positions[_retained_key(message.topic)] = _digest(message)
        if message.qos > 0 and not dated:
            self._taken[_receipt(message)] = None
            while len(self._taken) > _LAST_TAKEN:
                del self._taken[next(iter(self._taken))]
            positions[self._taken_key] = " ".join(self._taken)
        return Batch(batch.readings, batch.events, positions)

    def _last_on(self, topic: str) -> str | None:
        if topic not in self._retained:
            self._retained[topic] = self._sink.position(_retained_key(topic))
        return self._retained[topic]


def _retained_key(topic: str) -> str:
    return f"mqtt:retained:{topic}"


def _digest(message: Message) -> str:
    return hashlib.blake2b(message.payload, digest_size=8).hexdigest()


def _receipt(message: Message) -> str:
    whole = message.topic.encode() + b"\0" + message.payload
    return f"{message.mid}-{hashlib.blake2b(whole, digest_size=4).hexdigest()}"

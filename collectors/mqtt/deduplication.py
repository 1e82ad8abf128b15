"""Recognises messages that the broker delivers again, so that nothing is counted twice."""

import hashlib

from collectors.base import Sink
from collectors.mqtt.connection import ReceivedMessage
from core.readings import Batch

_MOST_RECEIPTS = 200  # more than a broker keeps unacknowledged; Mosquitto keeps 20


class Deduplicator:
    """Recognises two kinds of repetition by positions that are stored with the readings themselves.

    A retained message comes again with every subscription: known by its topic and payload.
    A message whose acknowledgement got lost comes again too: known by its packet id and payload.
    Where the payload carries its own time neither is needed: the store sees the same reading.
    One serves one connection, so that after a failed append the positions are read anew.
    """

    def __init__(self, sink: Sink, client_id: str, *, session_present: bool) -> None:
        self._sink = sink
        self._receipts_key = f"mqtt:taken:{client_id}"
        # A new session counts its packet ids from the beginning.
        saved = (sink.position(self._receipts_key) or "") if session_present else ""
        self._receipts = dict.fromkeys(saved.split())
        self._retained: dict[str, str | None] = {}

    def is_duplicate(self, message: ReceivedMessage) -> bool:
        """Has exactly this been stored already?"""
        if message.retain:
            return self._last_on(message.topic) == _digest(message)
        return message.qos > 0 and _receipt(message) in self._receipts

    def remember(self, message: ReceivedMessage, batch: Batch, *, dated: bool) -> Batch:
        """`batch` with what must be saved beside it for this message to be known later."""
        positions = dict(batch.positions)
        if message.retain or not dated:
            self._retained[message.topic] = _digest(message)
            positions[_retained_key(message.topic)] = _digest(message)
        if message.qos > 0 and not dated:
            self._receipts[_receipt(message)] = None
            while len(self._receipts) > _MOST_RECEIPTS:
                del self._receipts[next(iter(self._receipts))]
            positions[self._receipts_key] = " ".join(self._receipts)
        return Batch(batch.readings, batch.events, positions)

    def _last_on(self, topic: str) -> str | None:
        if topic not in self._retained:
            self._retained[topic] = self._sink.position(_retained_key(topic))
        return self._retained[topic]


def _retained_key(topic: str) -> str:
    return f"mqtt:retained:{topic}"


def _digest(message: ReceivedMessage) -> str:
    return hashlib.blake2b(message.payload, digest_size=8).hexdigest()


def _receipt(message: ReceivedMessage) -> str:
    content = message.topic.encode() + b"\0" + message.payload
    return f"{message.mid}-{hashlib.blake2b(content, digest_size=4).hexdigest()}"

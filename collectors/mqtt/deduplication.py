"""Recognises messages that the broker delivers again, so that nothing is counted twice."""

import hashlib

from collectors.base import Sink
from collectors.mqtt.connection import ReceivedMessage
from core.readings import Batch

# Twice what our broker file lets be unacknowledged, in rows of which each message writes one anew.
_ROWS, _IN_A_ROW = 32, 64


class _Receipts:
    """The newest messages that were stored, each by its packet id and a digest.

    A row is `serial receipt receipt ...`; the one with the highest serial is being filled.
    """

    def __init__(self, sink: Sink, client_id: str, *, is_old_session: bool) -> None:
        self._key = f"mqtt:taken:{client_id}"
        # A new session counts its packet ids from the beginning: what is stored is worth nothing.
        stored = [sink.position(key) or "" for key in self._keys()] if is_old_session else []
        rows = sorted((int(row.split()[0]), row.split()[1:]) for row in stored if row)
        before = (sink.position(self._key) or "").split() if is_old_session and not rows else []
        self._known = dict.fromkeys([*before, *(receipt for _, row in rows for receipt in row)])
        self._serial, self._row = rows[-1] if rows else (0, [])
        self._must_clear = not rows

    def __contains__(self, receipt: str) -> bool:
        return receipt in self._known

    def add(self, receipt: str) -> dict[str, str]:
        """What is to be stored so that this one is known."""
        positions: dict[str, str] = {}
        if self._must_clear:  # of another session, or of a version that had one row
            positions = dict.fromkeys((self._key, *self._keys()), "")
            self._must_clear = False
        if len(self._row) >= _IN_A_ROW:
            self._serial, self._row = self._serial + 1, []
        self._known[receipt] = None
        self._row.append(receipt)
        while len(self._known) > (_ROWS - 1) * _IN_A_ROW:
            del self._known[next(iter(self._known))]
        positions[f"{self._key}:{self._serial % _ROWS}"] = " ".join([str(self._serial), *self._row])
        return positions

    def _keys(self) -> list[str]:
        return [f"{self._key}:{number}" for number in range(_ROWS)]


class Deduplicator:
    """Recognises two kinds of repetition by positions that are stored with the readings themselves.

    A retained message comes again with every subscription: known by its topic and payload.
    A message whose acknowledgement got lost comes again too: known by its packet id and payload.
    Where the payload carries its own time neither is needed: the store sees the same reading.
    One serves one connection, so that after a failed append the positions are read anew.
    """

    def __init__(self, sink: Sink, client_id: str, *, session_present: bool) -> None:
        self._sink = sink
        self._receipts = _Receipts(sink, client_id, is_old_session=session_present)
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
            positions |= self._receipts.add(_receipt(message))
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

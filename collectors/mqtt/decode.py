"""What a message holds, before anybody judges when it is of. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collectors.mqtt.json_path import ABSENT, NotJsonError, at_path, read_json
from collectors.mqtt.timestamps import own_time
from collectors.mqtt.topic_map import Binding, TopicMap

LONGEST_PAYLOAD = 64 * 1024  # bytes; no telemetry is longer, and a queue of these must fit


@dataclass(frozen=True, slots=True)
class DecodedMessage:
    """A payload as it concerns one source of one device."""

    binding: Binding
    payload: bytes
    value: object = ABSENT  # of JSON, if the profile looks for any
    error: str = ""  # why it is not
    is_dated: bool = False  # it holds a time of its own
    own: int | None = None  # which is, in UTC milliseconds; None if it is no time
    is_remembered: bool = False  # that time is a bridge's, of when it last had word from the device


def decode(topic_map: TopicMap, topic: str, payload: bytes, arrived: int) -> list[DecodedMessage]:
    """The message for each source that the topic belongs to; none if the payload is empty.

    An empty payload only clears what the broker had retained.
    """
    if not payload.strip(b" \t\r\n\0"):
        return []
    return list(_decoded(topic_map.on(topic), payload, topic_map.zone, arrived))


def _decoded(
    bindings: list[Binding], payload: bytes, zone: ZoneInfo, arrived: int
) -> Iterator[DecodedMessage]:
    value: object = ABSENT
    error = ""
    if len(payload) > LONGEST_PAYLOAD:
        error = f"payload of more than {LONGEST_PAYLOAD} bytes"
    elif any(binding.looks_inside for binding in bindings):
        try:
            value = read_json(payload.strip(b" \t\r\n\0"))
        except NotJsonError as caught:
            error = f"payload of {len(payload)} bytes is not JSON ({caught})"
    for binding in bindings:
        if len(payload) > LONGEST_PAYLOAD:
            yield DecodedMessage(binding, payload, error=error)
        elif binding.looks_inside:
            yield _dated(binding, payload, value, error, zone, arrived)
        else:
            yield DecodedMessage(binding, payload)


def _dated(
    binding: Binding, payload: bytes, value: object, error: str, zone: ZoneInfo, arrived: int
) -> DecodedMessage:
    message = binding.message
    for path, is_remembered in ((message.at, False), (message.last_seen, True)):
        own = at_path(value, path) if path else ABSENT
        if (
            own is not ABSENT and own is not None
        ):  # a device that gave no time made no mistake about it
            own_at = own_time(own, zone, arrived)
            return DecodedMessage(binding, payload, value, error, True, own_at, is_remembered)
    return DecodedMessage(binding, payload, value, error)

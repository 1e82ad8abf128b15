"""Counts the messages that came and could not be used, and logs them now and then."""

import logging
from collections import Counter

from collectors.unknown_keys import key_name
from core.time.clock import HOUR

log = logging.getLogger(__name__)

_MOST_TOPICS = 1000


class RefusedMessages:
    """How many messages of each topic were refused, and why; logged at the first and then hourly."""

    def __init__(self, broker: str) -> None:
        self._broker = broker
        self._counts: Counter[tuple[str, str]] = Counter()
        self._logged_at: dict[tuple[str, str], int] = {}

    def foreign(self, topic: str, at: int) -> None:
        """A message of a topic that the site file does not name."""
        shown = "/".join(key_name(part) for part in topic.split("/")) if topic else "(no UTF-8)"
        self._count(shown, "of a topic that the site file does not name", at)

    def undecodable(self, topic: str, error: str, at: int) -> None:
        """A message of ours that cannot be read."""
        self._count(topic, error.partition(" (")[0], at)

    def _count(self, topic: str, why: str, at: int) -> None:
        key = (topic, why)
        if len(self._counts) >= _MOST_TOPICS and key not in self._counts:
            key = ("other topics", why)
        self._counts[key] += 1
        if at - self._logged_at.get(key, -HOUR) >= HOUR:
            self._logged_at[key] = at
            log.warning(
                "%s: refused on %s: %s; %d so far", self._broker, key[0], why, self._counts[key]
            )

"""Readings and events as InfluxDB's line protocol. Pure, and the hot path of forwarding.

    readings,component=tube,device=ct-1,metric=temp_c,site=herat value=41.5 1760000400000
    events,device=ct-1,kind=tube_arc,site=herat severity="warning",text="arc" 1760000400000123456

Quality is a field and only written if it is not good: as a tag it would tear a series in two.
"""

import re
from collections.abc import Iterable
from zlib import crc32

from core.readings import Event, Reading

MOST_PREFIXES = 100_000  # remembered series

# Line protocol has no way to say these in a tag: a backslash before the end swallows the comma,
# and servers differ about doubling it. `C:\` of a Windows disk is an everyday component.
_UNSAYABLE = re.compile(r"[\x00-\x1f\x7f\\]|%(?=[0-9A-F]{2})")
_SAID = re.compile(r"%([0-9A-F]{2})")
_SPECIAL = re.compile(r"([,= ])")

_NS_PER_MS = 1_000_000


class Lines:
    """Makes the lines of one site; remembers how each series is spelt."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._prefixes: dict[tuple[str, str, str], bytes] = {}

    def readings(self, readings: Iterable[Reading]) -> list[bytes]:
        """One line each, in milliseconds."""
        known, lines = self._prefixes, []
        for device, metric, value, at, component, quality in readings:
            prefix = known.get((device, metric, component))
            if prefix is None:
                prefix = self._prefix(device, metric, component)
            if quality == "good":
                lines.append(b"%b%r %d" % (prefix, value, at))
            else:
                lines.append(b'%b%r,quality="%b" %d' % (prefix, value, quality.encode(), at))
        return lines

    def events(self, events: Iterable[Event]) -> list[bytes]:
        """One line each, in nanoseconds.

        A log often has several lines in one second; with the same tags and time InfluxDB would keep
        the last. What is said decides the nanoseconds inside the millisecond, so that they differ
        and yet a second sending of the same event changes nothing.
        """
        return [self._event(event) for event in events]

    def _event(self, event: Event) -> bytes:
        tags = {"component": event.component, "device": event.device, "kind": event.kind}
        fields = {"severity": event.severity, "text": event.text}
        if event.code:
            fields["code"] = event.code
        if event.quality != "good":
            fields["quality"] = event.quality
        said = ",".join(f'{name}="{_quoted(text)}"' for name, text in sorted(fields.items()))
        at = event.at * _NS_PER_MS + crc32(said.encode(errors="replace")) % _NS_PER_MS
        return f"{self._series('events', tags)} {said} {at}".encode(errors="replace")

    def _prefix(self, device: str, metric: str, component: str) -> bytes:
        tags = {"component": component, "device": device, "metric": metric}
        prefix = f"{self._series('readings', tags)} value=".encode(errors="replace")
        if len(self._prefixes) >= MOST_PREFIXES:
            self._prefixes.clear()
        self._prefixes[device, metric, component] = prefix
        return prefix

    def _series(self, measurement: str, tags: dict[str, str]) -> str:
        # Sorted by name, as InfluxDB wants them for speed; `site` comes last.
        said = [
            f"{name}={_tag(text)}" for name, text in {**tags, "site": self._site}.items() if text
        ]
        return ",".join([measurement, *said])


def said_in_tag(text: str) -> str:
    """The text as the tag holds it: what line protocol cannot carry as %XX."""
    return _UNSAYABLE.sub(lambda found: f"%{ord(found[0]):02X}", text)


def meant_by_tag(text: str) -> str:
    """The text that `said_in_tag` was given."""
    return _SAID.sub(lambda found: chr(int(found[1], 16)), text)


def _tag(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", said_in_tag(text))


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')

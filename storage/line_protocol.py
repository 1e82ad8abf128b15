r"""InfluxDB's line protocol, for the forwarder and for files. Pure, and the hot path of forwarding.

    readings,component=tube,device=ct-1,metric=temp_c,site=herat value=41.5 1760000400000
    events,device=ct-1,kind=tube_arc,site=herat severity="warning",text="arc" 1760000400000123456

Escaped as InfluxDB's reference says: in a tag a backslash before comma, equals sign and space, in a
text field before double quote and backslash. Quality is a field and only written if it is not good:
as a tag it would tear a series in two.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple
from zlib import crc32

from core.readings import Event, Reading

MEASUREMENT = "readings"
MOST_PREFIXES = 100_000  # remembered series

# A tag cannot hold these: the reference knows no way to write a line end, a backslash before the end
# swallows the comma, and servers differ about doubling it. `C:\` of a Windows disk is an everyday
# component. They are written as %XX.
_CODED = re.compile(r"[\x00-\x1f\x7f\\]|%(?=[0-9A-F]{2})")
_CODE = re.compile(r"%([0-9A-F]{2})")
_SPECIAL_IN_TAG = re.compile(r"([,= ])")
_SPECIAL_IN_TEXT = re.compile(r'(["\\])')

_SPACE = re.compile(r"(?<!\\) ")
_COMMA = re.compile(r"(?<!\\),")
_EQUALS = re.compile(r"(?<!\\)=")
_ESCAPED_IN_TAG = re.compile(r"\\([,= ])")
_ESCAPED_IN_TEXT = re.compile(r'\\(["\\])')
_FIELD = re.compile(r'(?:"(?:[^"\\]|\\.)*"|\\.|[^",\\ ])+', re.DOTALL)
_FIELDS = re.compile(rf"{_FIELD.pattern}(?:,{_FIELD.pattern})*", re.DOTALL)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?i?")
_TIME = re.compile(r"-?\d{1,19}")

_MOST_MS = 10**18  # more are meant as nanoseconds
_NS_PER_MS = 1_000_000


class LineEncoder:
    """Makes the lines of one site, or of none; remembers how each series is written."""

    def __init__(self, site: str = "") -> None:
        self._site = site
        self._prefixes: dict[tuple[str, str, str], bytes] = {}

    def readings(self, readings: Iterable[Reading]) -> list[bytes]:
        """A line for each, without its end, times in milliseconds."""
        prefixes, lines = self._prefixes, []
        for device, metric, value, at, component, quality in readings:
            prefix = prefixes.get((device, metric, component))
            if prefix is None:
                prefix = self._prefix(device, metric, component)
            if quality == "good":
                lines.append(b"%b%r %d" % (prefix, value, at))
            else:
                lines.append(b'%b%r,quality="%b" %d' % (prefix, value, quality.encode(), at))
        return lines

    def events(self, events: Iterable[Event]) -> list[bytes]:
        """A line for each, without its end, times in nanoseconds.

        A log often has several lines in one second; with the same tags and time InfluxDB would keep
        the last. The fields decide the nanoseconds inside the millisecond, so that they differ and
        yet a second sending of the same event changes nothing.
        """
        return [self._event(event) for event in events]

    def _event(self, event: Event) -> bytes:
        tags = {"component": event.component, "device": event.device, "kind": event.kind}
        texts = {"severity": event.severity, "text": event.text}
        if event.code:
            texts["code"] = event.code
        if event.quality != "good":
            texts["quality"] = event.quality
        fields = ",".join(f"{name}={_quoted(text)}" for name, text in sorted(texts.items()))
        at = event.at * _NS_PER_MS + crc32(fields.encode(errors="replace")) % _NS_PER_MS
        return f"{self._series('events', tags)} {fields} {at}".encode(errors="replace")

    def _prefix(self, device: str, metric: str, component: str) -> bytes:
        tags = {"component": component, "device": device, "metric": metric}
        prefix = f"{self._series(MEASUREMENT, tags)} value=".encode(errors="replace")
        if len(self._prefixes) >= MOST_PREFIXES:
            self._prefixes.clear()
        self._prefixes[device, metric, component] = prefix
        return prefix

    def _series(self, measurement: str, tags: dict[str, str]) -> str:
        # Sorted by name, as InfluxDB wants them for speed; `site` comes last.
        pairs = [
            f"{name}={_escaped(text)}"
            for name, text in {**tags, "site": self._site}.items()
            if text
        ]
        return ",".join([measurement, *pairs])


class ParsedLine(NamedTuple):
    """The parts of a line, without escapes. What is coded in a tag is still coded."""

    measurement: str
    tags: dict[str, str]
    fields: dict[str, str]  # texts in their double quotes
    time: int  # in whatever precision it was written


def encode_tag(text: str) -> str:
    """The text with what a tag cannot hold as %XX."""
    return _CODED.sub(lambda match: f"%{ord(match[0]):02X}", text)


def decode_tag(text: str) -> str:
    """The text that `encode_tag` was given."""
    return _CODE.sub(lambda match: chr(int(match[1], 16)), text)


def unquote(field: str) -> str:
    """The text of a text field."""
    return _ESCAPED_IN_TEXT.sub(r"\1", field.removeprefix('"').removesuffix('"'))


def parse_line(text: str) -> ParsedLine:
    """The parts of one line; ValueError says what is wrong with it."""
    series, *rest = _SPACE.split(text.strip(" "), maxsplit=1)
    fields, _, time = "".join(rest).rpartition(" ")
    if not _FIELDS.fullmatch(fields):
        raise ValueError("is not `measurement,tags fields time`")
    measurement, *tags = _COMMA.split(series)
    if not _TIME.fullmatch(time):
        raise _no_time(time)
    return ParsedLine(
        measurement,
        {_unescaped(key): _unescaped(tag) for key, tag in map(_pair, tags)},
        {_unescaped(key): field for key, field in map(_pair, _FIELD.findall(fields))},
        int(time),
    )


def parse_reading(text: str, *, is_coded: bool = True) -> Reading:
    """The reading of one line; ValueError says what is wrong with it. `is_coded`: may %XX stand for a character?"""
    line = parse_line(text)
    if line.measurement != MEASUREMENT:
        raise ValueError(f"the measurement is {line.measurement!r}, not {MEASUREMENT!r}")
    value = line.fields.get("value", "")
    if not _NUMBER.fullmatch(value):
        raise ValueError(f"the value {value!r} is not a number")
    for key in ("device", "metric"):
        if key not in line.tags:
            raise ValueError(f"has no tag `{key}`")
    if abs(line.time) >= _MOST_MS:
        raise _no_time(str(line.time))
    tags = {key: decode_tag(tag) if is_coded else tag for key, tag in line.tags.items()}
    return Reading(
        tags["device"],
        tags["metric"],
        float(value.removesuffix("i")),
        line.time,
        tags.get("component", ""),
        unquote(line.fields.get("quality", "good")),  # type: ignore[arg-type]  # the caller checks
    )


def _escaped(text: str) -> str:
    return _SPECIAL_IN_TAG.sub(r"\\\1", encode_tag(text))


def _quoted(text: str) -> str:
    return '"' + _SPECIAL_IN_TEXT.sub(r"\\\1", text) + '"'


def _pair(text: str) -> tuple[str, str]:
    key, *value = _EQUALS.split(text, maxsplit=1)
    if not value:
        raise ValueError(f"{text!r} is not `name=value`")
    return key, value[0]


def _no_time(text: str) -> ValueError:
    return ValueError(f"the time {text!r} is not a number of milliseconds")


def _unescaped(text: str) -> str:
    return _ESCAPED_IN_TAG.sub(r"\1", text)

"""From complete records to events and readings. Pure: no file, no clock, no log.

Only what the profile names is kept. The record itself never enters the store, because it may name
a patient.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from collectors.base import Observation, to_batch, validated
from collectors.device_clock import Stamp
from collectors.logfile.needles import wanted
from collectors.logfile.record_times import RecordTimes
from collectors.logfile.records import grouped
from core.readings import BAD_RECORD, Batch, Event
from core.schema.site import Device
from core.schema.sources.logfile import LogFormat, LogPattern, LogSource
from core.vocabulary.readings import Quality
from core.vocabulary.severity import Severity

_LONGEST_RECORD = 64 * 1024  # characters that patterns are searched in
_LONGEST_TEXT = 500  # characters of one event
_LONGEST_NUMBER = 24

_GROUP = re.compile(r"\{(\w+)\}")

Groups = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class _Record:
    """A record that the format understood, and of which something is wanted."""

    at: int
    quality: Quality
    severity: Severity | None
    groups: Groups


def parse(
    device: Device,
    source: LogSource,
    lines: Sequence[str],
    times: RecordTimes,
    arrived: int,
    *,
    is_live: bool = False,
) -> Batch:
    """The readings and events that the profile's patterns make of these lines; never raises.

    Lines that are no record of this format are counted in one event, without their content.
    """
    form = source.format_of(device.profile)
    matches, unmatched_lines = _matches(form, lines)
    stamps = times.stamps([match["at"] for match in matches], arrived, is_live=is_live)
    patterns = [(pattern, wanted(pattern.match, _flags(form))) for pattern in form.patterns]
    has_text = bool(matches) and "text" in matches[0].re.groupindex
    observations: list[Observation] = []
    for match, stamp in zip(matches, stamps, strict=True):
        text = (match["text"] or "") if has_text else match.string
        lowered = text.lower()
        hits = [(what, hit) for what, sought in patterns if (hit := sought.search(text, lowered))]
        if hits:  # most records hold nothing that is wanted
            observations.extend(_observations(device, _record_of(form, match, stamp), hits))
    if unmatched_lines:
        observations.append(_unreadable(device, source, unmatched_lines, arrived))
    return to_batch(observations)


def _matches(form: LogFormat, lines: Sequence[str]) -> tuple[list[re.Match[str]], int]:
    """The records of this format, and how many lines are of none."""
    match_of = re.compile(form.record, _flags(form)).match
    matches: list[re.Match[str]] = []
    unmatched_lines = 0
    for record in grouped(lines, form.begin):
        text = (record[0] if len(record) == 1 else "\n".join(record))[:_LONGEST_RECORD]
        if not text.strip():
            continue
        match = match_of(text)
        if match is None:
            unmatched_lines += sum(1 for line in record if line.strip())
        else:
            matches.append(match)
    return matches, unmatched_lines


def _flags(form: LogFormat) -> re.RegexFlag:
    # In a record of many lines `.` passes line ends, and ^ and $ are at every line.
    return re.DOTALL | re.MULTILINE if form.begin else re.NOFLAG


def _record_of(form: LogFormat, match: re.Match[str], stamp: Stamp) -> _Record:
    groups = match.groupdict()
    word = (groups.get("severity") or "").strip()
    return _Record(stamp.at, stamp.quality, form.severities.get(word), groups)


def _observations(
    device: Device, record: _Record, hits: Iterable[tuple[LogPattern, re.Match[str]]]
) -> Iterator[Observation]:
    for pattern, hit in hits:
        groups = hit.groupdict()
        if pattern.metric is not None:
            yield _reading(device, pattern, pattern.metric, record, groups)
        if pattern.event is not None:
            yield _event(device, pattern, pattern.event, record, groups)


def _reading(
    device: Device, pattern: LogPattern, metric: str, record: _Record, groups: Groups
) -> Observation:
    value = groups["value"]
    return validated(
        device,
        metric,
        value if value is None else value.strip()[:_LONGEST_NUMBER],
        record.at,
        # Not the record's own component: which task wrote the line is no part of the device.
        component=_fill(pattern.component, record, groups),
        scale=pattern.scale,
        quality=record.quality,
    )


def _event(
    device: Device, pattern: LogPattern, kind: str, record: _Record, groups: Groups
) -> Event:
    return Event(
        device.id,
        kind,
        _fill(pattern.text, record, groups),
        record.at,
        pattern.severity or record.severity or "info",
        _fill(pattern.component or "{component}", record, groups),
        _fill(pattern.code or "{code}", record, groups),
        record.quality,
    )


def _fill(template: str, record: _Record, groups: Groups) -> str:
    """The template with its groups: the pattern's own first, then the record's."""

    def group(name: re.Match[str]) -> str:
        key = name[1]
        return (groups[key] if key in groups else record.groups.get(key)) or ""

    return " ".join(_GROUP.sub(group, template).split())[:_LONGEST_TEXT]


def _unreadable(device: Device, source: LogSource, lines: int, arrived: int) -> Event:
    noun = "line is" if lines == 1 else "lines are"
    text = f"{lines} {noun} not of the format {source.format}"
    return Event(device.id, BAD_RECORD, text, arrived, "warning", "logfile", quality="bad")

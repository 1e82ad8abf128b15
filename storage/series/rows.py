"""Rows of the store as readings and events."""

from collections.abc import Mapping, Sequence

from core.readings import Event, Reading
from core.vocabulary.severity import Severity
from storage.series.block import Readings
from storage.series.writer import QUALITIES, SeriesName

EVENT_COLUMNS = "device, kind, text, at, severity, component, code, quality"


def as_readings(rows: Readings, names: Mapping[int, SeriesName]) -> list[Reading]:
    """The same, with the names of their series by number."""
    series = [names[number] for number in rows["series"].tolist()]
    qualities = [QUALITIES[quality] for quality in rows["quality"].tolist()]
    columns = zip(series, rows["value"].tolist(), rows["at"].tolist(), qualities, strict=True)
    return [Reading(name[0], name[1], v, at, name[2], quality) for name, v, at, quality in columns]


def as_event(row: Sequence[object]) -> Event:
    """A row of EVENT_COLUMNS."""
    device, kind, text, at, severity, component, code, quality = row
    assert isinstance(at, int)
    assert isinstance(quality, int)
    level: Severity = severity  # type: ignore[assignment]  # only the writer wrote it
    return Event(
        str(device), str(kind), str(text), at, level, str(component), str(code), QUALITIES[quality]
    )

"""Numbers and times as a bundle writes them: English, whatever the site speaks."""

from zoneinfo import ZoneInfo

from core.schema.metric import Metric
from core.text import times
from core.text.numbers import PLAIN
from core.time.clock import HOUR, SECOND

ABSENT = PLAIN.absent
LONG = 2 * HOUR // SECOND  # seconds: from here on they are said in hours and days too


def number(value: float | None) -> str:
    """At most four significant digits, whole digits never thrown away: `14912345`, `38.52`."""
    return PLAIN.measured(value)


def quantity(value: float | None, metric: Metric) -> str:
    """With the unit, as the word for a state, or as a length of time: `38.5 °C`, `battery`, `264 d 39 min`."""
    if value is None:
        return ABSENT
    if metric.kind == "state" and value in metric.states:
        return metric.states[int(value)]
    text = PLAIN.with_unit(number(value), metric.unit)
    # Nobody reads 22811950 s.
    if times.is_read_as_length(value, metric.unit) and value >= LONG and metric.kind != "counter":
        text += f" ({times.duration(round(value) * SECOND // HOUR * HOUR)})"
    return text


def utc(at: int) -> str:
    """`2026-10-31 08:15:00Z`."""
    return f"{times.timestamp(at, seconds=True)}Z"


def local(at: int, zone: ZoneInfo) -> str:
    """`2026-10-31 12:45:00`, by the clock on the site's wall."""
    return times.timestamp(at, zone, seconds=True)


def offset(at: int, zone: ZoneInfo) -> str:
    """`UTC+04:30`."""
    return f"UTC{times.utc_offset(at, zone)}"

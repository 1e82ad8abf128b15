"""Numbers and times as a bundle writes them: English, whatever the site speaks."""

from zoneinfo import ZoneInfo

from core.schema.metric import Metric
from core.time.clock import from_ms

ABSENT = "–"


def number(value: float | None) -> str:
    """At most four significant digits, whole digits never thrown away: `14912345`, `38.52`."""
    if value is None:
        return ABSENT
    digits = max(3 - len(str(int(abs(value)))) + 1, 0) if abs(value) >= 1 else 4
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def quantity(value: float | None, metric: Metric) -> str:
    """With the unit, or as the word for a state: `38.5 °C`, `battery`."""
    if value is not None and metric.kind == "state" and value in metric.states:
        return metric.states[int(value)]
    text = number(value)
    return f"{text} {metric.unit}" if metric.unit and value is not None else text


def utc(at: int) -> str:
    """`2026-10-31 08:15:00Z`."""
    return f"{from_ms(at):%Y-%m-%d %H:%M:%S}Z"


def local(at: int, zone: ZoneInfo) -> str:
    """`2026-10-31 12:45:00`, by the clock on the site's wall."""
    return f"{from_ms(at, zone):%Y-%m-%d %H:%M:%S}"


def offset(at: int, zone: ZoneInfo) -> str:
    """`UTC+04:30`."""
    text = f"{from_ms(at, zone):%z}"
    return f"UTC{text[:3]}:{text[3:5]}"

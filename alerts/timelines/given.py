"""The times and values of a timeline, as a person writes them.

Times are counted from its beginning: `10m`, `1h30m`, or a series of them, `0m..2h/5m`.
"""

from collections.abc import Mapping, Sequence
from math import isfinite, nan
from typing import Annotated

from pydantic import BeforeValidator

from core.schema.metric import Metric
from core.schema.strict_model import did_you_mean
from core.time.duration import parse_duration

MOST_READINGS = 100_000  # of one series of times: a step that was mistyped is not waited for

Times = Annotated[tuple[int, ...], BeforeValidator(lambda text: parse_times(text))]
Span = Annotated[tuple[int, int], BeforeValidator(lambda text: parse_span(text))]
Number = float | str | bool
Value = Number | list[Number]


def parse_times(text: object) -> tuple[int, ...]:
    """Milliseconds of `10m` or of each time of `0m..2h/5m`; ValueError says the accepted form."""
    if not isinstance(text, str) or ".." not in text:
        return (_moment(text),)
    span, slash, step_text = text.partition("/")
    if not slash:
        raise ValueError(f"{text!r} has no step; write 0m..2h/5m")
    start, end = parse_span(span)
    step = _moment(step_text)
    if step <= 0 or (end - start) // step >= MOST_READINGS:
        raise ValueError(f"{text!r} has no step, or more than {MOST_READINGS} of them")
    return tuple(range(start, end + 1, step))


def parse_span(text: object) -> tuple[int, int]:
    """Milliseconds of both ends of `10m..25m`."""
    start_text, dots, end_text = str(text).partition("..")
    if not dots:
        raise ValueError(f"{text!r} is no span; write 10m..25m")
    start, end = _moment(start_text.strip()), _moment(end_text.strip())
    if end <= start:
        raise ValueError(f"{text!r} ends before it begins")
    return start, end


def _moment(text: object) -> int:
    try:
        return parse_duration(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a time; write 10m, 1h30m or 0m..2h/5m") from None


def series_of(given: Mapping[tuple[int, ...], Value], metric: Metric) -> dict[int, float]:
    """The value at each time. A single time stands over a series; ValueError says what is no value."""
    series: dict[int, float] = {}
    for times in sorted(given, key=len, reverse=True):
        series |= dict(zip(times, _values(given[times], len(times), metric), strict=True))
    return dict(sorted(series.items()))


def _values(given: Value, count: int, metric: Metric) -> Sequence[float]:
    """A list comes again from its beginning when it has ended; `20 -> 30` goes from one to the other."""
    if isinstance(given, list):
        if not given:
            raise ValueError("an empty list")
        return [_number(given[at % len(given)], metric) for at in range(count)]
    if isinstance(given, str) and "->" in given:
        first, last = (_number(part.strip(), metric) for part in given.split("->", 1))
        steps = max(count - 1, 1)
        return [first + (last - first) * at / steps for at in range(count)]
    return [_number(given, metric)] * count


def _number(given: Number, metric: Metric) -> float:
    """A number, or the number of a state by the profile's word for it."""
    if isinstance(given, bool):  # what YAML makes of yes, no, on and off
        words = ("yes", "on", "true") if given else ("no", "off", "false")
        given = next((word for word in words if word in metric.states.values()), words[0])
    if isinstance(given, str):
        for state, word in metric.states.items():
            if word == given:
                return state
        try:
            number = float(given)
        except ValueError:
            number = nan
        if not isfinite(number):
            hint = did_you_mean(given, metric.states.values())
            raise ValueError(f"{given!r} is no number and no state of it{hint}")
        return number
    return given

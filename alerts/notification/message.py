"""A detector's verdict in a few lines for a person: expected against actual, since when, and until when."""

from zoneinfo import ZoneInfo

from core.text import times
from core.text.numbers import PLAIN, general
from core.time.clock import DAY
from storage.records import Verdict

SENSORS = {
    "stuck": "The sensor stands still{at}",
    "absent": "The sensor is silent{last}",
    "impossible": "The sensor shows what cannot be true{last}",
}


def explain(verdict: Verdict, unit: str, zone: ZoneInfo) -> list[str]:
    """Whatever of it there is to say; `unit` is the metric's."""
    lines = []
    if verdict.kind in SENSORS:
        value = "" if verdict.value is None else _number(verdict.value, unit)
        at, last = (f" at {value}", f", its last value was {value}") if value else ("", "")
        lines.append(SENSORS[verdict.kind].format(at=at, last=last))
    if verdict.value is not None and verdict.expected is not None:
        expected = f"expected {_number(verdict.expected, unit)}"
        if verdict.low is not None and verdict.high is not None:
            expected += f" ({general(verdict.low, 4)} to {general(verdict.high, 4)})"
        lines.append(f"Was {_number(verdict.value, unit)}, {expected}")
    if verdict.since is not None:
        lines.append(f"It began about {times.iso_date(verdict.since, zone)}")
    if verdict.carried_by:
        lines.append(f"Seen in: {', '.join(verdict.carried_by)}")
    if verdict.limit is not None and verdict.limit_at is not None:
        lines.append(_forecast(verdict, verdict.limit_at, general(verdict.limit), unit))
    return lines


def _forecast(verdict: Verdict, limit_at: int, limit: str, unit: str) -> str:
    """`Reaches 60 % in 23 days, between 17 and 34`: 8 times in 10 it is between the two."""
    text = f"Reaches {PLAIN.with_unit(limit, unit)} in {_days(verdict, limit_at)} days"
    if verdict.limit_at_low is None:
        return text
    low = _days(verdict, verdict.limit_at_low)
    if verdict.limit_at_high is None:
        return f"{text}, not before {low}, perhaps never"
    return f"{text}, between {low} and {_days(verdict, verdict.limit_at_high)}"


def _days(verdict: Verdict, at: int) -> int:
    return max(round((at - verdict.at) / DAY), 0)


def _number(value: float, unit: str) -> str:
    return PLAIN.with_unit(general(value, 5), unit)

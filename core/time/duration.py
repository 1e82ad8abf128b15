"""Durations as people write them in YAML: `30s`, `10m`, `4h`, `90d`, in milliseconds."""

import re
from typing import Annotated

from pydantic import BeforeValidator

from core.time.clock import DAY, HOUR, MINUTE, SECOND

_UNITS = {"ms": 1, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
_FORM = re.compile(r"(\d+)(ms|s|m|h|d)")


def parse_duration(text: object) -> int:
    """Milliseconds of `90s`, `15m`, `1h30m`; ValueError says the accepted form."""
    if text == 0:
        return 0
    if not isinstance(text, str) or not re.fullmatch(rf"(?:{_FORM.pattern})+", text):
        raise ValueError(f"{text!r} is not a duration; write 30s, 10m, 4h or 90d")
    return sum(int(number) * _UNITS[unit] for number, unit in _FORM.findall(text))


def written_duration(length: int) -> str:
    """A length as it is written in a file: `1h30m`; `0s` of none."""
    parts: list[str] = []
    for unit, size in sorted(_UNITS.items(), key=lambda pair: -pair[1]):
        count, length = divmod(length, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


Duration = Annotated[int, BeforeValidator(parse_duration)]

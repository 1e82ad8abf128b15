"""Reads the times of one log, most of them by what is known of their hour. Pure: time is given."""

import re
from collections.abc import Iterable
from typing import Final
from zoneinfo import ZoneInfo

from collectors.logfile.timestamps import own_time
from core.time.clock import HOUR, MINUTE, SECOND

_CLOCK = re.compile(
    r"(.*?)(?<![\d:])([0-2]\d):([0-5]\d):([0-5]\d)(?:([.,:])(\d{1,9}))?(?![\d:])(.*)",
    re.DOTALL | re.ASCII,
)
_MOST_HOURS = 1000
_FAR: Final = 2**62
# Minutes, seconds and fraction at which an hour is looked at, and where in it they are.
_LOOKS: Final = (
    ("00:00", "0", 0),
    ("30:30", "5", 30 * MINUTE + 30 * SECOND),
    ("59:59", "9", HOUR - SECOND),
)

_Hour = tuple[
    str, str, str, int, str
]  # before, the hour, the sign of a fraction, its digits, behind


class TimeReader:
    """As own_time reads them, of one arrival after another.

    strptime and the time zone cost more than all else that is done with a line. In an hour in which
    the clock goes evenly the rest is a sum; whether it does is asked of own_time at both its ends.
    """

    def __init__(self, forms: Iterable[str], zone: ZoneInfo) -> None:
        self._forms, self._zone = list(forms), zone
        self._arrived: int | None = None
        self._hours: dict[_Hour, int | None] = {}

    def own_time(self, text: str | None, arrived: int, after: int | None = None) -> int | None:
        """UTC milliseconds that a record states, true or not; None if it states none that can be read."""
        if arrived != self._arrived or len(self._hours) > _MOST_HOURS:
            self._hours.clear()
            self._arrived = arrived
        parts = _CLOCK.fullmatch(text.strip()) if text else None
        if parts is None:
            return own_time(text, self._forms, self._zone, arrived, after)
        before, hour, minutes, seconds, sign, fraction, behind = parts.groups()
        key = before, hour, sign or "", len(fraction or ""), behind
        if key not in self._hours:
            self._hours[key] = self._begin(key, arrived)
        begin = self._hours[key]
        if begin is None:
            return own_time(text, self._forms, self._zone, arrived, after)
        passed = int(minutes) * MINUTE + int(seconds) * SECOND
        return begin + passed + _milliseconds(fraction or "")

    def _begin(self, key: _Hour, arrived: int) -> int | None:
        """When the hour begins; None if within it the clock does not go evenly, or is not understood."""
        before, hour, sign, digits, behind = key
        begins = set[int | None]()
        for clock, digit, passed in _LOOKS:
            fraction = digit * digits
            text = f"{before}{hour}:{clock}{sign}{fraction}{behind}"
            for after in (None, -_FAR, _FAR):  # an hour that comes twice has two
                at = own_time(text, self._forms, self._zone, arrived, after)
                begins.add(None if at is None else at - passed - _milliseconds(fraction))
        return begins.pop() if len(begins) == 1 else None


def _milliseconds(fraction: str) -> int:
    """Of the digits behind a second."""
    return int((fraction + "000")[:3])

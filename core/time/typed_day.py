"""Days as people type them, in the digits and the calendar that they use.

Nobody's contract is of the year 1405 of the Gregorian calendar: such a day is one of the Solar Hijri
calendar, and taken as the other it would be over for centuries, without a word. The years of the two
do not meet, so a day is never in doubt. ValueError holds what is wrong, as `Phrase`.
"""

import re
from datetime import date

from core.number_input import latin
from core.text.phrase import Phrase
from core.time.calendars import Calendar

# A machine of a hospital was bought within these, and no promise lasts longer. Scanward's own.
FIRST_YEAR, LAST_YEAR = 1970, 2100
# 1921 to 2057. What is above is of the lunar calendar: 1447 is 2026, and as a solar year 2068.
SOLAR_YEARS = range(1300, 1436)
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def typed_day(text: str, calendar: Calendar) -> date:
    """The day, `2026-10-31`; where the site's calendar is solar, `1405-08-09` too."""
    match = _DAY.fullmatch(latin(text).strip())
    if match is None:
        raise _no_day(text)
    year, month, day = (int(part) for part in match.groups())
    try:
        meant = _solar(year, month, day) if year in SOLAR_YEARS else date(year, month, day)
    except ValueError:
        raise _no_day(text) from None
    if year in SOLAR_YEARS and calendar != "solar":
        raise ValueError(
            Phrase(
                "{cell!r} is a day of the Solar Hijri calendar; here days are Gregorian: write {day}",
                cell=text,
                day=meant.isoformat(),
            )
        )
    if not FIRST_YEAR <= meant.year <= LAST_YEAR:
        raise ValueError(
            Phrase(
                "{cell!r} is not in the years {first} to {last}; write 2026-10-31",
                cell=text,
                first=FIRST_YEAR,
                last=LAST_YEAR,
            )
        )
    return meant


def _no_day(text: str) -> ValueError:
    return ValueError(Phrase("{cell!r} is not a day; write 2026-10-31", cell=text))


def _solar(year: int, month: int, day: int) -> date:
    import jdatetime  # no other process has to load it

    solar: date = jdatetime.date(year, month, day).togregorian()
    return solar

"""When things happen in the quarter: so many working days before its end, at a time of day."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from core.time.clock import HOUR, MINUTE, from_ms, start_of_day
from simulator.physics.world import FRIDAY

# Working days before the end and a time of day; or a moment, UTC ms.
Moment = tuple[int, str] | int


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Working days are counted back from the local day of `end`, UTC milliseconds."""

    end: int
    zone: ZoneInfo

    def at(self, moment: Moment) -> int:
        """UTC milliseconds; never after the end."""
        if isinstance(moment, int):
            return moment
        days, clock = moment
        return min(self._on(self.working_day(days), clock), self.end)

    def working_day(self, days: int) -> date:
        """The local day that lies so many working days before that of the end."""
        day = self.today
        while days:
            day -= timedelta(days=1)
            days -= day.weekday() != FRIDAY
        return day

    def next_morning(self, after: int, clock: str) -> int:
        """That time of the first working day that has it after a moment; never after the end."""
        day = from_ms(after, self.zone).date()
        while day.weekday() == FRIDAY or self._on(day, clock) < after:
            day += timedelta(days=1)
        return min(self._on(day, clock), self.end)

    @property
    def today(self) -> date:
        """The local day of the end."""
        return from_ms(self.end, self.zone).date()

    def _on(self, day: date, clock: str) -> int:
        hours, minutes = clock.split(":")
        return start_of_day(day, self.zone) + int(hours) * HOUR + int(minutes) * MINUTE

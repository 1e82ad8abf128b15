"""When the records of one log are of, with what is learned of the clock that stamps them. Pure: time is given."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from collectors.device_clock import ClockSample, DeviceClock, Stamp
from collectors.logfile.hours import TimeReader
from core.time.clock import MINUTE, believable

# What is written live is no older: a writer may hold lines back, a copy may come now and then; ours.
_LIVE_WITHIN = 30 * MINUTE
_FAST = 5 * MINUTE


class RecordTimes:
    """Stamps the records of one log in their order. `offset` in ms is given back after a restart."""

    def __init__(self, forms: Iterable[str], zone: ZoneInfo, offset: int = 0) -> None:
        self._reader = TimeReader(forms, zone)
        self._clock = DeviceClock(offset)
        self._last: int | None = None  # the own time of the newest record so far

    @property
    def offset(self) -> int:
        """Milliseconds that the clock of the log is known to be ahead; 0 if it is right."""
        return self._clock.offset

    def stamps(
        self, texts: Sequence[str | None], arrived: int, *, is_live: bool = False
    ) -> list[Stamp]:
        """A stamp for the time that each record states. What is live was written just now.

        A time that is unreadable or cannot be true is replaced by arrival, and so is a live one that
        is far from it; what waited in the file is put right by what is known of its clock.
        """
        own = [self._own(text, arrived) for text in texts]
        if is_live:
            samples = [ClockSample(at, arrived) for at in own if at is not None]
            if any(self._is_doubtful(sample) for sample in samples):
                live = iter(self._clock.stamps(samples))
                return [Stamp(arrived, "clock") if at is None else next(live) for at in own]
        return [self._stored(at, arrived) for at in own]

    def _own(self, text: str | None, arrived: int) -> int | None:
        at = self._reader.own_time(text, arrived, self._last)
        if at is not None and believable(at, arrived):
            self._last = at
        return at

    def _is_doubtful(self, sample: ClockSample) -> bool:
        return bool(self.offset) or not -_LIVE_WITHIN <= sample.offset <= _FAST

    def _stored(self, at: int | None, arrived: int) -> Stamp:
        if at is None or not believable(at - self.offset, arrived):
            return Stamp(arrived, "clock")
        if self.offset:
            return Stamp(min(at - self.offset, arrived), "clock")
        return Stamp(at, "good")

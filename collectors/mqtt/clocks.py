"""The clocks of all sources of a broker: when each message is of. Pure: time is given."""

from collections.abc import Callable, Iterable, Sequence

from collectors.device_clock import ClockSample, DeviceClock, Stamp, clock_event
from collectors.mqtt.decode import DecodedMessage
from core.readings import Event
from core.time.clock import believable

_Key = tuple[str, str]  # device id, component of its `up`


def _forgotten(_key: str) -> str | None:
    return None


class DeviceClocks:
    """A clock for each source, whose learned offset is kept under a position of the store."""

    def __init__(self, position: Callable[[str], str | None] = _forgotten) -> None:
        self._position = position
        self._clocks: dict[_Key, DeviceClock] = {}
        self._reported: dict[_Key, int] = {}  # offset that the last event said

    def stamp(self, decoded: DecodedMessage, arrived: int) -> Stamp:
        """Of a live message alone."""
        return self.stamps([(decoded, arrived)])[0]

    def stamps(self, messages: Sequence[tuple[DecodedMessage, int]]) -> list[Stamp]:
        """Of live messages and their arrivals. A device that gave no time made no mistake about it."""
        by_clock: dict[_Key, list[tuple[int, ClockSample]]] = {}
        stamps = list[Stamp]()
        for place, (decoded, arrived) in enumerate(messages):
            stamps.append(Stamp(arrived, "clock" if decoded.is_dated else "good"))
            if decoded.own is not None:
                sample = ClockSample(decoded.own, arrived)
                by_clock.setdefault(self._known(decoded), []).append((place, sample))
        for key, placed in by_clock.items():
            own = self._clocks[key].stamps([sample for _, sample in placed])
            for (place, _), stamp in zip(placed, own, strict=True):
                stamps[place] = stamp
        return stamps

    def retained_stamp(self, decoded: DecodedMessage, arrived: int) -> Stamp | None:
        """Of what the broker remembers: the time that it holds, or None: it may be of any time.

        None too if the device's clock is known to be wrong.
        """
        own = decoded.own
        if own is None or own > arrived or not believable(own, arrived):
            return None
        return None if self._clocks[self._known(decoded)].offset else Stamp(own, "good")

    def is_undecided(self, messages: Iterable[tuple[DecodedMessage, int]]) -> bool:
        """May the next messages show whether one of these is old, or its clock wrong?"""
        by_clock: dict[_Key, list[ClockSample]] = {}
        for decoded, arrived in messages:
            if decoded.own is not None:
                sample = ClockSample(decoded.own, arrived)
                by_clock.setdefault(self._known(decoded), []).append(sample)
        return any(self._clocks[key].is_undecided(samples) for key, samples in by_clock.items())

    def news(self, at: int) -> tuple[list[Event], dict[str, str]]:
        """An event of each clock that was found wrong, or right again; and the positions to keep."""
        events, positions = list[Event](), dict[str, str]()
        for key, clock in self._clocks.items():
            if clock.offset == self._reported[key]:
                continue
            self._reported[key] = clock.offset
            positions[_position_of(key)] = str(clock.offset)
            events.append(clock_event(*key, clock.offset, at))
        return events, positions

    def _known(self, decoded: DecodedMessage) -> _Key:
        key = decoded.binding.key
        if key not in self._clocks:
            saved = self._position(_position_of(key)) or "0"
            self._reported[key] = int(saved)
            self._clocks[key] = DeviceClock(int(saved), remembers=decoded.is_remembered)
        return key


def _position_of(key: _Key) -> str:
    return f"mqtt:clock:{key[0]}:{key[1]}"

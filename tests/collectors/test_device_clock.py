"""A wrong clock, and a device that catches up: told apart by how the offset goes."""

import pytest

from collectors.device_clock import ClockSample, DeviceClock, Stamp, describe
from core.time.clock import DAY, HOUR, MINUTE, SECOND

T0 = 1_772_359_200_000
ZONE = -(4 * HOUR + 30 * MINUTE)


def live(offset: int, *arrivals: int) -> list[ClockSample]:
    return [ClockSample(T0 + at + offset, T0 + at) for at in arrivals]


def each_alone(clock: DeviceClock, samples: list[ClockSample]) -> list[Stamp]:
    return [stamp for sample in samples for stamp in clock.stamps([sample])]


def test_a_live_message_of_another_zone_is_of_now_and_the_second_shows_the_offset() -> None:
    clock = DeviceClock()
    assert each_alone(clock, live(0, 0)) == [Stamp(T0, "good")]
    first, second = live(ZONE, 10 * SECOND, 70 * SECOND)
    assert clock.stamps([first]) == [Stamp(first.arrived, "clock")]
    assert clock.offset == 0
    assert clock.stamps([second]) == [Stamp(second.arrived, "clock")]
    assert clock.offset == ZONE
    assert describe(clock.offset) == "its clock is 4 h 30 min behind"


@pytest.mark.parametrize(
    "offset", [-10 * MINUTE, -3 * HOUR, ZONE, 20 * MINUTE, 3 * HOUR, -12 * HOUR]
)
def test_a_constant_offset_is_never_taken_for_catching_up(offset: int) -> None:
    clock = DeviceClock()
    samples = live(offset, *range(0, 600 * SECOND, 60 * SECOND))
    assert each_alone(clock, samples) == [Stamp(s.arrived, "clock") for s in samples]
    assert clock.offset == offset


@pytest.mark.parametrize(
    ("year", "words"),
    [
        (-56, "its clock is not set: it is years behind"),
        (10, "its clock is not set: it is years ahead"),
    ],
)
def test_a_clock_of_1970_or_2036_is_not_set(year: int, words: str) -> None:
    clock = DeviceClock()
    stamps = each_alone(clock, live(year * 365 * DAY, 0, MINUTE))
    assert [stamp.quality for stamp in stamps] == ["clock", "clock"]
    assert describe(clock.offset) == words


@pytest.mark.parametrize("together", [True, False])
def test_who_catches_up_keeps_his_own_times(together: bool) -> None:
    samples = [
        ClockSample(T0 - (50 - n) * MINUTE, T0 + n * 20) for n in range(51)
    ]  # fifty minutes within a second
    own = [Stamp(sample.own, "good") for sample in samples]
    if together:
        assert DeviceClock().is_undecided(samples[:1])
        assert not DeviceClock().is_undecided(samples)
        assert [s.at for s in DeviceClock().stamps(samples)] == [s.at for s in own]
    else:  # the first two could be anything
        assert each_alone(DeviceClock(), samples)[2:] == own[2:]


def test_slow_catching_up_is_known_too() -> None:
    samples = [ClockSample(T0 - 3 * HOUR + n * MINUTE, T0 + n * 10 * SECOND) for n in range(10)]
    clock = DeviceClock()
    assert [stamp.quality for stamp in clock.stamps(samples)] == ["good"] * 10
    assert clock.offset == 0


def test_a_clock_that_is_set_forward_by_an_hour_does_not_catch_up() -> None:
    clock = DeviceClock()
    samples = live(-2 * HOUR, 0, MINUTE, 2 * MINUTE) + live(-HOUR, 3 * MINUTE, 4 * MINUTE)
    assert {stamp.quality for stamp in clock.stamps(samples)} == {"clock"}
    assert clock.offset == -HOUR


def test_summer_time_that_only_the_device_keeps_is_an_hour() -> None:
    clock = DeviceClock()
    each_alone(clock, live(0, 0, MINUTE))
    stamps = each_alone(clock, live(HOUR, 2 * MINUTE, 3 * MINUTE))
    assert stamps == [Stamp(T0 + 2 * MINUTE, "clock"), Stamp(T0 + 3 * MINUTE, "clock")]
    assert describe(clock.offset) == "its clock is 1 h ahead"
    each_alone(clock, live(0, 4 * MINUTE))
    assert describe(clock.offset) == "its clock is right again"


def test_a_slow_drift_is_known_from_five_minutes_on_and_is_news_every_quarter_of_an_hour() -> None:
    clock, offsets = DeviceClock(), list[int]()
    for minute in range(0, 3000):  # a second a minute: 50 minutes in the end
        (stamp,) = clock.stamps(live(-minute * SECOND, minute * MINUTE))
        assert stamp.at >= T0 + minute * MINUTE - 5 * MINUTE
        if not offsets or offsets[-1] != clock.offset:
            offsets.append(clock.offset)
    assert len(offsets) == 4
    assert offsets[1] >= -6 * MINUTE


def test_what_is_a_little_ahead_is_of_now_and_never_of_the_future() -> None:
    assert DeviceClock().stamps(live(3 * MINUTE, 0)) == [Stamp(T0, "good")]


def test_a_bridge_that_remembers_is_believed_until_its_own_clock_is_wrong() -> None:
    bridge = DeviceClock(remembers=True)
    assert bridge.stamps(live(-8 * DAY, 0)) == [Stamp(T0 - 8 * DAY, "good")]
    again = [ClockSample(T0 - 8 * DAY, T0 + HOUR)]  # it was restarted, and still remembers the same
    assert bridge.stamps(again) == [Stamp(T0 - 8 * DAY, "good")]
    assert bridge.offset == 0
    stamps = each_alone(bridge, live(ZONE, 2 * HOUR, 3 * HOUR))
    assert stamps[-1] == Stamp(T0 + 3 * HOUR, "clock")
    assert bridge.offset == ZONE


def test_a_known_offset_survives_a_restart_and_needs_no_second_message() -> None:
    clock = DeviceClock(ZONE)
    samples = live(ZONE, 0)
    assert not clock.is_undecided(samples)
    assert clock.stamps(samples) == [Stamp(T0, "clock")]


def test_what_a_bridge_repeats_is_no_clock_that_runs() -> None:
    clock = DeviceClock(remembers=True)
    own = T0 - 2 * HOUR
    samples = [ClockSample(own, T0 + at) for at in (0, SECOND, 2 * SECOND)]
    assert each_alone(clock, samples) == [Stamp(own, "good")] * 3
    assert clock.offset == 0

"""When Scanward itself was not looking, found from the readings to the minute."""

import pytest

from core.readings import Batch, Reading
from core.time.clock import HOUR, MINUTE
from maintenance.downtime.monitoring_gaps import unknown_gaps
from tests.maintenance.cast import T0, House

END = T0 + 6 * HOUR


def look(house: House, device: str, start: int, end: int) -> None:
    """A source of the device says once a minute that it was asked."""
    ups = [Reading(device, "up", 1, at, "snmp") for at in range(start, end, MINUTE)]
    house.writer.append([Batch(ups)])


@pytest.mark.parametrize("is_sealed", [False, True])
def test_a_gap_is_where_no_source_said_anything(house: House, is_sealed: bool) -> None:
    look(house, "switch-1", T0, T0 + 2 * HOUR)
    look(house, "switch-1", T0 + 3 * HOUR + 20 * MINUTE, END)
    while is_sealed and house.writer.compact(everything=True):
        pass
    [(start, end)] = unknown_gaps(house.series, T0, END)
    assert start == pytest.approx(T0 + 2 * HOUR, abs=2 * MINUTE)
    assert end == pytest.approx(T0 + 3 * HOUR + 20 * MINUTE, abs=2 * MINUTE)


def test_a_device_that_alone_is_silent_is_no_gap(house: House) -> None:
    look(house, "switch-1", T0, END)
    look(house, "pacs", T0, T0 + HOUR)
    assert unknown_gaps(house.series, T0, END) == []


def test_before_anything_was_heard_all_is_unknown(house: House) -> None:
    assert unknown_gaps(house.series, T0, END) == [(T0, END)]


def test_a_short_silence_is_none(house: House) -> None:
    look(house, "switch-1", T0, T0 + HOUR)
    look(house, "switch-1", T0 + HOUR + 4 * MINUTE, END)
    assert unknown_gaps(house.series, T0, END) == []

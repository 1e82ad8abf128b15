"""Whose count of examinations is believed: DICOM's, then what is typed, then the plug's."""

import pytest

from core.time.clock import DAY, HOUR
from maintenance.planning.usage import EXAMINATIONS, busy_hours, examined, used_since
from tests.maintenance.cast import KABUL, House, at

BEGIN, END = at("2025-01-04 00:00"), at("2025-01-18 00:00")


def count(house: House, component: str, a_day: float, *, since: int = 0, days: int = 14) -> None:
    """A running number, read each six hours from the period's beginning on, or since a day of it."""
    for quarter in range(4 * since, 4 * days + 1):
        moment = BEGIN + quarter * 6 * HOUR
        house.read("ct-1", EXAMINATIONS, round(a_day * quarter / 4), moment, component)


def number(house: House, begin: int = BEGIN, end: int = END) -> int | None:
    known = examined(house.series, house.site.devices["ct-1"], KABUL, (begin, end))
    return None if known is None else known.n


def used(house: House) -> float | None:
    use = used_since(house.series, "ct-1", EXAMINATIONS, BEGIN, END + 1)
    return None if use is None else use.amount


def test_the_plug_counts_where_nothing_else_does(house: House) -> None:
    count(house, "plug", 20)
    assert (number(house), used(house)) == (280, 280)


def test_beside_dicom_the_plug_does_not_count(house: House) -> None:
    count(house, "plug", 20)
    count(house, "dicom", 22)
    assert (number(house), used(house)) == (308, 308)


def test_beside_what_is_typed_the_plug_does_not_count(house: House) -> None:
    count(house, "plug", 20)
    count(house, "", 21)
    assert (number(house), used(house)) == (294, 294)


def test_the_plug_counts_until_dicom_began_and_since_it_fell_silent(house: House) -> None:
    count(house, "plug", 20)
    count(house, "dicom", 22, since=4, days=9)
    assert number(house) == 20 * 4 + 22 * 5 + 20 * 5
    # Between two witnesses what the first counted since its last reading is not known.
    assert used(house) == pytest.approx(290, abs=11)


def test_a_night_without_the_pacs_is_not_given_to_the_plug(house: House) -> None:
    count(house, "plug", 20)
    count(house, "dicom", 22, days=13)
    assert number(house) == 22 * 13


def test_when_nobody_typed_at_the_ends_the_plug_still_knows(house: House) -> None:
    count(house, "plug", 20)
    house.read("ct-1", EXAMINATIONS, 5, BEGIN + 5 * DAY)
    house.read("ct-1", EXAMINATIONS, 90, BEGIN + 9 * DAY)
    assert number(house) == 280


def test_how_busy_a_device_is_comes_from_the_witness_that_has_seen_it(house: House) -> None:
    device = house.site.devices["ct-1"]
    assert busy_hours(house.series, device, KABUL, END) == {}
    for hour in range(14 * 24):
        house.read(
            "ct-1", "scan_load_pct", 50.0 * (hour % 24 in range(4, 8)), BEGIN + hour * HOUR, "plug"
        )
    assert max(busy_hours(house.series, device, KABUL, END).values()) > 0

"""Use comes from DICOM by itself: through the ledger into the series, and from there into every figure."""

import asyncio

import pytest

from collectors.dicom.common.publish import publish
from core.readings import Batch
from core.time.clock import DAY, HOUR, MINUTE
from maintenance.kpi import formulas
from maintenance.kpi.device_history import device_histories
from maintenance.planning.usage import (
    EXAMINATIONS,
    busy_hours,
    examined,
    latest_value,
    used_since,
)
from storage.examinations.entries import Entry, ExposureEntry, SeriesEntry
from storage.examinations.ledger import Ledger
from storage.records import planning as task_rows
from tests.maintenance.cast import KABUL, House, at

BEGAN = at("2025-01-11 00:00")  # when DICOM begins; before it was typed
NOW = at("2025-02-08 20:30")


class _Sink:
    """Of the centre's series."""

    def __init__(self, house: House) -> None:
        self._writer = house.writer

    async def append(self, batch: Batch) -> None:
        self._writer.append([batch])

    def position(self, key: str) -> str | None:
        return self._writer.position(key)


def work(device: str, first: int, days: int, a_day: int) -> list[Entry]:
    """So many examinations of an hour's half each day from nine o'clock, with an exposure each."""
    entries: list[Entry] = []
    for day in range(days):
        for number in range(a_day):
            began = first + day * DAY + 9 * HOUR + number * 30 * MINUTE
            study, event = f"{began}".encode(), f"{began}e".encode()
            entries += [
                SeriesEntry(device, study, study, began, began + 10 * MINUTE, 30),
                ExposureEntry(device, study, event, began, "report", scan_s=8.0, tube_load_kj=90.0),
            ]
    return entries


def witness(house: House, entries: list[Entry], now: int = NOW) -> None:
    ledger = Ledger(house.site.examinations_path)
    ledger.record(entries)
    ledger.cover({entry.device for entry in entries}, BEGAN, now)
    asyncio.run(publish(house.site, ledger, _Sink(house), now))
    ledger.close()


@pytest.fixture
def centre(house: House) -> House:
    """Counted by hand until DICOM began, and typed on out of habit."""
    for day in range(-7, 28):
        house.read("ct-1", EXAMINATIONS, 5000.0 + 20 * (day + 7), BEGAN + day * DAY - 4 * HOUR)
    witness(house, work("ct-1", BEGAN, 28, 20) + work("cbct-1", BEGAN, 28, 18))
    return house


def test_what_is_typed_beside_dicom_is_not_counted_twice(centre: House) -> None:
    device = centre.site.devices["ct-1"]
    week = (BEGAN + 7 * DAY, BEGAN + 14 * DAY)
    counted = examined(centre.series, device, KABUL, week)
    assert counted is not None
    assert counted.n == 7 * 20
    used = used_since(centre.series, "ct-1", EXAMINATIONS, week[0], week[1])
    assert used is not None
    assert used.amount == 7 * 20


def test_before_dicom_began_the_typed_number_counts(centre: House) -> None:
    device = centre.site.devices["ct-1"]
    both = examined(centre.series, device, KABUL, (BEGAN - 5 * DAY, BEGAN + 5 * DAY))
    assert both is not None
    assert both.n == 5 * 20 + 5 * 20
    before = examined(centre.series, device, KABUL, (BEGAN - 6 * DAY, BEGAN - 3 * DAY))
    assert before is not None
    assert before.n == 3 * 20


def test_a_period_is_unknown_if_nobody_counted_until_dicom_began(house: House) -> None:
    house.read("ct-1", EXAMINATIONS, 5000.0, BEGAN - 8 * DAY)
    witness(house, work("ct-1", BEGAN, 28, 20))
    device = house.site.devices["ct-1"]
    assert examined(house.series, device, KABUL, (BEGAN - 8 * DAY, BEGAN + 5 * DAY)) is None
    since = examined(house.series, device, KABUL, (BEGAN, BEGAN + 5 * DAY))
    assert since is not None
    assert since.n == 100


def test_cost_per_examination_has_data_without_typing(house: House) -> None:
    witness(house, work("ct-1", BEGAN, 28, 20))
    month = (BEGAN, BEGAN + 28 * DAY)
    with house.look() as db:
        [history] = device_histories(
            db, house.site, house.series, house.site.devices["ct-1"], [month], [], NOW
        )
    assert history.examinations is not None
    figure = formulas.cost_per_scan(
        28 * 20 * 150, history.examinations.n, history.examinations.hours
    )
    assert (figure.value, figure.n) == (1.5, 560)


def test_a_plan_by_exposures_is_due_by_what_dicom_counted(house: House) -> None:
    house.planner.round(BEGAN)
    with house.look() as db:
        before = task_rows.open_task(db, "cbct_yearly", "cbct-1")
    witness(
        house,
        work("cbct-1", BEGAN, 28, 18)
        + [
            ExposureEntry("cbct-1", b"s", b"e%d" % n, BEGAN + n * MINUTE, "report")
            for n in range(9000)
        ],
    )
    house.planner.round(NOW)
    with house.look() as db:
        after = task_rows.open_task(db, "cbct_yearly", "cbct-1")
    assert before is not None
    assert after is not None
    assert after.due_by == "use"
    assert NOW < after.due_at < NOW + 7 * DAY < before.due_at


def test_the_life_of_a_part_goes_on_from_the_machine_s_own_number(house: House) -> None:
    house.read("cbct-1", "exposures_count", 48_000.0, BEGAN)
    witness(house, work("cbct-1", BEGAN, 10, 18))
    assert latest_value(house.series, "cbct-1", "exposures_count") == 48_000 + 180
    assert latest_value(house.series, "ct-1", "exposures_count") is None


def test_the_busy_hours_are_those_in_which_it_scanned(centre: House) -> None:
    centre.read("ct-1", "mains_power_w", 5000.0, NOW - DAY)
    busy = busy_hours(centre.series, centre.site.devices["ct-1"], KABUL, NOW)
    assert busy[5, 10] == pytest.approx(100 * 20 / 60, abs=1)  # Saturday, ten o'clock
    assert busy[5, 21] == 0


def test_tube_load_and_scan_seconds_are_there_for_the_detectors(centre: House) -> None:
    latest = {(own.metric, own.component): own.value for own in centre.series.latest("ct-1")}
    assert latest["scan_seconds", "dicom"] == 28 * 20 * 8
    assert latest["scan_load_pct", "dicom"] == 0.0

"""Whatever the order, however often and wherever it was interrupted: the same counts in the store."""

import asyncio
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from collectors.dicom.common.publish import publish
from core.errors import StoreError
from core.time.clock import DAY, HOUR, MINUTE
from storage.examinations.entries import (
    Entry,
    ExposureEntry,
    OtherSeriesEntry,
    SeriesEntry,
    StepEntry,
)
from storage.examinations.ledger import Ledger
from storage.examinations.merge import moment
from tests.collectors.dicom.small_site import MemoryStore, small_site
from tests.support.examples import examples

T0 = 1_767_209_400_000  # 2026-01-01 00:00 in Kabul (+04:30), 2025-12-31 19:30 UTC
END = T0 + 5 * DAY
DEVICES = ("ct-1", "mr-1")


def series(
    study: int, number: int, at: int, *, device: str = "ct-1", images: int = 1, ended: int = 0
) -> SeriesEntry:
    return SeriesEntry(device, b"study%d" % study, b"series%d" % number, at, max(at, ended), images)


def exposure(
    study: int, event: int, at: int, witness: str = "report", kj: float | None = 1.5
) -> ExposureEntry:
    assert witness in ("report", "header")
    return ExposureEntry(
        "ct-1",
        b"study%d" % study,
        b"event%d" % event,
        at,
        "report" if witness == "report" else "header",
        scan_s=2.0,
        tube_load_kj=kj,
        dap_gy_cm2=None,
        ctdi_vol_mgy=10.0,
        dlp_mgy_cm=400.0,
    )


class House:
    """A ledger, a store, and the site between them."""

    def __init__(self, folder: Path, zone: str = "Asia/Kabul", more: str = "") -> None:
        self.site = small_site(folder, zone=zone, change=lambda text: text + more)
        self.ledger = Ledger(self.site.examinations_path)
        self.store = MemoryStore()

    def publish(self, now: int) -> None:
        asyncio.run(publish(self.site, self.ledger, self.store, now))

    def restart(self) -> None:
        self.ledger.close()
        self.ledger = Ledger(self.site.examinations_path)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_an_hour_is_published_once_and_the_running_hour_as_of_its_newest_entry(
    house: House,
) -> None:
    house.ledger.record(
        [series(1, 1, T0 + 600 * MINUTE), series(1, 2, T0 + 610 * MINUTE, images=40)]
    )
    house.publish(T0 + 615 * MINUTE)
    # 10:10 in Kabul is 05:40 UTC: hours are UTC's.
    began, newest = T0 + 570 * MINUTE, T0 + 610 * MINUTE + 1
    assert house.store.series("ct-1", "examination_count") == {began: 0, newest: 1}
    assert house.store.series("ct-1", "image_count") == {began: 0, newest: 41}
    house.publish(T0 + 640 * MINUTE)
    assert house.store.series("ct-1", "examination_count") == {began: 0, newest: 1, began + HOUR: 1}
    assert house.store.corrections == 0


def test_a_day_has_its_first_and_last_examination_busy_minutes_and_longest_gap(
    house: House,
) -> None:
    house.ledger.record(
        [
            series(1, 1, T0 + 8 * HOUR),
            series(1, 2, T0 + 8 * HOUR + 4 * MINUTE),
            series(2, 3, T0 + 9 * HOUR, ended=T0 + 9 * HOUR + 10 * MINUTE),
            series(3, 4, T0 + 15 * HOUR),
        ]
    )
    house.publish(T0 + DAY - MINUTE)
    assert house.store.series("ct-1", "busy_min") == {}
    house.publish(T0 + DAY + MINUTE)
    day = {
        metric: house.store.series("ct-1", metric)
        for metric in ("first_examination_h", "last_examination_h", "busy_min", "longest_gap_min")
    }
    assert day == {
        "first_examination_h": {T0 + DAY: 8.0},
        "last_examination_h": {T0 + DAY: 15.0},
        "busy_min": {T0 + DAY: 14.0},
        "longest_gap_min": {T0 + DAY: 350.0},
    }
    house.publish(T0 + 3 * DAY)
    house.ledger.record([series(4, 5, T0 + 2 * DAY + HOUR)])
    house.publish(T0 + 3 * DAY + HOUR)  # the next day leaves the first as it was
    assert house.store.series("ct-1", "first_examination_h") == {T0 + DAY: 8.0, T0 + 3 * DAY: 1.0}


def test_zero_is_only_meant_where_a_pacs_was_asked(house: House) -> None:
    house.ledger.record([series(1, 1, T0 + 8 * HOUR, ended=T0 + 8 * HOUR + 15 * MINUTE)])
    house.ledger.cover(["ct-1"], T0, T0 + 10 * HOUR)
    house.publish(T0 + 12 * HOUR)
    load = house.store.series("ct-1", "scan_load_pct")
    # 08:00 in Kabul is 03:30 UTC, and the hours that were asked about whole are 20:00 to 05:00 UTC.
    assert list(load.values()) == [0.0] * 7 + [25.0, 0.0]
    assert house.store.series("mr-1", "scan_load_pct") == {}


def test_a_late_study_corrects_every_later_hour_and_nothing_else(house: House) -> None:
    house.ledger.record([series(n, n, T0 + n * 2 * HOUR) for n in range(1, 5)])
    house.publish(T0 + 12 * HOUR)
    before = house.store.series("ct-1", "examination_count")
    house.ledger.record([series(9, 9, T0 + 5 * HOUR)])
    house.publish(T0 + 12 * HOUR)
    after = house.store.series("ct-1", "examination_count")
    assert {at: after[at] - before.get(at, 2) for at in after} == {
        at: at > T0 + 5 * HOUR for at in after
    }
    corrections = house.store.corrections
    house.ledger.record([series(9, 9, T0 + 5 * HOUR)])  # once more
    house.publish(T0 + 12 * HOUR)
    assert house.store.corrections == corrections
    assert house.ledger.marks()[0].since > 0  # only because the day is not over


def test_reports_stand_for_the_headers_of_their_study(house: House) -> None:
    hour = T0 + 9 * HOUR + 30 * MINUTE
    house.ledger.record([exposure(1, event, hour + event, "header", kj=5.0) for event in range(3)])
    house.publish(T0 + 12 * HOUR)
    assert list(house.store.series("ct-1", "exposures_count").values()) == [0, 3]
    house.ledger.record([exposure(1, 7, hour, kj=2.0), exposure(1, 8, hour, kj=None)])
    house.ledger.record([exposure(1, 0, hour, "header", kj=9.0)])
    house.publish(T0 + 12 * HOUR)
    assert list(house.store.series("ct-1", "exposures_count").values()) == [0, 2]
    assert list(house.store.series("ct-1", "scan_seconds").values()) == [0, 4]
    assert list(house.store.series("ct-1", "scan_load_kj").values()) == [2.0]
    house.publish(T0 + DAY)
    assert house.store.series("ct-1", "ctdi_vol_mean_mgy") == {T0 + DAY: 10.0}
    assert house.store.series("ct-1", "dose_area_product_gy_cm2") == {}  # nobody gave one


def test_an_hour_that_turns_out_to_be_another_leaves_no_load_behind(house: House) -> None:
    house.ledger.record([series(1, 1, T0 + 9 * HOUR, ended=T0 + 9 * HOUR + 20 * MINUTE)])
    house.publish(T0 + 12 * HOUR)
    assert len(house.store.series("ct-1", "scan_load_pct")) == 1
    house.ledger.record([series(1, 1, T0 + 3 * HOUR, ended=0)])  # too long to be believed now
    house.publish(T0 + 12 * HOUR)
    assert house.store.series("ct-1", "scan_load_pct") == {}


def test_what_is_older_than_raw_readings_are_kept_changes_nothing(house: House) -> None:
    house.ledger.record([series(1, 1, T0)])
    house.publish(T0 + DAY)
    before = dict(house.store.readings)
    house.ledger.record([series(2, 2, T0 - 400 * DAY)])
    house.publish(T0 + DAY)
    assert house.store.readings == before


def test_a_store_that_was_restored_from_an_older_copy_gets_again_what_it_lacks(
    house: House,
) -> None:
    house.ledger.record([series(1, 1, T0 + HOUR)])
    house.publish(T0 + DAY)
    copy = (dict(house.store.readings), dict(house.store.positions))
    house.ledger.record([series(2, 2, T0 + 2 * HOUR)])
    house.publish(T0 + 2 * DAY)
    whole = dict(house.store.readings)
    house.store.readings, house.store.positions = copy
    house.publish(T0 + 2 * DAY)
    assert house.store.readings == whole


def test_what_one_device_could_not_store_is_not_hidden_by_what_another_could(house: House) -> None:
    """Killed between the two: the number of the last publication says nothing of the one before."""
    house.ledger.record([series(1, 1, T0 + HOUR, device="mr-1")])
    house.store.refuses = StoreError("disk full")
    with pytest.raises(StoreError):
        house.publish(T0 + 2 * HOUR)
    house.ledger.record([series(2, 2, T0 + HOUR)])  # of ct-1, whose turn comes first
    house.store.refuses, house.store.refuses_device = None, "mr-1"
    with pytest.raises(StoreError):
        house.publish(T0 + 2 * HOUR)
    house.store.refuses_device = ""
    house.restart()
    house.publish(T0 + 2 * HOUR)
    assert list(house.store.series("mr-1", "examination_count").values()) == [0, 1]
    assert list(house.store.series("ct-1", "examination_count").values()) == [0, 1]


def test_a_step_over_midnight_is_of_both_days_also_where_the_first_was_published_before(
    house: House,
) -> None:
    began, ended = T0 + DAY - HOUR, T0 + DAY + 3 * HOUR
    house.ledger.record(
        [series(1, 1, T0), StepEntry("ct-1", b"study1", b"step1", "completed", began, ended)]
    )
    house.publish(T0 + 33 * HOUR)
    house.publish(T0 + 3 * DAY)
    assert house.store.series("ct-1", "busy_min") == {T0 + DAY: 60.0, T0 + 2 * DAY: 180.0}
    assert house.store.series("ct-1", "last_examination_h")[T0 + 2 * DAY] == 3.0


def test_a_counter_stood_still_before_an_hour_of_which_nothing_was_known(house: House) -> None:
    """Midnight in Kabul lies in the middle of an hour of UTC, from whose beginning on is asked."""
    house.ledger.record([series(1, 1, T0), series(2, 2, T0 + 25 * HOUR)])
    house.publish(T0 + 33 * HOUR)
    house.ledger.record([series(2, 2, T0 + DAY)])  # began earlier
    house.publish(T0 + 34 * HOUR)
    counts = house.store.series("ct-1", "examination_count")
    hour = T0 + DAY - 30 * MINUTE
    assert [counts[hour], counts[hour + HOUR]] == [1, 2]


def test_before_the_first_sign_of_a_count_it_is_not_zero_but_unknown(house: House) -> None:
    """Else the answer for an hour would hang on what is told of a later one."""
    house.ledger.record([exposure(1, 1, T0)])
    house.publish(T0 + 33 * HOUR)
    house.ledger.cover(["ct-1"], T0 + DAY, T0 + DAY + 2 * HOUR)
    house.publish(T0 + 34 * HOUR)
    asked_whole = T0 + DAY + 30 * MINUTE
    assert min(house.store.series("ct-1", "series_count")) == asked_whole
    assert min(house.store.series("ct-1", "exposures_count")) == T0 - 30 * MINUTE
    assert house.store.corrections == 0


def test_days_follow_the_wall_clock_through_summer_time(tmp_path: Path) -> None:
    house = House(tmp_path, "Europe/Berlin")
    spring = 1_774_738_800_000  # 2026-03-29 00:00 there: a day of 23 hours
    house.ledger.record([series(1, 1, spring + 9 * HOUR), series(2, 2, spring + 24 * HOUR)])
    house.publish(spring + 3 * DAY)
    assert house.store.series("ct-1", "first_examination_h") == {
        spring + 23 * HOUR: 9.0,
        spring + 47 * HOUR: 1.0,
    }


moments = st.integers(T0, T0 + 3 * DAY)
few = st.integers(0, 4)
entries = st.one_of(
    st.builds(
        lambda device, study, number, at, length, images: series(
            study, number + 10 * study, at, device=device, images=images, ended=at + length
        ),
        *(
            st.sampled_from(DEVICES),
            few,
            few,
            moments,
            st.sampled_from([0, 5 * MINUTE, 90 * MINUTE]),
        ),
        st.integers(1, 500),
    ),
    st.builds(
        lambda study, event, at, witness: exposure(study, event + 10 * study, at, witness),
        *(few, few, moments, st.sampled_from(["report", "header"])),
    ),
    st.builds(
        lambda study, at, minutes: StepEntry(
            "ct-1", b"study%d" % study, b"step%d" % study, "completed", at, at + minutes * MINUTE
        ),
        *(few, moments, st.integers(0, 300)),
    ),
)
what_happens = st.lists(
    st.one_of(
        st.lists(entries, min_size=1, max_size=4),
        st.sampled_from(["publish", "refused", "killed", "restart"]),
        st.tuples(moments, moments),
    ),
    max_size=12,
)


@examples(50, [HealthCheck.too_slow])
@given(what_happens)
def test_the_store_is_right_whatever_happened_on_the_way(story: list[object]) -> None:
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        house, orderly = House(Path(folder)), House(Path(other))
        witnessed: list[Entry] = []
        now = T0
        for step in story:
            now += 11 * HOUR
            if isinstance(step, list):
                witnessed += step
                house.ledger.record(step)
                house.ledger.record(reversed(step))
            elif isinstance(step, tuple):
                start, end = sorted(step)
                for each in (house, orderly):
                    each.ledger.cover(DEVICES, start, end)
            else:
                _interrupted(house, str(step), now)
        house.store.refuses = None
        house.publish(END)
        orderly.ledger.record(sorted(witnessed, key=moment))
        orderly.publish(END)
        _compare(house.store, orderly.store)
        _count_again(house.store, witnessed)
        house.ledger.close()
        orderly.ledger.close()


def _interrupted(house: House, step: str, now: int) -> None:
    if step == "restart":
        house.restart()
        return
    house.store.refuses = None if step == "publish" else StoreError("full")
    house.store.forgets = step == "killed"
    try:
        house.publish(now)
    except StoreError:
        house.restart()


def _compare(store: MemoryStore, orderly: MemoryStore) -> None:
    """All that an undisturbed run gives is there; beside it only counters, at moments of their own."""
    assert {key: store.readings.get(key) for key in orderly.readings} == orderly.readings
    extra = {metric for device, metric, at in store.readings.keys() - orderly.readings.keys()}
    assert all(metric.endswith(("_count", "_seconds")) for metric in extra)


def _count_again(store: MemoryStore, witnessed: Iterable[Entry]) -> None:
    """Each reading of examinations, by counting what was witnessed of."""
    began: dict[tuple[str, bytes], int] = {}
    for entry in witnessed:
        key = (entry.device, entry.study)
        began[key] = min(began.get(key, END), moment(entry))
    for (device, metric, at), value in store.readings.items():
        if metric == "examination_count":
            assert value == sum(own == device and when < at for (own, _), when in began.items())


def totals(house: House, metric: str = "examination_count") -> dict[int, float]:
    return house.store.series("ct-1", metric)


def test_a_report_series_is_an_examination_and_no_series_also_where_it_was_counted_as_one(
    house: House,
) -> None:
    house.ledger.record([series(1, 1, T0 + HOUR), series(2, 2, T0 + 2 * HOUR)])
    house.publish(T0 + 6 * HOUR)
    assert max(totals(house, "series_count").values()) == 2
    report = OtherSeriesEntry("ct-1", b"study2", b"series2", T0 + 2 * HOUR)
    another = OtherSeriesEntry("ct-1", b"study3", b"series3", T0 + 3 * HOUR)
    house.ledger.record([report, another], are_archived=True)
    house.publish(T0 + 6 * HOUR)
    assert max(totals(house, "series_count").values()) == 1
    assert max(totals(house, "examination_count").values()) == 3


def test_the_ledger_stays_as_small_as_what_can_be_corrected_and_its_counts_stay(
    house: House,
) -> None:
    began = [T0 + day * DAY + 9 * HOUR for day in range(130)]
    for day, at in enumerate(began):
        house.ledger.record([series(day, day, at), exposure(day, day, at)])
        house.publish(at + 5 * HOUR)
    work = house.ledger.work("ct-1", 0)
    assert 85 <= len(work.series) == len(work.exposures) <= 95  # raw readings are kept for 90 days
    assert len(work.published) < 100 * 25
    newest = max(totals(house))
    assert totals(house)[newest] == 130
    house.restart()
    house.ledger.record([series(200, 200, began[-1] + HOUR), exposure(200, 200, began[-1] + HOUR)])
    house.publish(began[-1] + 6 * HOUR)
    assert max(totals(house).values()) == 131
    assert totals(house)[newest] == 130
    assert max(totals(house, "exposures_count").values()) == 131
    assert [event.kind for event in house.store.events] == []


def test_what_is_older_than_the_ledger_is_said_and_not_counted_twice(house: House) -> None:
    began = [T0 + day * DAY + 9 * HOUR for day in range(0, 130, 10)]
    for day, at in enumerate(began):
        house.ledger.record([series(day, day, at), exposure(day, day, at)])
        house.publish(at + 5 * HOUR)
    before = dict(totals(house))
    again: list[Entry] = [
        series(0, 0, began[0], images=50),
        exposure(0, 0, began[0]),
        series(99, 99, began[0]),
    ]
    house.ledger.record(again)
    house.publish(began[-1] + 6 * HOUR)
    assert totals(house) == before
    [event] = house.store.events
    assert (event.kind, event.device, event.quality) == ("late_examinations", "ct-1", "good")
    assert event.text.endswith("not counted: 3")
    house.publish(began[-1] + 7 * HOUR)
    assert len(house.store.events) == 1
    # A study of before that is looked at once more today is no new examination.
    house.ledger.record([series(0, 300, began[-1] + HOUR)])
    house.publish(began[-1] + 7 * HOUR)
    assert max(totals(house).values()) == len(began)
    assert max(totals(house, "series_count").values()) == len(began) + 1


def test_a_site_that_keeps_raw_readings_for_ever_keeps_its_ledger(tmp_path: Path) -> None:
    house = House(tmp_path, more="retention: {raw: null, minutes: null}\n")
    for day in (0, 400):
        house.ledger.record([series(day, day, T0 + day * DAY)])
        house.publish(T0 + day * DAY + HOUR)
    assert len(house.ledger.work("ct-1", 0).series) == 2

"""From stored readings of a plug to stored readings of use, round by round."""

import asyncio
import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import cast

import pytest

from benchmarks.plug.recording import FIRST_MIDNIGHT, Recording
from benchmarks.plug.scanners import Meter, recorded
from collectors.plug_use import model as models
from collectors.plug_use.metrics import EXAMINATIONS
from collectors.plug_use.source import DELAY, PlugUseSource, can_be_read
from core.readings import Batch
from core.schema.site import Site
from core.time.clock import DAY, HOUR, MINUTE
from storage.series import SeriesReader, SeriesWriter
from tests.collectors.plug_use.small_plug import (
    DEVICE,
    TWIN,
    collect,
    counts,
    dicom_counts,
    dicom_work,
    hour_of_day,
    plug_readings,
    small_site,
    store,
)

TAUGHT = 9  # days with a PACS
NOON = hour_of_day(TAUGHT + 2, 12)


@cache
def recording(seed: int = 3) -> Recording:
    return recorded("mammography", seed, TAUGHT + 3, Meter(step_w=1))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return small_site(tmp_path)


def begun(seed: int, until: int, since: int = 0) -> int:
    return int(
        ((recording(seed).examinations >= since) & (recording(seed).examinations < until)).sum()
    )


def each_hour(begin: int, end: int) -> range:
    return range(begin + DELAY, end + DELAY, HOUR)


def test_the_days_without_a_pacs_are_counted_as_they_were(site: Site) -> None:
    taught_until = FIRST_MIDNIGHT + TAUGHT * DAY
    store(site, plug_readings(recording(), DEVICE, 0, NOON))
    store(site, dicom_counts(recording(), DEVICE, 0, taught_until))
    first = hour_of_day(TAUGHT, 0)
    assert collect(site, each_hour(first, NOON)) == ""
    points = dict(counts(site, DEVICE))
    seen = points[hour_of_day(TAUGHT + 2, 11)] - points[first]
    truth = begun(3, hour_of_day(TAUGHT + 2, 11), first)
    assert truth > 40
    assert seen == pytest.approx(truth, rel=0.1)
    assert not counts(site, TWIN)


def test_load_and_busy_time_are_read_beside_the_count(site: Site) -> None:
    taught_until = FIRST_MIDNIGHT + TAUGHT * DAY
    store(site, plug_readings(recording(), DEVICE, 0, NOON))
    store(site, dicom_counts(recording(), DEVICE, 0, taught_until))
    store(site, dicom_work(recording(), DEVICE, taught_until))
    collect(site, [NOON - HOUR + DELAY])
    series = SeriesReader(site.series_path)

    def by_plug(metric: str) -> dict[int, float]:
        rows = series.readings(DEVICE, metric, FIRST_MIDNIGHT)
        return {row.at: row.value for row in rows if row.component == "plug"}

    first, last = hour_of_day(TAUGHT + 1, 0), hour_of_day(TAUGHT + 2, 0)
    loads = [value for at, value in by_plug("scan_load_kj").items() if first < at <= last]
    made = (recording().load_at >= first) & (recording().load_at < last)
    assert len(loads) == 24
    assert sum(loads) == pytest.approx(recording().load[made].sum(), rel=0.1)
    midnight = FIRST_MIDNIGHT + (TAUGHT + 2) * DAY
    examinations = begun(3, midnight, midnight - DAY)
    assert by_plug("busy_min")[midnight] == pytest.approx(5 * examinations, rel=0.15)
    assert set(by_plug("unarchived_examination_count")) == set()  # the PACS was not asked


def test_what_the_pacs_lacks_is_said_while_it_is_asked(site: Site) -> None:
    """From noon of the last day but one nothing reaches it, and it goes on saying so each hour."""
    lost_since = hour_of_day(TAUGHT + 1, 3)
    archived = dicom_counts(recording(), DEVICE, 0, lost_since)
    standing = [
        archived[-1]._replace(at=at) for at in range(archived[-1].at + HOUR, NOON + HOUR, HOUR)
    ]
    store(site, plug_readings(recording(), DEVICE, 0, NOON))
    store(site, [*archived, *standing])
    collect(site, [lost_since - HOUR + DELAY, NOON - 3 * HOUR + DELAY])
    rows = SeriesReader(site.series_path).readings(DEVICE, "unarchived_examination_count", 0)
    assert [row.at for row in rows] == [lost_since - HOUR, NOON - 3 * HOUR]
    missing = begun(3, rows[1].at, rows[1].at - DAY) - begun(3, lost_since, rows[1].at - DAY)
    assert rows[0].value == 0
    assert rows[1].value == pytest.approx(missing, rel=0.15)


def test_a_twin_without_a_pacs_is_read_by_what_the_first_has_taught(site: Site) -> None:
    store(site, plug_readings(recording(3), DEVICE, 0, NOON))
    store(site, dicom_counts(recording(3), DEVICE))
    store(site, plug_readings(recording(4), TWIN, FIRST_MIDNIGHT + (TAUGHT - 1) * DAY, NOON))
    collect(site, each_hour(hour_of_day(TAUGHT + 1, 0), NOON))
    points = dict(counts(site, TWIN))
    first, last = hour_of_day(TAUGHT, 0), hour_of_day(TAUGHT + 2, 11)
    assert points[last] - points[first] == pytest.approx(begun(4, last, first), rel=0.12)
    model = models.best(site, site.devices[TWIN])
    assert model is not None
    assert model.learned_from == DEVICE
    assert models.best(site, site.devices["ct-1"]) is None  # of another profile


def test_without_any_pacs_there_are_no_numbers(site: Site) -> None:
    store(site, plug_readings(recording(), DEVICE, 0, NOON))
    assert collect(site, [NOON + DELAY]) == ""
    assert counts(site, DEVICE) == []
    assert models.load(site, DEVICE) is None


def test_an_empty_store_and_an_empty_morning_say_nothing(site: Site) -> None:
    store(site, [])
    assert collect(site, [NOON, NOON + DAY]) == ""
    assert counts(site, DEVICE) == []


def learned_site(site: Site) -> None:
    """A model, made of the days before and nothing else stored."""
    store(site, plug_readings(recording(), DEVICE, 0, FIRST_MIDNIGHT + TAUGHT * DAY))
    store(site, dicom_counts(recording(), DEVICE, 0, FIRST_MIDNIGHT + TAUGHT * DAY))
    collect(site, [FIRST_MIDNIGHT + (TAUGHT + 1) * DAY + 2 * HOUR])


def test_messages_that_come_late_correct_what_followed(site: Site) -> None:
    learned_site(site)
    begin, end = hour_of_day(TAUGHT + 1, 8), hour_of_day(TAUGHT + 1, 11)
    day = plug_readings(recording(), DEVICE, FIRST_MIDNIGHT + TAUGHT * DAY, NOON)
    store(site, [reading for reading in day if not begin <= reading.at < end])
    collect(site, each_hour(NOON - HOUR, NOON))
    without = dict(counts(site, DEVICE))
    store(site, [reading for reading in day if begin <= reading.at < end])
    collect(site, [NOON + DELAY + HOUR])
    late = dict(counts(site, DEVICE))
    at = hour_of_day(TAUGHT + 1, 12)
    missed = begun(3, end, begin)
    assert missed > 4
    assert late[at] - without[at] == pytest.approx(missed, abs=2)
    newest = SeriesReader(site.series_path).readings(DEVICE, EXAMINATIONS, at)
    assert {own.quality for own in newest if own.component == "plug" and own.at == at} == {
        "corrected"
    }


def test_hour_by_hour_and_all_at_once_count_the_same(site: Site, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = small_site(tmp_path / "other")
    for own, moments in (
        (site, each_hour(hour_of_day(TAUGHT + 1, 6), NOON)),
        (other, [hour_of_day(TAUGHT + 1, 6) + DELAY, NOON - HOUR + DELAY]),
    ):
        learned_site(own)
        store(own, plug_readings(recording(), DEVICE, FIRST_MIDNIGHT + TAUGHT * DAY, NOON))
        collect(own, moments)
    assert counts(site, DEVICE) == counts(other, DEVICE)


def test_a_plug_that_now_reads_each_minute_waits_until_that_is_learned(site: Site) -> None:
    learned_site(site)
    slow = recorded("mammography", 3, TAUGHT + 3, Meter(every_s=60))
    before = counts(site, DEVICE)
    store(site, plug_readings(slow, DEVICE, FIRST_MIDNIGHT + (TAUGHT + 1) * DAY, NOON))
    collect(site, each_hour(NOON - HOUR, NOON))
    assert counts(site, DEVICE) == before


def test_a_model_that_is_damaged_is_learned_anew(site: Site) -> None:
    learned_site(site)
    path = models.model_path(site, DEVICE)
    for content in (b"", b'{"learned_at": 1}', path.read_bytes()[:100], b"\xff\x00"):
        path.write_bytes(content)
        assert models.load(site, DEVICE) is None
        collect(site, [hour_of_day(TAUGHT + 1, 6) + DELAY])
        assert models.load(site, DEVICE) is not None


def test_a_model_that_cannot_be_kept_stops_no_other_device(site: Site) -> None:
    store(site, plug_readings(recording(), DEVICE, 0, NOON))
    store(site, dicom_counts(recording(), DEVICE))
    collect(site, [NOON - HOUR + DELAY])
    before = counts(site, DEVICE)
    path = models.model_path(site, TWIN)
    path.parent.write_text("no folder")
    store(site, plug_readings(recording(4), TWIN, 0, NOON))
    store(site, dicom_counts(recording(4), TWIN))
    assert "mg-2" in collect(site, [NOON + DELAY])
    assert len(counts(site, DEVICE)) > len(before)


def test_whoever_is_learning_when_it_is_stopped_ends_at_once_and_keeps_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_learning = threading.Event()

    def endless(*_: object) -> str:
        is_stopping = cast(Callable[[], bool], _[3])
        is_learning.set()
        while not is_stopping():
            time.sleep(0.01)
        return "half learned"

    async def story() -> None:
        source = PlugUseSource(site, [site.devices[DEVICE]], NoSink(), lambda: NOON)
        running = asyncio.create_task(source.run())
        await asyncio.to_thread(is_learning.wait, 60)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    monkeypatch.setattr("collectors.plug_use.source.learn_now", endless)
    asyncio.run(story())  # waits for its threads
    assert models.load(site, DEVICE) is None


class NoSink:
    async def append(self, batch: Batch) -> None:
        raise AssertionError("nothing is known")

    def position(self, key: str) -> str | None:
        return None


@pytest.mark.servers
def test_killed_before_or_after_any_commit_it_counts_each_examination_once(
    site: Site, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    whole = small_site(tmp_path / "other")
    moments = each_hour(NOON - 5 * HOUR, NOON)
    for own in (site, whole):
        learned_site(own)
        store(own, plug_readings(recording(), DEVICE, NOON - DAY, NOON))
    for commits in (0, 1, 1, 0, 2):
        assert is_killed(site, moments, commits, is_before=commits != 1)
    for own in (site, whole):
        collect(own, moments)
    assert counts(site, DEVICE) == counts(whole, DEVICE)


def is_killed(site: Site, moments: range, commits: int, *, is_before: bool) -> bool:
    """Collect in a process that is killed just before or after it stored for the n-th time."""
    child = os.fork()
    if child == 0:
        left, append = commits, SeriesWriter.append

        def counted(writer: SeriesWriter, batches: Sequence[Batch]) -> None:
            nonlocal left
            if is_before and left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            append(writer, batches)
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

        warnings.simplefilter("ignore")
        SeriesWriter.append = counted  # type: ignore[assignment,method-assign]
        collect(site, moments)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_no_device_with_a_plug_means_no_loop(site: Site) -> None:
    assert can_be_read(site.devices[DEVICE])
    assert not can_be_read(site.devices["switch-1"])
    assert MINUTE < DELAY

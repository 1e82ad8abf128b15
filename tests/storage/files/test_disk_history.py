"""When the disk will be full, from how its free room has changed; nothing is made up where that is unknown."""

from pathlib import Path

import pytest

from core.time.clock import DAY, HOUR
from storage.files.disk_history import (
    EVERY,
    FILE,
    MOST,
    DiskPace,
    DiskSample,
    history,
    note_disk,
    pace,
)

T0 = 1_795_000_000_000
GB = 1_000_000_000


def week(daily: int, *, days: int = 7, free: int = 100 * GB) -> list[DiskSample]:
    """Every six hours, losing so many bytes a day."""
    times = range(0, days * DAY + 1, EVERY)
    return [DiskSample(T0 + at, free - daily * at // DAY, 200 * GB) for at in times]


def pace_of(samples: list[DiskSample]) -> DiskPace | None:
    return pace(samples[:-1], samples[-1])


def test_a_disk_that_loses_two_gigabytes_a_day_has_so_many_days_left() -> None:
    daily = pace_of(week(2 * GB))
    assert daily == DiskPace(2 * GB, 7 * DAY)
    assert daily.days_left(86 * GB) == 43


def test_what_was_deleted_once_or_gained_once_is_no_pace() -> None:
    samples = week(2 * GB, days=14)
    half = len(samples) // 2
    samples[half:] = [sample._replace(free=sample.free + 50 * GB) for sample in samples[half:]]
    assert pace_of(samples) is not None
    upset = week(2 * GB)
    upset[10] = upset[10]._replace(free=1)
    assert pace_of(upset) == DiskPace(2 * GB, 7 * DAY)


def test_a_disk_that_does_not_shrink_is_never_full() -> None:
    daily = pace_of(week(0))
    assert daily is not None
    assert daily.days_left(GB) is None
    gains = pace_of(week(-GB))
    assert gains is not None
    assert gains.days_left(GB) is None


@pytest.mark.parametrize(
    "samples",
    [
        week(GB, days=0),
        week(GB, days=1),
        [*week(GB), DiskSample(T0 + 8 * DAY, 5 * GB, 400 * GB)],  # another disk
        [*week(GB), DiskSample(T0 - 300 * DAY, 5 * GB, 200 * GB)],  # the clock was set back
    ],
)
def test_what_was_seen_for_too_short_a_time_gives_no_pace(samples: list[DiskSample]) -> None:
    assert pace_of(samples) is None


def test_samples_are_kept_for_a_month_and_those_of_a_time_to_come_go(tmp_path: Path) -> None:
    for step in range(MOST + 5):
        note_disk(tmp_path, T0 + step * EVERY)
    assert len(history(tmp_path)) == MOST
    note_disk(tmp_path, T0 + 10 * EVERY)
    assert [sample.at for sample in history(tmp_path)][-1] == T0 + 10 * EVERY
    assert history(tmp_path)[-1].total > history(tmp_path)[-1].free > 0


@pytest.mark.parametrize("text", ["", "[[1, 2", '[["a", 2, 3]]', "{}", "[[1, 2]]"])
def test_a_history_that_cannot_be_read_begins_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert history(tmp_path) == []
    note_disk(tmp_path, T0 + HOUR)
    assert len(history(tmp_path)) == 1

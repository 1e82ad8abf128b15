"""The first and the last few values of a series, in blocks, in the tail and where only minutes are left."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.readings import Batch, Reading
from core.schema.storage import Retention
from core.time.clock import DAY, HOUR
from core.vocabulary.readings import Quality
from storage.series import SeriesReader, SeriesWriter

T0 = 1_760_000_400_000 // DAY * DAY
NAME = ("ct-1", "water", "")
FOREVER = 1 << 60


class Phantom:
    def __init__(self, folder: Path) -> None:
        self.writer = SeriesWriter(folder / "series.db")
        self.reader = SeriesReader(folder / "series.db")

    def store(self, value: float, at: int, quality: Quality = "good", part: str = "") -> None:
        self.writer.append([Batch([Reading("ct-1", "water", value, at, part, quality)])])

    def compact(self) -> None:
        while self.writer.compact(everything=True):
            pass

    def first(self, count: int, start: int = 0, end: int = FOREVER) -> list[float]:
        values = self.reader.some_values(NAME, start, end, count, is_first=True)
        return [own.value for own in values]

    def last(self, count: int, start: int = 0, end: int = FOREVER) -> list[float]:
        values = self.reader.some_values(NAME, start, end, count, is_first=False)
        return [own.value for own in values]


@pytest.fixture
def phantom(tmp_path: Path) -> Iterator[Phantom]:
    phantom = Phantom(tmp_path)
    yield phantom
    phantom.writer.close()


@pytest.mark.parametrize("compacted", [0, 4, 10])
def test_they_are_the_same_wherever_they_lie(phantom: Phantom, compacted: int) -> None:
    for n in range(10):
        phantom.store(n, T0 + n * 12 * HOUR)
        phantom.store(-n, T0 + n * 12 * HOUR, part="other")
        if n + 1 == compacted:
            phantom.compact()
    assert phantom.first(3) == [0, 1, 2]
    assert phantom.last(3) == [7, 8, 9]
    assert phantom.last(100) == phantom.first(100) == list(range(10))
    start, end = T0 + 2 * 12 * HOUR, T0 + 6 * 12 * HOUR  # the end is not part of it
    assert (phantom.first(3, start, end), phantom.last(3, start, end)) == ([2, 3, 4], [3, 4, 5])
    assert phantom.first(3, end, start) == []
    unknown = ("ct-1", "water", "no")
    assert phantom.reader.some_values(unknown, 0, FOREVER, 5, is_first=True) == []


def test_what_was_put_right_or_withdrawn_is_as_it_is_now(phantom: Phantom) -> None:
    for n in range(5):
        phantom.store(n, T0 + n * DAY)
    phantom.compact()
    phantom.store(9, T0 + 1 * DAY)  # a second time: the first counts
    phantom.store(7, T0 + 2 * DAY, "corrected")
    phantom.store(3, T0 + 3 * DAY, "withdrawn")
    assert phantom.first(10) == [0, 1, 7, 4]
    phantom.compact()
    assert phantom.last(10) == [0, 1, 7, 4]


def test_where_only_minutes_are_left_their_means_stand_for_the_readings(phantom: Phantom) -> None:
    for n in range(4):
        phantom.store(n, T0 + n * DAY + 5_000)
        phantom.store(n + 1, T0 + n * DAY + 6_000)
    phantom.compact()
    now = T0 + 4 * DAY
    keep = Retention.model_validate({"raw": "2d", "minutes": "30d", "hours": "60d"})
    while phantom.writer.apply_retention(keep, now):
        pass
    assert phantom.first(3)[0] == 0.5
    assert phantom.last(2) == [3, 4]
    assert phantom.last(100)[-2:] == [3, 4]
    assert len(phantom.first(100)) < 8


def test_all_values_of_many_series_come_in_the_order_of_time(phantom: Phantom) -> None:
    for n in range(4):
        phantom.store(n, T0 + n * HOUR)
        phantom.store(-n, T0 + n * HOUR + 1, part="other")
        phantom.store(99, T0 + n * HOUR, part="unasked")
    phantom.store(7, T0 + 2 * HOUR, "corrected")
    phantom.store(3, T0 + 3 * HOUR, "withdrawn")
    for _ in range(2):  # from the tail, then from blocks
        stored = phantom.reader.values([NAME, ("ct-1", "water", "other")], T0, T0 + 3 * HOUR + 1)
        assert [(row.value, row.quality) for row in stored.readings] == [
            (0, "good"), (0, "good"), (1, "good"), (-1, "good"), (7, "good"), (-2, "good"),
        ]  # fmt: skip
        assert stored.level == "raw"
        phantom.compact()
    assert phantom.reader.values([], T0, T0 + DAY) == ([], "raw")


@pytest.mark.parametrize(
    ("days", "level", "values"), [(4, "minutes", [1, 2.5]), (40, "hours", [1.75])]
)
def test_means_stand_for_what_has_been_dropped(
    days: int, level: str, values: list[float], phantom: Phantom
) -> None:
    for n in range(4):
        phantom.store(n * 2 % 5, T0 + n * 30_000)
    phantom.compact()
    keep = Retention.model_validate({"raw": "2d", "minutes": "30d", "hours": "60d"})
    while phantom.writer.apply_retention(keep, T0 + days * DAY):
        pass
    stored = phantom.reader.values([NAME], T0, T0 + DAY)
    assert stored.level == level
    assert [row.value for row in stored.readings] == values

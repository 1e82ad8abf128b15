"""What a person typed wrongly is put right in everything that reads the series, whatever was compacted."""

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.readings import Batch, Reading
from core.schema.storage import Retention
from core.time.clock import DAY, HOUR, MINUTE
from core.vocabulary.readings import Quality
from storage.series import SeriesReader, SeriesWriter
from storage.series.salvage import salvage
from tests.support.examples import seeds

T0 = 1_760_000_400_000 // DAY * DAY
NAME = ("ct-1", "exposures", "")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "series.db"


@pytest.fixture
def writer(path: Path) -> Iterator[SeriesWriter]:
    writer = SeriesWriter(path)
    yield writer
    writer.close()


def typed(value: float, at: int, quality: Quality = "good") -> Reading:
    return Reading("ct-1", "exposures", value, at, "", quality)


def store(writer: SeriesWriter, *readings: Reading, compacted: bool = False) -> None:
    writer.append([Batch(list(readings))])
    while compacted and writer.compact(everything=True):
        pass


def seen(path: Path) -> tuple[object, ...]:
    """All that anybody can see of the series but how much it is trusted."""
    series = SeriesReader(path)
    end = T0 + 5 * DAY
    curves = [series.range(*NAME, T0, end, points) for points in (100, 3, 1)]
    return (
        [(reading.value, reading.at) for reading in series.latest()],
        [(reading.value, reading.at) for reading in series.latest("ct-1", T0 + 30 * HOUR)],
        [(reading.value, reading.at) for reading in series.readings("ct-1", "exposures", T0)],
        *(curve.points for curve in curves),
        series.grid([NAME], T0, end, HOUR)[NAME].tolist(),
    )


def only(folder: Path, *readings: Reading) -> tuple[object, ...]:
    """What is seen where nothing but these was ever stored."""
    folder.mkdir()
    with closing(SeriesWriter(folder / "series.db")) as writer:
        store(writer, typed(0, T0), compacted=True)  # the series is known
        store(writer, *readings, compacted=True)
    return seen(folder / "series.db")


RIGHT = [typed(100.0 + hour, T0 + hour * HOUR) for hour in range(0, 48, 6)]
WRONG_AT = T0 + 18 * HOUR


@pytest.mark.parametrize("compacted", [(False, False), (True, False), (False, True), (True, True)])
@pytest.mark.parametrize("wrong_at", [WRONG_AT, T0 + 42 * HOUR])
def test_a_correction_is_as_if_the_right_number_had_been_typed(
    writer: SeriesWriter, path: Path, tmp_path: Path, compacted: tuple[bool, bool], wrong_at: int
) -> None:
    right = [typed(0, T0), *RIGHT[1:]]
    first = [typed(9e6, r.at) if r.at == wrong_at else r for r in right]
    [correct] = [r for r in right if r.at == wrong_at]
    store(writer, *first, compacted=compacted[0])
    store(writer, correct._replace(quality="corrected"), compacted=compacted[1])
    assert seen(path) == only(tmp_path / "right", *right)
    store(writer, *first, compacted=True)  # stored once more: killed before it was marked
    assert seen(path) == only(tmp_path / "again", *right)


@pytest.mark.parametrize("compacted", [(False, False), (True, False), (False, True), (True, True)])
@pytest.mark.parametrize("wrong_at", [WRONG_AT, T0 + 42 * HOUR])
def test_what_is_withdrawn_is_as_if_it_had_never_been_typed(
    writer: SeriesWriter, path: Path, tmp_path: Path, compacted: tuple[bool, bool], wrong_at: int
) -> None:
    right = [typed(0, T0), *(r for r in RIGHT[1:] if r.at != wrong_at)]
    store(writer, *right, typed(9e6, wrong_at), compacted=compacted[0])
    store(writer, typed(9e6, wrong_at, "withdrawn"), compacted=compacted[1])
    assert seen(path) == only(tmp_path / "right", *right)
    store(writer, typed(9e6, wrong_at), compacted=True)
    assert seen(path) == only(tmp_path / "again", *right)


def test_the_last_revision_counts_and_a_withdrawn_reading_may_come_back(
    writer: SeriesWriter, path: Path
) -> None:
    at = T0 + HOUR
    store(writer, typed(1, at), typed(2, at, "corrected"), typed(3, at, "corrected"))
    assert [reading.value for reading in SeriesReader(path).latest()] == [3]
    store(writer, typed(3, at, "withdrawn"), compacted=True)
    assert SeriesReader(path).latest() == []
    assert SeriesReader(path).range(*NAME, T0, T0 + DAY, 1).points == []
    assert SeriesReader(path).range(*NAME, T0, T0 + DAY, 100).points == []
    store(writer, typed(4, at, "corrected"), compacted=True)
    assert SeriesReader(path).latest() == [typed(4, at, "corrected")]
    assert [p.high for p in SeriesReader(path).range(*NAME, T0, T0 + DAY, 1).points] == [4]


def test_a_day_of_which_all_is_withdrawn_hides_no_other_day(
    writer: SeriesWriter, path: Path
) -> None:
    store(writer, typed(1, T0), typed(2, T0 + DAY), typed(3, T0 + 2 * DAY), compacted=True)
    store(writer, typed(2, T0 + DAY, "withdrawn"), compacted=True)
    keep = Retention.model_validate({"raw": "2d", "minutes": None})
    for hour in range(3):
        while writer.apply_retention(keep, T0 + 20 * DAY + hour * HOUR):
            pass
    for points in (1000, 48, 3):
        curve = SeriesReader(path).range(*NAME, T0, T0 + 3 * DAY, points)
        assert [point.mean for point in curve.points] == [1, 3], curve.level


def test_a_withdrawn_reading_is_not_in_the_minutes_that_are_left_of_a_day(
    writer: SeriesWriter, path: Path
) -> None:
    store(writer, typed(1, T0), typed(9, T0 + MINUTE), typed(2, T0 + HOUR), compacted=True)
    store(writer, typed(9, T0 + MINUTE, "withdrawn"), typed(3, T0 + HOUR, "corrected"))
    while writer.compact(everything=True):
        pass
    keep = Retention.model_validate({"raw": "1d", "minutes": None})
    for hour in range(2):
        while writer.apply_retention(keep, T0 + 9 * DAY + hour * HOUR):
            pass
    points = SeriesReader(path).range(*NAME, T0, T0 + DAY, 1440).points
    assert [(point.at, point.mean) for point in points] == [(T0, 1), (T0 + HOUR, 3)]


def test_who_follows_the_journal_sees_every_revision(writer: SeriesWriter, path: Path) -> None:
    revisions = [typed(1, T0), typed(2, T0, "corrected"), typed(2, T0, "withdrawn")]
    for revision in revisions:
        store(writer, revision, compacted=True)
    assert SeriesReader(path).since(0).readings == revisions


def test_salvage_brings_back_no_withdrawn_reading(
    writer: SeriesWriter, path: Path, tmp_path: Path
) -> None:
    store(writer, typed(1, T0), typed(2, T0 + DAY), compacted=True)
    store(writer, typed(2, T0 + DAY, "withdrawn"), typed(5, T0, "corrected"), compacted=True)
    writer.close()
    salvage(path, tmp_path / "new.db")
    assert [reading.value for reading in SeriesReader(tmp_path / "new.db").latest()] == [5]


@pytest.mark.parametrize("seed", seeds(20))
def test_any_order_of_typing_correcting_compacting_and_restarting(path: Path, seed: int) -> None:
    chance = random.Random(seed)
    known, revised = dict[int, float](), set[int]()
    writer = SeriesWriter(path)
    for _ in range(120):
        at = T0 + chance.randrange(60) * HOUR
        value = float(chance.randrange(1000))
        match chance.randrange(6):
            case 0 | 1:
                store(writer, typed(value, at))
                if at not in revised:
                    known.setdefault(at, value)
            case 2:
                store(writer, typed(value, at, "corrected"))
                known[at] = value
                revised.add(at)
            case 3:
                store(writer, typed(value, at, "withdrawn"))
                known.pop(at, None)
                revised.add(at)
            case 4:
                for _ in range(chance.randrange(8)):
                    writer.compact(everything=True)
            case 5:
                writer.close()
                writer = SeriesWriter(path)
        _check(path, known)
    while writer.compact(everything=True):
        pass
    writer.close()
    _check(path, known)


def _check(path: Path, known: dict[int, float]) -> None:
    series, end = SeriesReader(path), T0 + 4 * DAY
    in_order = sorted(known.items())
    raw = [(r.at, r.value) for r in series.readings("ct-1", "exposures", T0)]
    latest = [(reading.at, reading.value) for reading in series.latest()]
    hours = [(p.at, p.high) for p in series.range(*NAME, T0, end, 6).points]
    assert (raw, latest) == (in_order, in_order[-1:])
    days = {at // DAY: [v for t, v in in_order if t // DAY == at // DAY] for at in known}
    assert sum(p.readings for p in series.range(*NAME, T0, end, 1).points) == len(known)
    assert not hours or max(high for _, high in hours) == max(max(v) for v in days.values())

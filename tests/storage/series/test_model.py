"""Any interleaving of appending, sealing and forgetting answers like a plain dict."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.readings import Batch, Reading
from core.schema.storage import Retention
from core.time.clock import DAY, HOUR, MINUTE
from storage.series import SeriesReader, SeriesWriter
from storage.series import compaction as sealing
from tests.support.examples import examples

T0 = 20_000 * DAY
DAYS = 6
METRICS = ("helium_level_pct", "gantry_temp_c")
KEEP = Retention.model_validate({"raw": "2d", "minutes": "4d"})


@pytest.fixture(autouse=True, scope="module")
def _every_series_a_step() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "STEP_S", 0.0)
        yield


class Model:
    """What the store must say: per metric, the value of every moment that counts."""

    def __init__(self) -> None:
        self.told: list[Reading] = []
        self.counts: dict[str, dict[int, float]] = {metric: {} for metric in METRICS}
        self.newest: dict[str, Reading] = {}
        self.minutes_taken: set[tuple[str, int]] = set()  # their raw readings are forgotten
        self.closed: set[tuple[str, int]] = set()  # days of which hours are left

    def append(self, readings: list[Reading]) -> None:
        self.told += readings
        for one in readings:
            best = self.newest.get(one.metric)
            if best is None or one.at > best.at:
                self.newest[one.metric] = one
            minute, day = (one.metric, one.at // MINUTE), (one.metric, one.at // DAY)
            if minute not in self.minutes_taken and day not in self.closed:
                self.counts[one.metric].setdefault(one.at, one.value)

    def forget(self, now: int) -> None:
        for metric, counted in self.counts.items():
            for at in counted:
                if at // DAY < (now - 2 * DAY) // DAY:
                    self.minutes_taken.add((metric, at // MINUTE))
                if at // DAY < (now - 4 * DAY) // DAY:
                    self.closed.add((metric, at // DAY))


# Few moments, so that many fall together: some milliseconds of some minutes of some hours.
moments = st.builds(
    lambda day, hour, minute, ms: T0 + day * DAY + hour * HOUR + minute * MINUTE + ms,
    st.integers(0, DAYS - 1),
    st.sampled_from([0, 1, 23]),
    st.sampled_from([0, 1, 59]),
    st.sampled_from([0, 1, 59_999]),
)
readings = st.builds(
    Reading,
    st.just("mri-2"),
    st.sampled_from(METRICS),
    st.one_of(st.integers(-100, 1000).map(lambda n: n / 10), st.floats(-1e6, 1e6)),
    moments,
    st.just(""),
    st.sampled_from(["good", "clock"]),
)
operations = st.lists(
    st.one_of(
        st.lists(readings, max_size=12),
        st.just("seal a step"),
        st.just("seal"),
        st.integers(1, DAYS + 3),  # forget, that many days after T0
    ),
    max_size=14,
)


def seal(writer: SeriesWriter) -> None:
    while writer.seal(everything=True):
        pass


def forget(writer: SeriesWriter, now: int) -> None:
    while writer.forget(KEEP, now):
        pass


def told_by(reader: SeriesReader, limit: int) -> Iterator[Reading]:
    cursor = 0
    while (page := reader.since(cursor, limit)).cursor != cursor:
        yield from page.readings
        cursor = page.cursor


def check(reader: SeriesReader, model: Model) -> None:
    assert reader.latest() == [model.newest[metric] for metric in sorted(model.newest)]
    for metric, counted in model.counts.items():
        for points in (1, DAYS, DAYS * 24, DAYS * 24 * 60):
            curve = reader.range("mri-2", metric, "", T0, T0 + DAYS * DAY, points)
            assert sum(point.readings for point in curve.points) == len(counted)
            if counted:
                assert min(point.low for point in curve.points) == min(counted.values())
                assert max(point.high for point in curve.points) == max(counted.values())


def check_hours(reader: SeriesReader, model: Model) -> None:
    for (_, metric, _), hours in reader.hours(T0, T0 + DAYS * DAY).items():
        counted = model.counts[metric]
        assert hours["count"].sum() == len(counted)
        for at, count, low, high, total, first, last in hours.tolist():
            inside = [counted[moment] for moment in sorted(counted) if at <= moment < at + HOUR]
            assert (count, low, high) == (len(inside), min(inside), max(inside))
            assert (first, last) == (inside[0], inside[-1])
            assert total == pytest.approx(sum(inside), abs=1e-3)


@examples(60)
@given(operations, st.integers(1, 9))
def test_any_interleaving_answers_like_a_dict(
    tmp_path_factory: pytest.TempPathFactory, doings: list[list[Reading] | str | int], limit: int
) -> None:
    path = tmp_path_factory.mktemp("model") / "series.db"
    writer, reader, model = SeriesWriter(path), SeriesReader(path), Model()
    for doing in doings:
        if isinstance(doing, list):
            writer.append([Batch(doing)])
            model.append(doing)
        elif doing == "seal a step":
            writer.seal(everything=True)
        elif doing == "seal":
            seal(writer)
        else:
            seal(writer)
            forget(writer, T0 + int(doing) * DAY)
            model.forget(T0 + int(doing) * DAY)
        check(reader, model)
    seal(writer)
    check(reader, model)
    check_hours(reader, model)
    assert list(told_by(reader, limit)) == model.told
    writer.close()

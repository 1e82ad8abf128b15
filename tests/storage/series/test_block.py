"""Packed readings and roll-ups come back as they were, whatever they are."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.time.clock import DAY, HOUR, MINUTE
from storage.series.block import (
    READING,
    Readings,
    empty,
    frames_of,
    merged,
    newest_of_each,
    pack,
    unpack,
)
from storage.series.buckets import bucketed, joined, pack_buckets, unpack_buckets, widened
from storage.series.columns import pack_integers, unpack_integers
from tests.support.examples import examples

numbers = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),  # huge, negative, subnormal, -0.0
    st.integers(-(10**6), 10**6).map(lambda n: n / 100),
    st.integers(-(10**6), 10**6).map(lambda n: n * 0.1),
    st.integers(0, 2**60).map(float),
    st.sampled_from([0.0, -0.0, 5e-324, -5e-324, sys.float_info.max, 2.0**53, 1e-4]),
)
times = st.one_of(st.integers(-(2**40), 2**42), st.integers(1_760_000_000_000, 1_760_000_400_000))
rows = st.tuples(st.integers(1, 5), times, numbers, st.integers(0, 2))


def of(came: list[tuple[int, int, float, int]]) -> Readings:
    return np.array(came, READING)


@examples(300)
@given(st.lists(rows, max_size=40), st.lists(rows, max_size=5))
def test_packed_readings_come_back_bit_by_bit_and_in_their_order(
    some: list[tuple[int, int, float, int]], more: list[tuple[int, int, float, int]]
) -> None:
    body = pack(of(some)) + pack(of(more), 6)
    assert unpack(body).tobytes() == of(some + more).tobytes()
    assert frames_of(body) == bool(some) + bool(more)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=30))
def test_integers_of_any_size_come_back(came: list[int]) -> None:
    body = b"x" + pack_integers(np.array(came, "<i8"))
    back, end = unpack_integers(body, 1, len(came))
    assert (back.tolist(), end) == (came, len(body))


@given(st.lists(rows, max_size=20), st.lists(rows, max_size=20))
def test_merging_is_in_time_order_and_the_first_of_a_moment_stays(
    some: list[tuple[int, int, float, int]], more: list[tuple[int, int, float, int]]
) -> None:
    first: dict[int, tuple[int, int, float, int]] = {}
    for row in some + more:
        first.setdefault(row[1], row)
    both = merged(merged(empty(), of(some)), of(more))
    assert both.tobytes() == of([first[at] for at in sorted(first)]).tobytes()


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 5), numbers, st.just(0)), max_size=20))
def test_the_newest_of_each_series_is_the_one_stored_first_at_its_last_moment(
    came: list[tuple[int, int, float, int]],
) -> None:
    best: dict[int, tuple[int, int, float, int]] = {}
    for row in came:
        if row[0] not in best or row[1] > best[row[0]][1]:
            best[row[0]] = row
    assert newest_of_each(of(came)).tobytes() == of([best[one] for one in sorted(best)]).tobytes()


small = st.one_of(st.integers(-(10**6), 10**6).map(lambda n: n / 10), st.floats(-1e9, 1e9))


@given(st.lists(st.tuples(st.integers(0, DAY - 1), small), min_size=1, max_size=60))
def test_roll_ups_come_back_and_their_sums_to_a_part_in_a_billion(
    came: list[tuple[int, float]],
) -> None:
    readings = merged(empty(), of([(1, at, value, 0) for at, value in came]))
    buckets = bucketed(readings, MINUTE)
    back = unpack_buckets(pack_buckets(buckets))
    for name in ("at", "count", "low", "high", "first", "last"):
        assert back[name].tobytes() == buckets[name].tobytes()
    largest = float(np.abs(readings["value"]).max())
    assert back["sum"].tolist() == pytest.approx(buckets["sum"].tolist(), abs=largest * 1e-9)


@given(st.lists(st.tuples(st.integers(0, 3 * DAY), small), min_size=1, max_size=60))
def test_hours_of_minutes_are_hours_of_readings(came: list[tuple[int, float]]) -> None:
    readings = merged(empty(), of([(1, at, value, 0) for at, value in came]))
    direct, rolled = bucketed(readings, HOUR), widened(bucketed(readings, MINUTE), HOUR)
    halves = joined(
        bucketed(readings[: len(came) // 2], HOUR), bucketed(readings[len(came) // 2 :], HOUR), HOUR
    )
    for name in ("at", "count", "low", "high", "first", "last"):
        assert rolled[name].tolist() == direct[name].tolist() == halves[name].tolist()
    assert rolled["sum"].tolist() == pytest.approx(direct["sum"].tolist(), abs=1e-3)


def test_many_days_unpack_at_one_go_in_time_order() -> None:
    days = [
        bucketed(of([(1, day * DAY + n * HOUR, day + n / 10, 0) for n in range(day, 24)]), HOUR)
        for day in range(5)
    ]
    packs = [pack_buckets(day) for day in days]
    assert unpack_buckets(*packs).tobytes() == np.concatenate(days).tobytes()
    assert len(unpack_buckets()) == 0


def test_a_day_of_a_steady_meter_takes_about_two_bytes_a_reading() -> None:
    chance = np.random.default_rng(7)
    readings = np.zeros(2880, READING)
    readings["at"] = np.arange(2880) * 30_000 + chance.integers(-400, 400, 2880)
    readings["value"] = np.round(80 + np.cumsum(chance.normal(0, 0.1, 2880)), 1)
    assert len(pack(readings, 6)) / len(readings) < 2.5

"""Readings as arrays, and compressed.

Packed readings are frames one behind the other. A frame holds its readings in the order in which
they were given, of one series (a block of a day) or of many (rows of the journal). Times are
stored as differences to the reading before, values as differences to the reading before of the same
series: neighbours are alike.
"""

import struct
import zlib

import numpy as np
import numpy.typing as npt

from storage.series.columns import (
    Bytes,
    Ints,
    as_integers,
    as_values,
    pack_integers,
    unpack_integers,
    unpacking,
)

# One reading in the journal and in memory.
READING = np.dtype([("series", "<u4"), ("at", "<i8"), ("value", "<f8"), ("quality", "u1")])
Readings = npt.NDArray[np.void]

_HEAD = struct.Struct("<IIII")  # readings, series, bytes of the times, bytes of the values
_MOST_A_BYTE = 1200  # readings; zlib makes at most 1032 bytes of one
CORRECTED, WITHDRAWN = 3, 4  # qualities of what stands for an earlier reading of its moment
FAST, SMALL = 1, 6  # zlib levels: SMALL takes 3 times as long and saves about a tenth


def empty() -> Readings:
    """No readings."""
    return np.empty(0, READING)


def merged(older: Readings, newer: Readings) -> Readings:
    """Both in time order; of two readings at the same moment the one stored first stays.

    Unless it was revised (corrected, withdrawn): then the last revision stays, also over what is
    stored once more.
    """
    both = np.concatenate([older, newer]) if len(older) else newer
    at = both["at"]
    if (at[1:] > at[:-1]).all():
        return both
    ordered: Readings = both[np.argsort(at, kind="stable")]
    at = ordered["at"]
    chosen = np.flatnonzero(np.append(True, at[1:] != at[:-1]))
    distinct: Readings = ordered[_with_revisions(chosen, ordered)]
    return distinct


def present(readings: Readings) -> Readings:
    """The readings that have not been withdrawn."""
    is_withdrawn = readings["quality"] == WITHDRAWN
    return readings[~is_withdrawn] if is_withdrawn.any() else readings


def _with_revisions(chosen: Ints, ordered: Readings) -> Ints:
    """`chosen` begins each group of readings; in its place the last revision of the group, if any."""
    revisions = np.flatnonzero(ordered["quality"] >= CORRECTED)
    if len(revisions):
        chosen = chosen.copy()
        chosen[np.searchsorted(chosen, revisions, "right") - 1] = revisions
    return chosen


def pack(readings: Readings, level: int = FAST) -> bytes:
    """One frame; `level` is zlib's. No readings are no bytes."""
    if not len(readings):
        return b""
    series, at = readings["series"], readings["at"].astype("<i8")
    order, starts = by_series(series)
    runs = series[order[starts]].astype("<u4")
    times = [runs.tobytes(), at[:1].tobytes(), pack_integers(np.diff(at, prepend=at[0]))]
    if len(runs) > 1:
        times.append(pack_integers(np.diff(np.searchsorted(runs, series), prepend=0)))
    scales, numbers = as_integers(readings["value"][order].astype("<f8"), starts)
    steps = np.diff(numbers, prepend=0)
    steps[starts] = 0
    values = [scales.tobytes(), numbers[starts].tobytes(), pack_integers(steps)]
    if readings["quality"].any():
        values.append(readings["quality"].tobytes())
    packed = [zlib.compress(b"".join(columns), level) for columns in (times, values)]
    return _HEAD.pack(len(at), len(runs), *map(len, packed)) + b"".join(packed)


def unpack(body: bytes) -> Readings:
    """The readings of all frames. DamagedError if they are not as they were packed."""
    with unpacking():
        return _unpack_frames(body)


def _unpack_frames(body: bytes) -> Readings:
    frames, start = [empty()], 0
    while start < len(body):
        count, runs, times, values = _HEAD.unpack_from(body, start)
        if count > len(body) * _MOST_A_BYTE:
            raise ValueError(f"{count} readings in {len(body)} bytes")
        start += _HEAD.size
        readings = np.zeros(count, READING)
        order, starts = _unpack_times(zlib.decompress(body[start : start + times]), runs, readings)
        start += times
        numbers = zlib.decompress(body[start : start + values])
        _unpack_values(numbers, order, starts, readings)
        start += values
        frames.append(readings)
    return np.concatenate(frames) if len(frames) > 2 else frames[-1]


def frames_of(body: bytes) -> int:
    """How many frames were put one behind the other."""
    frames, start = 0, 0
    while start < len(body):
        _, _, times, values = _HEAD.unpack_from(body, start)
        start += _HEAD.size + times + values
        frames += 1
    return frames


def by_series(series: npt.NDArray[np.uint32]) -> tuple[Ints, Ints]:
    """The order that brings series together, each as it was, and where each of them starts."""
    # numpy sorts 16-bit numbers by counting, ten times faster.
    small = series.astype("u2") if int(series.max(initial=0)) < 1 << 16 else series
    order: Ints = np.argsort(small, kind="stable")
    ordered = series[order]
    starts: Ints = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))[: len(series)]
    return order, starts


def split(readings: Readings) -> dict[int, Readings]:
    """The readings of each series by its number, in the order in which they were."""
    order, starts = by_series(readings["series"])
    groups = np.split(readings[order], starts[1:]) if len(order) else []
    return {int(group["series"][0]): group for group in groups}


def newest_of_each(readings: Readings) -> Readings:
    """One reading a series: the latest, and of several at that moment the one that `merged` keeps."""
    order, starts = by_series(readings["series"])
    if not len(order):
        return empty()
    at = readings["at"][order]
    newest = np.maximum.reduceat(at, starts)
    candidates = np.flatnonzero(at == np.repeat(newest, np.diff(starts, append=len(at))))
    newest_readings = readings[order[candidates]]
    firsts: Ints = np.searchsorted(candidates, starts)
    chosen: Readings = newest_readings[_with_revisions(firsts, newest_readings)]
    return chosen


def _unpack_times(body: bytes, runs: int, readings: Readings) -> tuple[Ints, Ints]:
    count = len(readings)
    series = np.frombuffer(body, "<u4", runs)
    first = np.frombuffer(body, "<i8", 1, 4 * runs)
    steps, end = unpack_integers(body, 4 * runs + 8, count)
    readings["at"] = np.cumsum(steps) + first
    if runs == 1:
        readings["series"] = series[0]
        return np.arange(count), np.zeros(1, "i8")
    run = np.cumsum(unpack_integers(body, end, count)[0])
    readings["series"] = series[run]
    return by_series(run.astype("u4"))


def _unpack_values(body: bytes, order: Ints, starts: Ints, readings: Readings) -> None:
    count, runs = len(order), len(starts)
    scales: Bytes = np.frombuffer(body, "u1", runs)
    firsts = np.frombuffer(body, "<i8", runs, runs)
    steps, end = unpack_integers(body, 9 * runs, count)
    sums = np.cumsum(steps)
    numbers = sums + np.repeat(firsts - sums[starts], np.diff(starts, append=count))
    readings["value"][order] = as_values(scales, numbers, starts)
    if len(body) > end:
        readings["quality"] = np.frombuffer(body, "u1", count, end)

"""Roll-ups as arrays: count, lowest, highest, sum, first and last of all readings in a bucket."""

import struct
import zlib

import numpy as np
import numpy.typing as npt

from core.time.clock import DAY
from storage.series.block import Readings
from storage.series.columns import (
    BITS,
    Floats,
    Ints,
    as_integers,
    as_values_of,
    unpacking,
    unzigzag,
    zigzag,
)

BUCKET = np.dtype(
    [
        ("at", "<i8"),
        ("count", "<i8"),
        ("low", "<f8"),
        ("high", "<f8"),
        ("sum", "<f8"),
        ("first", "<f8"),
        ("last", "<f8"),
    ]
)
Buckets = npt.NDArray[np.void]

_COLUMNS = ("count", "low", "high", "sum", "first", "last")
_VALUES = ("low", "high", "first", "last")
_HEAD = struct.Struct("<qIBB")  # time of the first, buckets, scale, are the sums scaled too?
_ROUNDING = 1e-12  # relative error that adding up floats may leave in a sum of decimals


def no_buckets() -> Buckets:
    """No buckets."""
    return np.empty(0, BUCKET)


def bucketed(readings: Readings, width: int) -> Buckets:
    """Buckets of `width` milliseconds of readings in time order; empty ones are absent."""
    values = np.ascontiguousarray(readings["value"])
    return _reduced(readings["at"], width, None, values, values, values, values, values)


def widened(buckets: Buckets, width: int) -> Buckets:
    """Buckets, in time order, put together into wider ones of `width` milliseconds."""
    return _reduced(buckets["at"], width, *(buckets[name] for name in _COLUMNS))


def _reduced(
    times: Ints,
    width: int,
    count: Ints | None,
    low: Floats,
    high: Floats,
    total: Floats,
    first: Floats,
    last: Floats,
) -> Buckets:
    if not len(times):
        return no_buckets()
    at = times // width * width
    starts = np.flatnonzero(np.append(True, at[1:] != at[:-1]))
    ends = np.append(starts[1:], len(at))
    wide = np.empty(len(starts), BUCKET)
    wide["at"] = at[starts]
    wide["count"] = ends - starts if count is None else np.add.reduceat(count, starts)
    wide["low"] = np.minimum.reduceat(low, starts)
    wide["high"] = np.maximum.reduceat(high, starts)
    wide["sum"] = np.add.reduceat(total, starts)
    wide["first"] = first[starts]
    wide["last"] = last[ends - 1]
    return wide


def joined(some: Buckets, more: Buckets, width: int) -> Buckets:
    """Buckets of two sets of readings as if of one, `width` milliseconds each.

    First and last are right if one set is wholly before the other within each bucket.
    """
    both = np.concatenate([some, more])
    return widened(both[np.argsort(both["at"], kind="stable")], width)


def pack_buckets(buckets: Buckets) -> bytes:
    """Some buckets of one series, compressed; sums are kept to a part in 10^12."""
    values = np.concatenate([buckets[name] for name in _VALUES])
    [scale], numbers = as_integers(values, np.zeros(1, "i8"))
    low, *others = numbers.reshape(4, -1)
    sums, scaled = _pack_sums(buckets, int(scale), low)
    columns = [np.diff(buckets["at"], prepend=buckets["at"][0]), buckets["count"]]
    columns += [np.diff(low, prepend=0), *(other - low for other in others), sums]
    planes = zigzag(np.stack(columns)).view("u1").reshape(7, -1, 8).transpose(0, 2, 1)
    head = _HEAD.pack(buckets["at"][0], len(buckets), scale, scaled)
    return head + zlib.compress(planes.tobytes(), 6)


def day_row(hours: Buckets) -> tuple[object, ...]:
    """Count, low, high, sum, first and last of a day, and its hours packed. A day may have nothing left."""
    if not len(hours):
        return 0, 0.0, 0.0, 0.0, 0.0, 0.0, None
    [whole_day] = widened(hours, DAY)
    return *whole_day.tolist()[1:], pack_buckets(hours)


def unpack_buckets(*packed: bytes) -> Buckets:
    """What `pack_buckets` packed, all of one series, in time order.

    Packs of one shape are unpacked together: a year of hours is 365 small packs. DamagedError if
    one is not as it was packed.
    """
    with unpacking():
        return _unpack_all(packed)


def _unpack_all(packed: tuple[bytes, ...]) -> Buckets:
    by_shape: dict[tuple[int, int, int], list[bytes]] = {}
    for body in packed:
        by_shape.setdefault(_HEAD.unpack_from(body)[1:], []).append(body)
    unpacked = [_unpack_shape(bodies, *shape) for shape, bodies in by_shape.items()]
    if len(unpacked) == 1:
        return unpacked[0]
    buckets = np.concatenate([no_buckets(), *unpacked])
    ordered: Buckets = buckets[np.argsort(buckets["at"], kind="stable")]
    return ordered


def _unpack_shape(bodies: list[bytes], count: int, scale: int, sums_scaled: int) -> Buckets:
    planes = b"".join([zlib.decompress(memoryview(body)[_HEAD.size :]) for body in bodies])
    split = np.frombuffer(planes, "u1").reshape(len(bodies), 7, 8, count)
    columns = unzigzag(np.ascontiguousarray(split.transpose(1, 0, 3, 2)).view("<u8")[..., 0])
    first = np.array([_HEAD.unpack_from(body)[0] for body in bodies])
    low = np.cumsum(columns[2], axis=1)
    buckets = np.empty((len(bodies), count), BUCKET)
    buckets["at"] = np.cumsum(columns[0], axis=1) + first[:, None]
    buckets["count"] = columns[1]
    for name, above in zip(_VALUES, (0, *columns[3:6]), strict=True):
        buckets[name] = as_values_of(scale, low + above)
    sums = columns[6]
    if sums_scaled:
        buckets["sum"] = as_values_of(scale, sums + columns[1] * low)
    else:
        buckets["sum"] = sums.view("<f8")
    return buckets.reshape(-1)


def _pack_sums(buckets: Buckets, scale: int, low: Ints) -> tuple[Ints, bool]:
    """Decimals add up to decimals: what the sums are above count times lowest."""
    sums: Floats = buckets["sum"].astype("<f8")
    if scale != BITS:
        unit = float(as_values_of(scale, np.ones(1, "i8"))[0])
        numbers = np.rint(sums / unit)
        largest = np.maximum(np.abs(buckets["low"]), np.abs(buckets["high"])) * buckets["count"]
        close = np.abs(as_values_of(scale, numbers.astype("i8")) - sums) <= _ROUNDING * largest
        if close.all() and (np.abs(numbers) < 2**53).all():
            return numbers.astype("<i8") - buckets["count"] * low, True
    return sums.view("<i8"), False

"""Columns of numbers as few bytes: what neighbours share is removed before zlib compresses them.

Nearly all that a meter shows is a decimal of up to four places, whole numbers times a scale of its
profile. Such values are stored as whole numbers, which is exact: it is checked bit by bit.
"""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

_PLACES = 4
# How a whole number becomes a value again. 0 to 4: divided by a power of ten. 5 to 8: times a tenth
# and so on, because 3 * 0.1 is not 3 / 10. Stored: append only.
_SCALES = [*range(_PLACES + 1), *range(_PLACES + 1, 2 * _PLACES + 1)]
BITS = 255  # no scale fits: the number is the 64 bits of the value


class DamagedError(Exception):
    """Packed bytes are not as they were written."""


@contextmanager
def unpacking() -> Iterator[None]:
    """Any error that flipped bits cause in unpacking becomes a DamagedError."""
    try:
        yield
    except (zlib.error, struct.error, ValueError, IndexError, OverflowError) as error:
        raise DamagedError(f"a damaged block: {error}") from error


def pack_integers(numbers: Ints) -> bytes:
    """Small numbers of either sign in few bytes: all lowest bytes first, then all second."""
    signless = zigzag(numbers)
    width = (int(signless.max(initial=0)).bit_length() + 7) // 8
    return bytes([width]) + signless.view("u1").reshape(-1, 8)[:, :width].T.tobytes()


def unpack_integers(body: bytes, start: int, count: int) -> tuple[Ints, int]:
    """What `pack_integers` packed at `start`, and where it ends."""
    width, start = body[start], start + 1
    end = start + width * count
    planes = np.zeros((count, 8), "u1")
    planes[:, :width] = np.frombuffer(body, "u1", width * count, start).reshape(width, count).T
    return unzigzag(planes.view("<u8").reshape(count)), end


def zigzag(numbers: Ints) -> npt.NDArray[np.uint64]:
    """0, -1, 1, -2, 2 become 0, 1, 2, 3, 4: small stays small without a sign."""
    return ((numbers << 1) ^ (numbers >> 63)).view("<u8")


def unzigzag(signless: npt.NDArray[np.uint64]) -> Ints:
    """What `zigzag` was given."""
    numbers: Ints = (signless >> 1).view("<i8") ^ -(signless & 1).view("<i8")
    return numbers


def as_integers(values: Floats, starts: Ints) -> tuple[Bytes, Ints]:
    """For each run that begins at `starts` its scale, and all values as whole numbers of their scale."""
    numbers = values.astype("<f8").view("<i8").copy()
    scales = np.full(len(starts), BITS, "u1")
    lengths = np.diff(starts, append=len(values))
    with np.errstate(over="ignore", invalid="ignore"):
        for scale in _SCALES:
            scaled = np.rint(values * 10.0 ** _places(scale)) + 0.0  # -0.0 is no whole number
            fits = np.abs(scaled) < 2**53
            fits &= _scaled(scaled, scale).view("<i8") == values.view("<i8")
            fitting = np.logical_and.reduceat(fits, starts) & (scales == BITS)
            of_fitting = np.repeat(fitting, lengths)
            numbers[of_fitting] = scaled[of_fitting].astype("<i8")
            scales[fitting] = scale
            if (scales != BITS).all():
                break
    return scales, numbers


def as_values(scales: Bytes, numbers: Ints, starts: Ints) -> Floats:
    """What `as_integers` was given."""
    if (scales == scales[:1]).all():
        return as_values_of(int(scales[0]), numbers)
    values = numbers.view("<f8").copy()
    lengths = np.diff(starts, append=len(numbers))
    for scale in set(scales.tolist()):
        of_scale = np.repeat(scales == scale, lengths)
        values[of_scale] = as_values_of(scale, numbers[of_scale])
    return values


def as_values_of(scale: int, numbers: Ints) -> Floats:
    """Whole numbers of one scale as values."""
    return numbers.view("<f8") if scale == BITS else _scaled(numbers.astype("f8"), scale)


def _places(scale: int) -> int:
    return scale if scale <= _PLACES else scale - _PLACES


def _scaled(numbers: Floats, scale: int) -> Floats:
    places = _places(scale)
    return numbers / 10.0**places if scale <= _PLACES else numbers * float(f"1e-{places}")

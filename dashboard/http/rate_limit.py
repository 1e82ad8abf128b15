"""How often a program may ask: each token by itself, who has none by their network. Pure.

A bucket of so many requests as a minute has, which fills evenly: a program may send them all at once, once.
"""

import ipaddress
from collections import OrderedDict
from math import ceil
from typing import NamedTuple

from core.schema.network import ip_address
from core.time.clock import MINUTE, SECOND

MOST_CALLERS = 10_000  # that are remembered: a megabyte or two, whoever asks from wherever
_NEIGHBOURS = 64  # bits of an IPv6 address that one house has for itself (RFC 6177)
_LONGEST = 64  # characters of what is no address


class _Bucket(NamedTuple):
    """How many requests are left, and when that was so."""

    left: float
    at: int


class RateLimit:
    """Counts by caller. For one thread."""

    def __init__(self, per_minute: int, most_callers: int = MOST_CALLERS) -> None:
        self._full = float(per_minute)
        self._most = most_callers
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()  # who asked last stands last

    def wait_s(self, caller: str, now: int) -> int:
        """In how many seconds it may ask again; 0: it may now, which is counted."""
        bucket = self._buckets.pop(caller, _Bucket(self._full, now))
        # A clock that was set back fills none.
        filled = max(now - bucket.at, 0) * self._full / MINUTE
        left = min(bucket.left + filled, self._full)
        is_empty = left < 1
        self._buckets[caller] = _Bucket(left if is_empty else left - 1, now)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return ceil((1 - left) * MINUTE / self._full / SECOND) if is_empty else 0


def network_of(address: str) -> str:
    """Who asks, where nobody says it: an address, or what a house has of IPv6."""
    known = ip_address(address)
    if known is None:
        return address[:_LONGEST]
    if known.version == 4:
        return str(known)
    return str(ipaddress.ip_network((known, _NEIGHBOURS), strict=False))

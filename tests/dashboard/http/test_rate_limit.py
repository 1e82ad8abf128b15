"""Who asks too often waits, each by themselves, and what is remembered has an end."""

from core.time.clock import MINUTE, SECOND
from dashboard.http.rate_limit import RateLimit, network_of

NOW = 1_800_000_000_000


def test_a_minutes_requests_may_come_at_once_and_then_singly() -> None:
    limit = RateLimit(60)
    assert [limit.wait_s("a", NOW) for _ in range(60)] == [0] * 60
    assert limit.wait_s("a", NOW) == 1
    assert limit.wait_s("b", NOW) == 0  # another caller
    assert limit.wait_s("a", NOW + SECOND) == 0
    assert limit.wait_s("a", NOW + SECOND) == 1
    assert [limit.wait_s("a", NOW + 9 * MINUTE) for _ in range(61)][59:] == [0, 1]
    assert RateLimit(1).wait_s("a", NOW) == 0


def test_a_clock_that_was_set_back_or_far_ahead_neither_fills_nor_locks() -> None:
    limit = RateLimit(10)
    for _ in range(10):
        assert limit.wait_s("a", NOW) == 0
    assert limit.wait_s("a", NOW - 90 * MINUTE) == 6
    assert limit.wait_s("a", NOW - 90 * MINUTE + 7 * SECOND) == 0
    assert limit.wait_s("a", 2 * NOW) == 0


def test_a_million_addresses_fill_no_memory() -> None:
    limit = RateLimit(10, most_callers=100)
    for number in range(10_000):
        limit.wait_s(str(number), NOW)
    assert len(limit._buckets) == 100


def test_a_house_is_a_single_caller_however_many_addresses_it_has() -> None:
    assert network_of("192.0.2.7") == "192.0.2.7"
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1") == "2001:db8::/64"
    assert network_of("2001:db8:0:1::1") != network_of("2001:db8::1")
    assert network_of("::ffff:192.0.2.7") == "192.0.2.7"
    assert network_of("") == ""
    assert len(network_of("x" * 10_000)) < 100

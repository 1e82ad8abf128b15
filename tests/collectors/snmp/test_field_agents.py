"""Agents of the field that answer little at a time, from elsewhere, or half: all of it is heard."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from collectors.snmp import sources
from core.schema.load import load_profile
from core.schema.load_profiles import SHIPPED_PROFILES
from tests.collectors.snmp.ber import (
    BULK,
    END_OF_MIB,
    GET,
    NEXT,
    Oid,
    Pair,
    Request,
    integer,
    response,
    tlv,
)
from tests.collectors.snmp.cast import T0, MemorySink, device, site, snmp
from tests.collectors.snmp.own_agent import Behaviour, Mib, honest, own_agent, right_pairs

pytestmark = pytest.mark.servers

UPS: Oid = (1, 3, 6, 1, 2, 1, 33, 1)
PROFILE = load_profile(SHIPPED_PROFILES / "ups-rfc1628.yaml")


def ups() -> Mib:
    """RFC 1628 of a sound UPS with one line: nine scalars and four cells."""
    scalars = {
        **{(2, 1): 2, (2, 2): 0, (2, 3): 45, (2, 4): 98, (2, 5): 547, (2, 7): 25},
        **{(3, 1): 3, (3, 2): 1, (4, 1): 3, (4, 3): 1, (6, 1): 0},
    }
    cells = {(3, 3, 1, 2, 1): 500, (3, 3, 1, 3, 1): 228, (4, 4, 1, 2, 1): 230, (4, 4, 1, 5, 1): 38}
    mib = {(*UPS, *tail, 0): integer(value) for tail, value in scalars.items()}
    return mib | {(*UPS, *tail): integer(value) for tail, value in cells.items()}


ALL_THIRTEEN = {
    *(("battery_status", 2.0), ("on_battery_s", 0.0), ("runtime_remaining_min", 45.0)),
    *(("battery_charge_pct", 98.0), ("battery_voltage_v", 54.7), ("battery_temp_c", 25.0)),
    *(("input_bad_lines_count", 3.0), ("output_source", 3.0), ("alarms_present_count", 0.0)),
    *(("input_frequency_hz", 50.0), ("input_voltage_v", 228.0)),
    *(("output_voltage_v", 230.0), ("output_load_pct", 38.0)),
}


class Polls:
    """What polls of one loop brought, and what the agent was asked in each."""

    def __init__(self) -> None:
        self.sink = MemorySink()
        self.requests: list[list[Request]] = []
        self.last_error = ""

    @property
    def values(self) -> set[tuple[str, float]]:
        """Of the last poll, without `up` and `response_ms`."""
        readings = self.sink.batches[-1].readings
        return {
            (reading.metric, round(reading.value, 6))
            for reading in readings
            if reading.metric not in ("up", "response_ms")
        }

    @property
    def up(self) -> list[float]:
        return self.sink.series("up")


def polled(behaviour: Behaviour, *, polls: int = 1, **settings: Any) -> Polls:
    """Polls by one loop, one after the other."""
    result = Polls()

    async def play() -> None:
        async with own_agent(behaviour) as agent:
            defaults: dict[str, Any] = {"every": "30s", "timeout": "150ms", "retries": 1}
            source = snmp(agent.port, **defaults | settings)
            (loop,) = sources(site(device(source, profile=PROFILE)), result.sink, lambda: T0)
            for _ in range(polls):
                before = len(agent.requests)
                await loop._round()  # type: ignore[attr-defined]
                result.requests.append(agent.requests[before:])
            result.last_error = loop.last_error
            loop._session.close()  # type: ignore[attr-defined]

    asyncio.run(play())
    return result


@pytest.mark.parametrize("version", ["1", "2c"])
@pytest.mark.parametrize("most", [1, 5])
def test_an_agent_that_drops_wide_requests_is_asked_for_less_and_that_is_remembered(
    version: str, most: int
) -> None:
    def few(request: Request) -> list[bytes]:
        return [] if request.kind == GET and len(request.oids) > most else honest(ups())(request)

    polls = polled(few, polls=2, version=version)

    assert polls.up == [1.0, 1.0]
    assert polls.values == ALL_THIRTEEN
    assert polls.last_error == ""
    widths = [len(request.oids) for request in polls.requests[1] if request.kind == GET]
    assert max(widths) <= most


def silent_to_bulk(request: Request) -> list[bytes]:
    return [] if request.kind == BULK else honest(ups())(request)


def silent_to_more_than_ten(request: Request) -> list[bytes]:
    return [] if request.kind == BULK and request.repeat > 10 else honest(ups())(request)


def one_varbind_to_bulk(request: Request) -> list[bytes]:
    pairs = right_pairs(ups(), request)
    return [response(request, pairs[:1] if request.kind == BULK else pairs)]


def bulk_repeats_the_question(request: Request) -> list[bytes]:
    if request.kind == BULK:
        return [response(request, [(oid, b"\x80\x00") for oid in request.oids])]
    return honest(ups())(request)


def bulk_says_end_at_once(request: Request) -> list[bytes]:
    if request.kind == BULK:
        return [response(request, [(oid, END_OF_MIB) for oid in request.oids])]
    return honest(ups())(request)


def bulk_is_a_general_error(request: Request) -> list[bytes]:
    if request.kind == BULK:
        return [response(request, [(oid, b"\x05\x00") for oid in request.oids], status=5, index=1)]
    return honest(ups())(request)


def bulk_is_empty(request: Request) -> list[bytes]:
    return [response(request, [])] if request.kind == BULK else honest(ups())(request)


@pytest.mark.parametrize(
    "behaviour",
    [
        *(silent_to_bulk, silent_to_more_than_ten, one_varbind_to_bulk),
        *(bulk_repeats_the_question, bulk_says_end_at_once, bulk_is_a_general_error),
        bulk_is_empty,
    ],
)
def test_tables_of_an_agent_without_a_sound_getbulk_are_walked(behaviour: Behaviour) -> None:
    polls = polled(behaviour, polls=2)

    assert polls.values == ALL_THIRTEEN
    assert polls.up == [1.0, 1.0]
    assert polls.last_error == ""


def test_after_silence_to_getbulk_the_next_poll_begins_with_getnext() -> None:
    polls = polled(silent_to_bulk, polls=2)

    assert {request.kind for request in polls.requests[1]} == {GET, NEXT}


def test_the_beginning_of_a_short_answer_is_used_and_the_rest_asked_again() -> None:
    def short(request: Request) -> list[bytes]:
        pairs = right_pairs(ups(), request)
        return [response(request, pairs[:4] if request.kind == GET else pairs)]

    polls = polled(short)

    assert polls.values == ALL_THIRTEEN
    assert polls.last_error == ""


def test_only_the_first_of_any_request_is_answered() -> None:
    def first(request: Request) -> list[bytes]:
        return [response(request, right_pairs(ups(), request)[:1])]

    polls = polled(first, polls=2)

    assert polls.values == ALL_THIRTEEN


def test_a_datagram_cut_off_by_the_agents_buffer_is_read_up_to_the_cut() -> None:
    def cut(request: Request) -> list[bytes]:
        return [response(request, right_pairs(ups(), request))[:120]]

    assert polled(cut).values == ALL_THIRTEEN


def test_an_oid_that_brings_silence_costs_that_value_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    poison = (*UPS, 2, 1, 0)

    def wounded(request: Request) -> list[bytes]:
        return [] if poison in request.oids else honest(ups())(request)

    polls = polled(wounded, polls=2)

    assert polls.values == ALL_THIRTEEN - {("battery_status", 2.0)}
    assert polls.up == [1.0, 1.0]
    assert f"no answer for {'.'.join(map(str, poison))}" in polls.last_error
    assert len(polls.requests[1]) < 8, "it is remembered"
    assert caplog.text.count("answers only in part") == 1


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        (tlv(0x41, b"\xff\xff\xff\xf0"), 4294967280.0),  # Counter32 without its leading zero
        (tlv(0x42, b"\x80"), 128.0),
        (tlv(0x41, b"\xff\xff\xff\xff\x80\x00\x00\x00"), 2147483648.0),  # its sign stretched
        (integer(-16), 4294967280.0),  # a counter in an Integer32
        (integer(3), 3.0),
    ],
)
def test_an_unsigned_number_without_its_leading_zero_is_read(
    encoded: bytes, expected: float
) -> None:
    polls = polled(honest(ups() | {(*UPS, 3, 1, 0): encoded}))

    assert polls.values == ALL_THIRTEEN - {("input_bad_lines_count", 3.0)} | {
        ("input_bad_lines_count", expected)
    }


@pytest.mark.parametrize(
    "bad",
    [
        tlv(0x02, b""),
        tlv(0x41, b"\x01" * 12),
        tlv(0x40, b"\x05"),
        tlv(0x77, b"7"),
        b"\x02\x7f\x01",  # longer than its varbind
    ],
)
def test_one_bad_value_costs_one_value(bad: bytes) -> None:
    polls = polled(honest(ups() | {(*UPS, 2, 4, 0): bad}))

    assert polls.values == ALL_THIRTEEN - {("battery_charge_pct", 98.0)}
    assert [event.kind for event in polls.sink.events] == ["bad_answer"]


def test_an_agent_of_version_1_that_always_names_the_first_oid_loses_only_what_it_lacks() -> None:
    lacking = {oid: value for oid, value in ups().items() if oid != (*UPS, 2, 5, 0)}

    def names_the_first(request: Request) -> list[bytes]:
        nothing = [(oid, b"\x05\x00") for oid in request.oids]
        if request.kind == GET and not lacking.keys() >= set(request.oids):
            return [response(request, nothing, status=2, index=1)]
        return honest(lacking)(request)

    polls = polled(names_the_first, polls=2, version="1")

    assert polls.values == ALL_THIRTEEN - {("battery_voltage_v", 54.7)}
    assert polls.up == [1.0, 1.0]


def test_one_oid_too_big_for_the_agent_is_named() -> None:
    def no_room(request: Request) -> list[bytes]:
        if (*UPS, 2, 4, 0) in request.oids:
            return [response(request, [], status=1)]
        return honest(ups())(request)

    polls = polled(no_room)

    assert polls.values == ALL_THIRTEEN - {("battery_charge_pct", 98.0)}
    assert "tooBig" in polls.last_error


@contextmanager
def second_address() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        try:
            other.bind(("127.0.0.2", 0))
        except OSError:
            pytest.skip("no second loopback address here")
        yield other


def poll_agent_with_two_addresses(**settings: Any) -> Polls:
    result = Polls()

    async def play(other: socket.socket) -> None:
        async with own_agent(lambda _: []) as agent:

            def answer_from_the_other(request: Request) -> list[bytes]:
                for datagram in honest(ups())(request):
                    other.sendto(datagram, agent.last_asker)
                return []

            agent.behave(answer_from_the_other)
            source = snmp(agent.port, timeout="200ms", every="30s", **settings)
            (loop,) = sources(site(device(source, profile=PROFILE)), result.sink, lambda: T0)
            await loop.once()
            result.last_error = loop.last_error

    with second_address() as other:
        asyncio.run(play(other))
    return result


def test_an_answer_from_another_address_is_named(caplog: pytest.LogCaptureFixture) -> None:
    polls = poll_agent_with_two_addresses()

    assert polls.up == [0.0]
    assert polls.values == set()
    assert "an answer came from 127.0.0.2" in polls.last_error
    assert "answers_from" in caplog.text
    assert "wrong community" not in caplog.text


def test_an_answer_from_another_address_of_the_agent_is_read_if_the_site_says_so() -> None:
    polls = poll_agent_with_two_addresses(answers_from=["127.0.0.2"])

    assert polls.up == [1.0]
    assert polls.values == ALL_THIRTEEN


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda r: [response(r._replace(community=b"x"), [])], "named another community"),
        (lambda r: [response(r, [], shift=-3)], "came too late"),
        (lambda r: [response(r, [], shift=7)], "was to another question"),
        (lambda r: [response(r._replace(version=0), [])], "was of another SNMP version"),
        (lambda r: [b"\x30\x03abc"], "could not be decoded"),
    ],
)
def test_what_was_heard_but_refused_is_counted_and_named(
    spoil: Callable[[Request], list[bytes]], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    polls = polled(spoil)

    assert polls.up == [0.0]
    assert words in caplog.text
    assert words in polls.last_error
    assert "wrong community" not in caplog.text


def test_silence_is_still_explained_as_before(caplog: pytest.LogCaptureFixture) -> None:
    polled(lambda _: [])

    assert "wrong community and wrong privacy password also look like this" in caplog.text


def test_an_answer_to_the_first_asking_is_one_to_the_second() -> None:
    held: list[bytes] = []

    def slow(request: Request) -> list[bytes]:
        """Always one datagram late: what it answers to a repetition it worked out before."""
        answer = honest(ups())(request)
        late, held[:] = list(held), answer
        return late

    polls = polled(slow, retries=3)

    assert polls.up == [1.0]
    assert polls.values <= ALL_THIRTEEN
    assert len(polls.values) == 13


def test_answers_that_come_twice_change_nothing() -> None:
    polls = polled(lambda request: honest(ups())(request) * 2, polls=2)

    assert polls.values == ALL_THIRTEEN
    assert polls.up == [1.0, 1.0]


def test_columns_with_gaps_in_their_index_keep_their_rows_apart() -> None:
    sparse = {
        **{(*UPS, 3, 3, 1, 3, row): integer(220 + row) for row in (1, 2, 5)},
        **{(*UPS, 3, 3, 1, 2, row): integer(490 + row) for row in (2, 5)},
        (*UPS, 3, 2, 0): integer(9),
    }

    polls = polled(honest(sparse))

    assert polls.sink.values("input_voltage_v") == {"line1": 221.0, "line2": 222.0, "line5": 225.0}
    assert polls.sink.values("input_frequency_hz") == {
        "line2": pytest.approx(49.2),
        "line5": pytest.approx(49.5),
    }


def test_an_early_end_behind_rows_of_a_getbulk_is_only_that_of_the_reply() -> None:
    mib = {(*UPS, 3, 3, 1, 3, row): integer(200 + row) for row in range(1, 8)}
    mib[(*UPS, 3, 2, 0)] = integer(7)

    def two_rows_then_end(request: Request) -> list[bytes]:
        pairs: list[Pair] = right_pairs(mib, request)
        cut = 2 * len(request.oids)
        ends = [(oid, END_OF_MIB) for oid, _ in pairs[cut:]]
        return [response(request, [*pairs[:cut], *ends] if request.kind == BULK else pairs)]

    polls = polled(two_rows_then_end)

    assert polls.sink.values("input_voltage_v") == {
        f"line{row}": 200.0 + row for row in range(1, 8)
    }


def test_a_reply_with_nothing_but_foreign_oids_is_not_believed_and_is_named() -> None:
    def foreign(request: Request) -> list[bytes]:
        if request.kind != GET:
            return honest(ups())(request)
        return [response(request, [((*oid[:-1], 9), integer(7)) for oid in request.oids])]

    polls = polled(foreign)

    assert polls.up == [1.0]
    assert len(polls.values) == 4
    assert "other OIDs than it was asked for" in polls.last_error

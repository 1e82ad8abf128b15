"""Agents of the field that answer little at a time, or half: all of it is heard."""

import pytest

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
    octets,
    response,
    tlv,
)
from tests.collectors.snmp.own_agent import Behaviour, Mib, honest, right_pairs
from tests.collectors.snmp.ups_agent import ALL_THIRTEEN, UPS, polled, ups

pytestmark = pytest.mark.servers

STORAGE: Oid = (1, 3, 6, 1, 2, 1, 25, 2, 3, 1)


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


def bulk_knows_the_first_column_only(request: Request) -> list[bytes]:
    pairs = right_pairs(ups(), request)
    if request.kind == BULK:
        pairs = pairs[:: len(request.oids)]
    return [response(request, pairs)]


def bulk_is_empty(request: Request) -> list[bytes]:
    return [response(request, [])] if request.kind == BULK else honest(ups())(request)


@pytest.mark.parametrize(
    "behaviour",
    [
        *(silent_to_bulk, silent_to_more_than_ten, one_varbind_to_bulk),
        *(bulk_repeats_the_question, bulk_says_end_at_once, bulk_is_a_general_error),
        bulk_is_empty,
        bulk_knows_the_first_column_only,
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


def test_rows_above_the_number_of_lines_are_no_sensors() -> None:
    unused = {
        (*UPS, *column, row): integer(0)
        for column in ((3, 3, 1, 2), (3, 3, 1, 3), (4, 4, 1, 2), (4, 4, 1, 5))
        for row in (2, 3)
    }

    polls = polled(honest(ups() | unused))

    assert polls.values == ALL_THIRTEEN
    assert polls.sink.values("input_voltage_v") == {"line1": 228.0}


def test_disks_beyond_an_integer32_are_read_or_refused_with_a_word() -> None:
    disks = {
        "/pacs-12t": (-1073741824, 1610612736),
        "/pacs-12t-full": (-1073741824, -1181116006),
        "/pacs-20t": (1073741824, 268435456),
    }
    mib: Mib = {}
    for row, (label, (size, used)) in enumerate(disks.items(), 1):
        mib |= {(*STORAGE, 3, row): octets(label.encode())}
        mib |= {(*STORAGE, 5, row): integer(size), (*STORAGE, 6, row): integer(used)}

    polls = polled(honest(mib), profile=load_profile(SHIPPED_PROFILES / "server.yaml"))

    assert polls.sink.values("disk_used_pct") == {
        "/pacs-12t": 50.0,
        "/pacs-12t-full": pytest.approx(96.7, abs=0.05),
    }
    (refusal,) = polls.sink.events
    assert (refusal.component, refusal.quality) == ("/pacs-20t", "bad")
    assert "2^32 units" in refusal.text

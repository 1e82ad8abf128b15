"""What our requests look like to an agent, and how they bend to what it can."""

import asyncio
from typing import Any

import pytest

from collectors.snmp.get import undotted
from core.schema.metric import Metric
from core.schema.profile import Profile
from core.schema.sources.snmp import SnmpMap, SnmpTable, SnmpValue
from tests.collectors.snmp.ber import BULK, GET, NEXT, Request, integer, response, tlv
from tests.collectors.snmp.cast import MemorySink, device, loops, snmp
from tests.collectors.snmp.own_agent import Behaviour, Mib, OwnAgent, honest, own_agent

BASE = "1.3.6.1.4.1.99999"


def profile(scalars: int, columns: int = 0) -> Profile:
    return Profile(
        metrics={"a_v": Metric(title="A"), "b_v": Metric(title="B")},
        snmp=SnmpMap(
            values=[
                SnmpValue(metric="a_v", oid=f"{BASE}.1.{n}.0", component=str(n))
                for n in range(1, scalars + 1)
            ],
            tables=[
                SnmpTable(metric="b_v", oid=f"{BASE}.2.1.{n}", component=f"{n}-{{index}}")
                for n in range(1, columns + 1)
            ],
        ),
    )


def mib(scalars: int, columns: int = 0, rows: int = 0) -> Mib:
    base = undotted(BASE)
    return {
        **{(*base, 1, n, 0): integer(n) for n in range(1, scalars + 1)},
        **{
            (*base, 2, 1, column, row): integer(column * 1000 + row)
            for column in range(1, columns + 1)
            for row in range(1, rows + 1)
        },
    }


def polled(
    behaviour: Behaviour, what: Profile, *, polls: int = 1, **settings: Any
) -> tuple[MemorySink, list[Request]]:
    """The readings of polls by one loop that is kept, and the requests the agent saw."""
    sink = MemorySink()
    seen: list[Request] = []

    async def play(agent: OwnAgent) -> None:
        source = snmp(agent.port, every="1s", **settings)
        task = asyncio.create_task(loops(sink, device(source, profile=what))[0].run())
        async with asyncio.timeout(60):
            while len(sink.batches) < polls:
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        seen.extend(agent.requests)

    async def main() -> None:
        async with own_agent(behaviour) as agent:
            await play(agent)

    asyncio.run(main())
    return sink, seen


def test_many_scalars_are_asked_twenty_at_a_time() -> None:
    sink, seen = polled(honest(mib(45)), profile(45))

    assert [len(request.oids) for request in seen] == [20, 20, 5]
    assert sink.values("a_v") == {str(n): float(n) for n in range(1, 46)}


def test_columns_are_walked_side_by_side_with_getbulk() -> None:
    sink, seen = polled(honest(mib(0, columns=19, rows=3)), profile(0, columns=19))

    assert len(seen) == 2  # three rows a reply, then one that finds the end
    assert {request.kind for request in seen} == {BULK}
    assert len(sink.values("b_v")) == 19 * 3


def test_version_1_walks_with_getnext() -> None:
    sink, seen = polled(honest(mib(1, columns=2, rows=3)), profile(1, columns=2), version="1")

    assert {request.kind for request in seen} == {GET, NEXT}
    assert len(sink.values("b_v")) == 6


def test_version_1_learns_which_oids_an_agent_lacks() -> None:
    some = mib(4)
    del some[undotted(f"{BASE}.1.2.0")]

    sink, seen = polled(honest(some), profile(4), polls=2, version="1")

    assert [len(request.oids) for request in seen] == [4, 3, 3]
    assert sink.values("a_v") == {"1": 1.0, "3": 3.0, "4": 4.0}
    assert sink.series("up") == [1.0, 1.0]


@pytest.mark.parametrize("version", ["1", "2c"])
@pytest.mark.parametrize("index", [0, 1])
def test_an_agent_with_little_room_is_asked_for_less(version: str, index: int) -> None:
    whole = mib(10, columns=5, rows=4)

    def small(request: Request) -> list[bytes]:
        if len(request.oids) * (request.repeat if request.kind == BULK else 1) > 3:
            return [response(request, [], status=1, index=index)]
        return honest(whole)(request)

    sink, _ = polled(small, profile(10, columns=5), version=version)

    assert len(sink.values("a_v")) == 10
    assert len(sink.values("b_v")) == 20


def test_one_broken_sensor_is_named_and_does_not_hide_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = undotted(f"{BASE}.1.3.0")

    def generr(request: Request) -> list[bytes]:
        if broken in request.oids:
            index = request.oids.index(broken) + 1
            return [
                response(
                    request, [(oid, b"\x05\x00") for oid in request.oids], status=5, index=index
                )
            ]
        return honest(mib(5))(request)

    sink, _ = polled(generr, profile(5))

    assert sink.values("a_v") == {"1": 1.0, "2": 2.0, "4": 4.0, "5": 5.0}
    assert "answers only in part: the agent says genErr for 1.3.6.1.4.1.99999.1.3.0" in caplog.text


def test_a_repeated_request_is_answered_when_the_first_was_lost() -> None:
    lost: list[Request] = []

    def deaf_at_first(request: Request) -> list[bytes]:
        if not lost:
            lost.append(request)
            return []
        return honest(mib(1))(request)

    sink, _ = polled(deaf_at_first, profile(1), retries=1)

    assert sink.values("a_v") == {"1": 1.0}


def test_a_poll_cut_short_keeps_what_came() -> None:
    def falls_silent(request: Request) -> list[bytes]:
        return honest(mib(2))(request) if request.kind == GET else []

    sink, _ = polled(falls_silent, profile(2, columns=1))

    assert sink.values("a_v") == {"1": 1.0, "2": 2.0}
    assert sink.values("up") == {"snmp": 1.0}


def test_every_kind_of_value_arrives() -> None:
    base = undotted(BASE)
    values = {
        1: tlv(0x41, b"\x00\xff\xff\xff\xff"),  # Counter32
        2: tlv(0x42, b"\x07"),  # Gauge32
        3: tlv(0x43, b"\x01\x00"),  # TimeTicks
        4: tlv(0x46, b"\x00\xff\xff\xff\xff\xff\xff\xff\xff"),  # Counter64
        5: tlv(0x04, b" 21.5 "),  # a number in words
        6: tlv(0x44, b"\x9f\x78\x04\x41\xac\x00\x00"),  # a float inside Opaque, as net-snmp does
        7: tlv(0x05, b""),  # Null: a gap
        8: tlv(0x40, bytes([192, 0, 2, 7])),  # IpAddress: not a number
        9: integer(-40),
    }
    kinds = {(*base, 1, n, 0): value for n, value in values.items()}

    sink, _ = polled(honest(kinds), profile(10))

    assert sink.values("a_v") == {
        "1": 2.0**32 - 1,
        "2": 7.0,
        "3": 256.0,
        "4": float(2**64 - 1),
        "5": 21.5,
        "6": 21.5,
        "9": -40.0,
    }
    assert [(event.component, event.text) for event in sink.events] == [
        ("8", "a_v: not a number: '192.0.2.7'")
    ]

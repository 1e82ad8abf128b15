"""Agents that answer wrongly: a poll ends in time, keeps what is true, and believes nothing false."""

import asyncio
import random
from collections.abc import Callable

import pytest

from collectors.snmp.get import undotted
from core.schema.metric import Metric
from core.schema.profile import Profile
from core.schema.sources.snmp import SnmpMap, SnmpTable, SnmpValue
from tests.collectors.snmp.ber import GET, Pair, Request, integer, octets, response
from tests.collectors.snmp.cast import MemorySink, device, loops, snmp
from tests.collectors.snmp.own_agent import Behaviour, Mib, honest, own_agent, right_pairs
from tests.support.cpu_clock import own_time

FLOW, TEMP = "1.3.6.1.4.1.99999.1.1.0", "1.3.6.1.4.1.99999.1.2.0"
FANS = "1.3.6.1.4.1.99999.2.1.3"

CHILLER = Profile(
    metrics={
        "flow_l_min": Metric(title="Flow", plausible=(0, 500)),
        "water_temp_c": Metric(title="Water", plausible=(-20, 80)),
        "fan_rpm": Metric(title="Fan"),
    },
    snmp=SnmpMap(
        values=[
            SnmpValue(metric="flow_l_min", oid=FLOW),
            SnmpValue(metric="water_temp_c", oid=TEMP, scale=0.1),
        ],
        tables=[SnmpTable(metric="fan_rpm", oid=FANS)],
    ),
)
MIB: Mib = {
    undotted(FLOW): integer(120),
    undotted(TEMP): integer(182),
    **{(*undotted(FANS), fan): integer(1000 + fan) for fan in range(1, 31)},
    (*undotted(FANS)[:-1], 4, 1): octets(b"beyond the column"),
}
TRUTH = {"flow_l_min": {"": 120.0}, "water_temp_c": {"": 18.2}}
FANS_TRUTH = {str(fan): 1000.0 + fan for fan in range(1, 31)}


def poll_evil_then_honest(
    evil: Behaviour, version: str, timeout: str = "300ms"
) -> tuple[MemorySink, MemorySink]:
    """What an evil poll brought, and what the next one did when the agent had mended its ways."""
    sinks = MemorySink(), MemorySink()

    async def play() -> None:
        async with own_agent(evil) as agent:
            hasty = snmp(agent.port, version=version, every="2s", timeout=timeout)
            patient = snmp(agent.port, version=version, every="30s", timeout="5s")
            for sink, source in zip(sinks, (hasty, patient), strict=True):
                await loops(sink, device(source, profile=CHILLER, name="chiller-1"))[0].once()
                agent.behave(honest(MIB))

    began = own_time()
    asyncio.run(play())
    assert own_time() - began < 5
    return sinks


def assert_all_true(sink: MemorySink) -> None:
    assert sink.values("flow_l_min") == {"": 120.0}
    assert sink.values("water_temp_c") == {"": pytest.approx(18.2)}
    assert sink.values("fan_rpm") == FANS_TRUTH
    assert sink.values("up") == {"snmp": 1.0}


def assert_nothing_false(sink: MemorySink) -> None:
    assert sink.values("flow_l_min") in ({}, {"": 120.0})
    assert sink.values("water_temp_c") in ({}, {"": pytest.approx(18.2)})
    assert sink.values("fan_rpm").items() <= FANS_TRUTH.items()
    assert not sink.events


def lie(pairs: list[Pair]) -> list[Pair]:
    return [(oid, integer(77)) for oid, _ in pairs]


def wrong_request_id(request: Request) -> list[bytes]:
    return [response(request, lie(right_pairs(MIB, request)), shift=1)]


def wrong_community(request: Request) -> list[bytes]:
    other = request._replace(community=b"private")
    return [response(other, lie(right_pairs(MIB, request)))]


def other_version(request: Request) -> list[bytes]:
    return [response(request._replace(version=0), lie(right_pairs(MIB, request)))]


def truncated(request: Request) -> list[bytes]:
    whole = response(request, right_pairs(MIB, request))
    return [whole[: len(whole) // 2]]


def culprit_beyond_varbinds(request: Request) -> list[bytes]:
    return [response(request, lie(right_pairs(MIB, request)), status=5, index=99)]


def negative_culprit(request: Request) -> list[bytes]:
    return [response(request, lie(right_pairs(MIB, request)), status=-7, index=-3)]


def too_few(request: Request) -> list[bytes]:
    return [response(request, right_pairs(MIB, request)[:1])]


def none_at_all(request: Request) -> list[bytes]:
    return [response(request, [])]


def too_many(request: Request) -> list[bytes]:
    return [response(request, right_pairs(MIB, request) * 70)]


def shuffled(request: Request) -> list[bytes]:
    return [response(request, right_pairs(MIB, request)[::-1])]


def empty(request: Request) -> list[bytes]:
    return [b""]


def garbage(request: Request) -> list[bytes]:
    dice = random.Random(request.id)
    return [dice.randbytes(dice.randrange(1, 200)) for _ in range(30)]


def the_request_itself(request: Request) -> list[bytes]:
    echo = response(request, [(oid, b"\x05\x00") for oid in request.oids])
    return [echo.replace(b"\xa2", bytes([request.kind]), 1)]


EVIL: list[Behaviour] = [
    *(wrong_request_id, wrong_community, other_version, truncated, culprit_beyond_varbinds),
    *(negative_culprit, too_few, none_at_all, too_many, shuffled, empty, garbage),
    the_request_itself,
]


@pytest.mark.parametrize("version", ["1", "2c"])
@pytest.mark.parametrize("evil", EVIL, ids=lambda evil: str(evil.__name__))
def test_an_evil_answer_is_not_believed_and_the_next_poll_works(
    evil: Behaviour, version: str
) -> None:
    if evil is other_version and version == "1":
        evil = truncated
    evil_poll, next_poll = poll_evil_then_honest(evil, version)

    assert_nothing_false(evil_poll)
    assert len(evil_poll.values("up")) == 1
    assert_all_true(next_poll)


def only_walks(behave: Callable[[Request], list[Pair]]) -> Behaviour:
    """Honest to GET, evil to the walk."""

    def answer(request: Request) -> list[bytes]:
        pairs = right_pairs(MIB, request) if request.kind == GET else behave(request)
        return [response(request, pairs)]

    return answer


def standing_still(request: Request) -> list[Pair]:
    return [((*undotted(FANS), 1), integer(1001))]


def endless(request: Request) -> list[Pair]:
    head = request.oids[0]
    row = head[-1] if head != undotted(FANS) else 0
    count = max(request.repeat, 1)
    return [((*undotted(FANS), row + n), integer(1000 + row + n)) for n in range(1, count + 1)]


@pytest.mark.parametrize("walk", [standing_still, endless])
@pytest.mark.parametrize("version", ["1", "2c"])
def test_an_evil_walk_ends_and_the_scalars_are_kept(
    walk: Callable[[Request], list[Pair]], version: str
) -> None:
    evil_poll, next_poll = poll_evil_then_honest(only_walks(walk), version, timeout="1s")

    assert evil_poll.values("up") == {"snmp": 1.0}
    assert evil_poll.values("flow_l_min") == {"": 120.0}
    assert evil_poll.values("fan_rpm").get("1") == 1001.0
    assert len(evil_poll.values("fan_rpm")) <= 2000
    assert_all_true(next_poll)


def test_an_answer_from_another_port_is_not_believed() -> None:
    sink = MemorySink()

    async def play() -> None:
        def silent(request: Request) -> list[bytes]:
            return []

        async with own_agent(silent) as asked_one, own_agent(silent) as other:

            def answer_through_the_other(request: Request) -> list[bytes]:
                reply = response(request, lie(right_pairs(MIB, request)))
                other.send(reply, asked_one.last_asker)
                return []

            asked_one.behave(answer_through_the_other)
            source = snmp(asked_one.port, every="1s")
            await loops(sink, device(source, profile=CHILLER))[0].once()
            assert asked_one.requests

    asyncio.run(play())

    assert [(r.metric, r.value) for r in sink.readings] == [("up", 0.0)]


def test_a_babbling_agent_does_not_hold_up_a_living_one() -> None:
    def babble(request: Request) -> list[bytes]:
        return garbage(request) * 30

    sink = MemorySink()

    async def play() -> None:
        async with own_agent(babble) as evil, own_agent(honest(MIB)) as good:
            evil_one = device(snmp(evil.port), profile=CHILLER, name="evil-1")
            good_one = device(snmp(good.port, timeout="2s"), profile=CHILLER, name="good-1")
            await asyncio.gather(*(loop.once() for loop in loops(sink, evil_one, good_one)))

    asyncio.run(play())

    ups = {r.device: r.value for r in sink.readings if r.metric == "up"}
    assert ups == {"evil-1": 0.0, "good-1": 1.0}

"""Each agent has its own beat, whatever the others and the wall clock do."""

import asyncio
import logging

import pytest

from collectors.polling.schedule import backoff, next_due, on_grid
from collectors.snmp import sources
from core.readings import Batch
from tests.collectors.snmp.ber import integer
from tests.collectors.snmp.cast import (
    UPTIME,
    MemorySink,
    device,
    loops,
    poll_once,
    run_until,
    site,
    snmp,
)
from tests.collectors.snmp.own_agent import Mib, honest, own_agent
from tests.support.ports import UDP, free_port

MIB: Mib = {tuple(map(int, UPTIME.split("."))): integer(100)}


def test_a_late_poll_keeps_the_beat_and_missed_beats_stay_missed() -> None:
    assert next_due(100.0, 30.0, 100.2) == 130.0
    assert next_due(100.0, 30.0, 129.9) == 130.0
    assert next_due(100.0, 30.0, 130.0) == 160.0
    assert next_due(100.0, 30.0, 1001.0) == 1030.0


def test_polls_begin_together_on_hundredths_of_a_second() -> None:
    assert [on_grid(time) for time in (0.0, 0.001, 0.01, 7.0101)] == pytest.approx(
        [0.0, 0.01, 0.01, 7.02]
    )


def test_patience_doubles_to_five_minutes_but_never_hurries_a_slow_schedule() -> None:
    assert [backoff(30, failures, 1.0) for failures in (1, 2, 3, 4, 5, 9999)] == [
        *(30, 60, 120, 240, 300, 300)
    ]
    assert backoff(3600, 5, 1.0) == 3600
    assert backoff(30, 9, 0.0) == 240


@pytest.mark.servers
def test_twenty_dead_agents_do_not_delay_a_living_one() -> None:
    sink = MemorySink()

    async def play() -> None:
        async with own_agent(honest(MIB)) as agent:
            dead = [device(snmp(free_port(UDP), every="1s"), name=f"dead-{n}") for n in range(20)]
            alive = device(snmp(agent.port, every="1s"), name="ct-1")
            running = loops(sink, *dead, alive)
            await run_until(lambda: len(beats(sink)) >= 4, running)

    asyncio.run(play())

    gaps = [later - earlier for earlier, later in zip(beats(sink), beats(sink)[1:], strict=False)]
    assert all(gap < 2.6 for gap in gaps), "a queue of the dead is later"
    ups = {r.device: r.value for r in sink.readings if r.metric == "up"}
    assert ups["ct-1"] == 1.0
    assert set(ups.values()) == {0.0, 1.0}


def beats(sink: MemorySink) -> list[float]:
    return [
        time
        for time, batch in zip(sink.own_times, sink.batches, strict=True)
        if batch.readings and batch.readings[0].device == "ct-1"
    ]


@pytest.mark.servers
def test_a_jump_of_the_clock_changes_stamps_but_not_the_beat() -> None:
    sink = MemorySink()
    clock = iter([1_000_000, 999_999_999_999, 5, 6, 7, 8, 9])

    async def play() -> None:
        async with own_agent(honest(MIB)) as agent:
            here = site(device(snmp(agent.port, every="1s"), name="ct-1"))
            running = sources(here, sink, lambda: next(clock))
            await run_until(lambda: len(sink.batches) >= 3, running)

    asyncio.run(play())

    assert [batch.readings[0].at for batch in sink.batches[:3]] == [1_000_000, 999_999_999_999, 5]
    assert sink.times[2] - sink.times[0] > 1.0, "no burst"
    assert sink.own_times[2] - sink.own_times[0] < 5.0, "no long stall"


@pytest.mark.servers
def test_a_full_disk_makes_gaps_and_no_burst_afterwards() -> None:
    class FullDisk(MemorySink):
        async def append(self, batch: Batch) -> None:
            if len(self.batches) == 1:
                await asyncio.sleep(2.5)
            await super().append(batch)

    sink = FullDisk()

    async def play() -> None:
        async with own_agent(honest(MIB)) as agent:
            running = loops(sink, device(snmp(agent.port, every="1s")))
            await run_until(lambda: len(sink.batches) >= 3, running)
            assert len(agent.requests) <= 2 * 3 + 2

    asyncio.run(play())


@pytest.mark.servers
def test_a_lost_agent_is_logged_once_and_its_return_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    sink = MemorySink()

    async def play() -> None:
        async with own_agent(lambda request: []) as agent:
            source = snmp(agent.port, every="1s", timeout="500ms")

            def mend() -> bool:
                if len(sink.batches) == 2:
                    agent.behave(honest(MIB))
                return sink.series("up")[-2:] == [1.0, 1.0]

            await run_until(mend, loops(sink, device(source, name="ups-1")))

    asyncio.run(play())

    said = [r.getMessage() for r in caplog.records if r.name.startswith("collectors")]
    assert len(said) == 2
    assert "ups-1 snmp 127.0.0.1" in said[0]
    assert "unreachable: no answer from" in said[0]
    assert "back after" in said[1]


@pytest.mark.servers
def test_an_agent_that_failed_is_asked_from_another_port_and_who_lives_from_the_same() -> None:
    """A firewall or a NAT that remembers a way which leads nowhere is left behind."""
    ports: dict[str, set[int]] = {"lost": set(), "alive": set()}

    async def play() -> None:
        async with own_agent(lambda _: []) as lost, own_agent(honest(MIB)) as alive:
            sink = MemorySink()
            hasty = snmp(lost.port, every="1s", timeout="100ms")
            running = loops(sink, device(hasty), device(snmp(alive.port, every="1s"), name="ct-1"))

            def is_seen() -> bool:
                for name, agent in (("lost", lost), ("alive", alive)):
                    if agent.requests:
                        ports[name].add(agent.last_asker[1])
                return len(ports["lost"]) > 1 and len(beats(sink)) > 2

            await run_until(is_seen, running)

    asyncio.run(play())

    assert len(ports["alive"]) == 1
    assert len(ports["lost"]) > 1


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b"])
def test_a_host_that_cannot_be_found_is_up_0(host: str, caplog: pytest.LogCaptureFixture) -> None:
    sink = poll_once(device(snmp(161, host=host, timeout="5s")))

    assert sink.values("up") == {"snmp": 0.0}
    assert f"cannot find or reach the host {host!r}" in caplog.text


@pytest.mark.servers
def test_an_agent_on_ipv6_is_polled() -> None:
    sink = MemorySink()

    async def play() -> None:
        async with own_agent(honest(MIB), host="::1") as agent:
            await loops(sink, device(snmp(agent.port, host="::1")))[0].once()

    try:
        asyncio.run(play())
    except OSError:
        pytest.skip("IPv6 is off here")

    assert sink.values("uptime_s") == {"": 1.0}


@pytest.mark.servers
def test_cancelling_in_the_middle_of_a_poll_ends_cleanly() -> None:
    sink = MemorySink()

    async def play() -> None:
        async with own_agent(lambda request: []) as agent:
            running = loops(sink, device(snmp(agent.port, timeout="30s", every="1s")))
            await run_until(lambda: bool(agent.requests), running)
            await asyncio.sleep(0.05)
            assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(play())

"""The agent answers net-snmp's own tools."""

import asyncio
import shutil
import socket
from collections.abc import Callable, Mapping

import pytest

from simulator.servers.snmp_agent import start_agent
from simulator.wire.snmp import SnmpRaw

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(
        shutil.which("snmpget") is None, reason="needs server: snmp tools are not installed"
    ),
]

Ports = Callable[[socket.SocketKind], int]

TREE = {
    "1.3.6.1.2.1.1.1.0": SnmpRaw("OctetString", b"a pretend UPS"),
    "1.3.6.1.2.1.1.3.0": SnmpRaw("TimeTicks", 12_345),
    "1.3.6.1.2.1.33.1.2.4.0": SnmpRaw("Gauge32", 87),
    "1.3.6.1.2.1.33.1.2.7.0": SnmpRaw("Integer", -4),
    "1.3.6.1.2.1.33.1.3.1.0": SnmpRaw("Counter32", 4_000_000_000),
    **{f"1.3.6.1.2.1.33.1.3.3.1.3.{n}": SnmpRaw("Integer", 220 + n) for n in range(1, 13)},
    "1.3.6.1.2.1.31.1.1.1.6.1": SnmpRaw("Counter64", 2**40),
    "1.3.6.1.2.1.99.0": SnmpRaw("Gauge32", 0),
}


def run(
    port: int, tool: str, *args: str, tree: Mapping[str, SnmpRaw] | None = TREE, version: str = "2c"
) -> tuple[int, str]:
    """Exit code and output of one net-snmp tool against an agent that has this tree."""

    async def against_agent() -> tuple[int, str]:
        agent = await start_agent("127.0.0.1", port, "public", lambda: tree)
        options = ["-v", version, "-On", "-t", "1", "-r", "0"]
        if "-c" not in args:
            options += ["-c", "public"]
        split = 2 if args[:1] == ("-c",) else 0
        process = await asyncio.create_subprocess_exec(
            *(tool, *options, *args[:split], f"127.0.0.1:{port}", *args[split:]),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        agent.close()
        return process.returncode or 0, output.decode()

    return asyncio.run(against_agent())


@pytest.fixture
def port(a_port: Ports) -> int:
    return a_port(socket.SOCK_DGRAM)


@pytest.mark.parametrize("version", ["1", "2c"])
def test_get_answers_each_type(port: int, version: str) -> None:
    oids = ("1.3.6.1.2.1.33.1.2.4.0", "1.3.6.1.2.1.33.1.2.7.0", "1.3.6.1.2.1.33.1.3.1.0")
    code, output = run(port, "snmpget", *oids, "1.3.6.1.2.1.1.3.0", version=version)
    assert code == 0
    assert "Gauge32: 87" in output
    assert "INTEGER: -4" in output
    assert "Counter32: 4000000000" in output
    assert "Timeticks: (12345)" in output


def test_a_zero_is_an_answer(port: int) -> None:
    assert "Gauge32: 0" in run(port, "snmpget", "1.3.6.1.2.1.99.0")[1]


def test_an_absent_instance_is_told_in_the_way_of_each_version(port: int) -> None:
    assert "No Such Instance" in run(port, "snmpget", "1.3.6.1.2.1.33.9.0")[1]
    assert "noSuchName" in run(port, "snmpget", "1.3.6.1.2.1.33.9.0", version="1")[1]


@pytest.mark.parametrize(
    ("tool", "version"), [("snmpwalk", "1"), ("snmpwalk", "2c"), ("snmpbulkwalk", "2c")]
)
def test_a_walk_goes_through_the_subtree_in_order(port: int, tool: str, version: str) -> None:
    code, output = run(port, tool, "1.3.6.1.2.1.33.1.3.3.1.3", version=version)
    lines = output.splitlines()
    assert code == 0
    assert [line.split(": ")[1] for line in lines] == [str(220 + n) for n in range(1, 13)]


@pytest.mark.parametrize(
    ("tool", "version"), [("snmpwalk", "1"), ("snmpwalk", "2c"), ("snmpbulkwalk", "2c")]
)
def test_a_walk_to_the_end_ends(port: int, tool: str, version: str) -> None:
    code, output = run(port, tool, "1.3.6.1", version=version)
    assert code == 0
    assert output.count(" = ") >= len(TREE) - (version == "1")
    assert ("Counter64" in output) is (version == "2c")


def test_a_wrong_community_and_a_dead_agent_are_met_with_silence(port: int) -> None:
    wrong = run(port, "snmpget", "-c", "secret", "1.3.6.1.2.1.1.1.0")
    dead = run(port, "snmpget", "1.3.6.1.2.1.1.1.0", tree=None)
    assert wrong[0] != 0
    assert "Timeout" in wrong[1]
    assert "Timeout" in dead[1]


def test_garbage_does_not_stop_the_agent(port: int) -> None:
    async def attack() -> bytes:
        agent = await start_agent("127.0.0.1", port, "public", lambda: TREE)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as attacker:
            for rubbish in (b"", b"\x00", b"\x30\x84\xff", b"0" * 900, bytes(range(256))):
                attacker.sendto(rubbish, ("127.0.0.1", port))
        process = await asyncio.create_subprocess_exec(
            *("snmpget", "-v2c", "-cpublic", "-On", f"127.0.0.1:{port}", "1.3.6.1.2.1.1.1.0"),
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await process.communicate()
        agent.close()
        return output

    assert b"a pretend UPS" in asyncio.run(attack())

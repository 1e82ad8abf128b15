"""Against net-snmp, the agent that most appliances carry inside."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.collectors.snmp.cast import MemorySink, device, loops, poll_once, run_until, snmp
from tests.support import netsnmp
from tests.support.netsnmp import AUTH_PASSWORD, PRIVACY_PASSWORD
from tests.support.ports import UDP, free_port

USERS: dict[str, dict[str, Any]] = {
    "sara": {"auth": "sha", "privacy": "aes"},
    "sara256": {"auth": "sha256", "privacy": "aes"},
    "sara512": {"auth": "sha512", "privacy": None},
    "saramd5": {"auth": "md5", "privacy": "des"},
    "saraopen": {"auth": None, "privacy": None},
}


@pytest.fixture(autouse=True)
def _passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH", AUTH_PASSWORD)
    monkeypatch.setenv("PRIVACY", PRIVACY_PASSWORD)
    monkeypatch.setenv("WRONG", "wrong-password")


def user(name: str, /, **settings: Any) -> dict[str, Any]:
    kinds = USERS[name]
    whole = {"name": name, "auth_password": "env:AUTH", "privacy_password": "env:PRIVACY"}
    for kind in ("auth", "privacy"):
        if kinds[kind] is None:
            del whole[f"{kind}_password"]
        else:
            whole[kind] = kinds[kind]
    return {**whole, **settings}


@pytest.mark.parametrize("version", ["1", "2c"])
def test_a_community_reads_scalars_and_labelled_tables(snmpd: netsnmp.Agent, version: str) -> None:
    sink = poll_once(device(snmp(snmpd.port, version=version, timeout="2s")))

    assert sink.values("up") == {"snmp": 1.0}
    assert 0 < sink.values("response_ms")["snmp"] < 2000
    assert 0 <= sink.values("uptime_s")[""] < 3600
    storage = sink.values("storage_used_pct")
    assert 0 < storage["Physical memory"] <= 100
    assert "/" in " ".join(storage)
    assert not sink.events


@pytest.mark.parametrize("name", USERS)
def test_a_v3_user_of_each_level_reads_the_same(snmpd: netsnmp.Agent, name: str) -> None:
    sink = poll_once(device(snmp(snmpd.port, version="3", user=user(name), timeout="2s")))

    assert sink.values("up") == {"snmp": 1.0}
    assert 0 <= sink.values("uptime_s")[""] < 3600
    assert 0 < sink.values("storage_used_pct")["Physical memory"] <= 100


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            {"user": user("sara", auth_password="env:WRONG")},
            "wrong auth password or protocol for SNMPv3 user 'sara'; this needs a person",
        ),
        (
            {"user": user("sara", name="karim")},
            "does not know the SNMPv3 user 'karim'; this needs a person",
        ),
        ({"user": user("sara", privacy_password="env:WRONG")}, "wrong privacy password also"),
        ({"user": user("sara", auth_password="env:ABSENT")}, "ABSENT is not set"),
        ({"version": "2c", "community": "wrong"}, "wrong community"),
        ({"version": "1", "community": "wrong"}, "wrong community"),
    ],
)
def test_wrong_credentials_are_up_0_and_a_clear_word(
    snmpd: netsnmp.Agent,
    settings: dict[str, Any],
    words: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sink = poll_once(device(snmp(snmpd.port, **{"version": "3", **settings})))

    assert sink.values("up") == {"snmp": 0.0}
    assert [reading.metric for reading in sink.readings] == ["up"]
    assert words in caplog.text
    for secret in (AUTH_PASSWORD, PRIVACY_PASSWORD, "wrong-password"):
        assert secret not in caplog.text


def test_a_password_too_short_for_snmpv3_is_named(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("WRONG", "short")

    sink = poll_once(device(snmp(1, version="3", user=user("sara", auth_password="env:WRONG"))))

    assert sink.values("up") == {"snmp": 0.0}
    assert "auth password of SNMPv3 user 'sara' is shorter than 8" in caplog.text


@pytest.mark.parametrize(
    "settings",
    [
        {"version": "2c", "community": "\u06a9\u0644\u0645\u0647"},
        {"version": "3", "user": {"name": "\u0633\u0627\u0631\u0627"}},
        {"version": "3", "user": {"name": "sara" * 9}},
    ],
)
def test_credentials_beyond_ascii_or_too_long_are_an_error_not_a_crash(
    snmpd: netsnmp.Agent, settings: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    sink = poll_once(device(snmp(snmpd.port, **settings)))

    assert sink.values("up") == {"snmp": 0.0}
    assert "stumbled" not in caplog.text


def test_two_passwords_of_one_user_name_do_not_mix(snmpd: netsnmp.Agent) -> None:
    right = device(snmp(snmpd.port, version="3", user=user("sara"), timeout="2s"), name="right")
    wrong_user = user("sara", auth_password="env:WRONG")
    wrong = device(snmp(snmpd.port, version="3", user=wrong_user, timeout="2s"), name="wrong")

    sink = poll_once(right, wrong)

    ups = {r.device: r.value for r in sink.readings if r.metric == "up"}
    assert ups == {"right": 1.0, "wrong": 0.0}


@pytest.mark.servers
@pytest.mark.parametrize(
    ("settings", "new_engine"),
    [
        ({}, "old"),
        ({"version": "3", "user": user("sara")}, "new"),
        ({"version": "3", "user": user("sara")}, "old"),  # and its boot counter starts anew
    ],
)
def test_an_agent_that_was_replaced_is_heard_again(
    tmp_path: Path, settings: dict[str, Any], new_engine: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    sink = MemorySink()

    async def live_through_a_replacement() -> None:
        port = free_port(UDP)
        source = snmp(port, every="1s", timeout="500ms", **settings)
        task = asyncio.create_task(run_until(lambda: False, loops(sink, device(source))))
        with netsnmp.agent(tmp_path / "old", port, "old", boots=50):
            await wait_for(lambda: 1.0 in sink.series("up"))
        await wait_for(lambda: 0.0 in sink.series("up"))
        with netsnmp.agent(tmp_path / "new", port, new_engine):
            await wait_for(lambda: sink.series("up")[-1] == 1.0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(live_through_a_replacement())

    said = [record.getMessage() for record in caplog.records if record.name.startswith("coll")]
    assert "unreachable" in said[-2]
    assert "back after" in said[-1]


async def wait_for(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not done():
            await asyncio.sleep(0.02)

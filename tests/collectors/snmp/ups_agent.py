"""A UPS by RFC 1628 that answers from memory, and polls of it one after the other."""

import asyncio
from typing import Any

from collectors.snmp import sources
from core.schema.load import load_profile
from core.schema.load_profiles import SHIPPED_PROFILES
from core.schema.profile import Profile
from tests.collectors.snmp.ber import Oid, Request, integer
from tests.collectors.snmp.cast import T0, MemorySink, device, site, snmp
from tests.collectors.snmp.own_agent import Behaviour, Mib, own_agent

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


def polled(
    behaviour: Behaviour, *, polls: int = 1, profile: Profile = PROFILE, **settings: Any
) -> Polls:
    """Polls by one loop, one after the other."""
    result = Polls()

    async def play() -> None:
        async with own_agent(behaviour) as agent:
            defaults: dict[str, Any] = {"every": "30s", "timeout": "150ms", "retries": 1}
            source = snmp(agent.port, **defaults | settings)
            (loop,) = sources(site(device(source, profile=profile)), result.sink, lambda: T0)
            for _ in range(polls):
                before = len(agent.requests)
                await loop._round()  # type: ignore[attr-defined]
                result.requests.append(agent.requests[before:])
            result.last_error = loop.last_error
            loop._session.close()  # type: ignore[attr-defined]

    asyncio.run(play())
    return result

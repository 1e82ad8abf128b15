"""What an agent answers: the profile's SNMP map turned round. Pure."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from core.schema.site import Device
from core.schema.sources.snmp import SnmpSource, SnmpTable, SnmpValue
from simulator.physics.model import Key
from simulator.rows import rows


class SnmpRaw(NamedTuple):
    """One value as SNMP types it; `kind` is the type's name in the protocol."""

    kind: Literal["Integer", "Gauge32", "Counter32", "Counter64", "TimeTicks", "OctetString"]
    value: int | bytes


SYS_DESCR = "1.3.6.1.2.1.1.1.0"
SYS_UPTIME = "1.3.6.1.2.1.1.3.0"
TIME_TICKS = (SYS_UPTIME, "1.3.6.1.2.1.25.1.1.0")
HIGH_CAPACITY = "1.3.6.1.2.1.31.1.1.1."  # ifXTable: 64-bit counters
DISK_UNITS = 26_214_400  # size of a pretend disk in allocation units of 4 KiB: 100 GiB


def snmp_answers(
    device: Device, source: SnmpSource, values: Mapping[Key, float], at: int
) -> dict[str, SnmpRaw]:
    """Every object that the device has, by instance OID."""
    found = {
        SYS_DESCR: SnmpRaw("OctetString", f"{device.name} (simulated)".encode()),
        SYS_UPTIME: SnmpRaw("TimeTicks", at // 10 % 2**32),
    }
    for value in source.scalars(device.profile):
        number = _look_up(values, value)
        if number is not None:
            found[value.oid] = _typed(device, value, value.oid, number / value.scale)
    for table in source.columns(device.profile):
        found.update(_column(device, table, values))
    return found


def _look_up(values: Mapping[Key, float], value: SnmpValue) -> float | None:
    return values.get((value.metric, value.component), values.get((value.metric, "")))


def _column(
    device: Device, table: SnmpTable, values: Mapping[Key, float]
) -> Iterator[tuple[str, SnmpRaw]]:
    for row in rows(table):
        number = values.get((table.metric, row.component))
        if number is None:
            continue
        if table.label:
            yield f"{table.label}.{row.number}", SnmpRaw("OctetString", row.label.encode())
        raw = number / table.scale
        if table.of:
            yield f"{table.of}.{row.number}", SnmpRaw("Integer", DISK_UNITS)
            raw *= DISK_UNITS
        yield f"{table.oid}.{row.number}", _typed(device, table, table.oid, raw)


def _typed(device: Device, named: SnmpValue | SnmpTable, oid: str, raw: float) -> SnmpRaw:
    number = round(raw)
    if oid in TIME_TICKS:
        return SnmpRaw("TimeTicks", number % 2**32)
    if device.profile.metrics[named.metric].kind == "counter":
        wide = oid.startswith(HIGH_CAPACITY)
        return SnmpRaw("Counter64", number) if wide else SnmpRaw("Counter32", number % 2**32)
    if number < 0 or device.profile.metrics[named.metric].kind == "state":
        return SnmpRaw("Integer", number)
    return SnmpRaw("Gauge32", number)

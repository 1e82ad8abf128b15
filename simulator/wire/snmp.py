"""What an agent answers: the inverse of the profile's SNMP map. Pure."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from core.schema.site import Device
from core.schema.sources.snmp import SnmpSource, SnmpTable, SnmpValue
from simulator.physics.part import Key
from simulator.snmp_tables import rows

SnmpType = Literal["Integer", "Gauge32", "Counter32", "Counter64", "TimeTicks", "OctetString"]


class SnmpRaw(NamedTuple):
    """One value as SNMP types it; `kind` is the type's name in the protocol."""

    kind: SnmpType
    value: int | bytes


SYS_DESCR = "1.3.6.1.2.1.1.1.0"
SYS_UPTIME = "1.3.6.1.2.1.1.3.0"
TIME_TICKS = (SYS_UPTIME, "1.3.6.1.2.1.25.1.1.0")
HIGH_CAPACITY = "1.3.6.1.2.1.31.1.1.1."  # ifXTable: 64-bit counters
DISK_UNITS = 26_214_400  # size of a simulated disk in allocation units of 4 KiB: 100 GiB


class _Object(NamedTuple):
    """One object that shows a value: the first of `keys` that the device has."""

    oid: str
    keys: tuple[Key, ...]
    scale: float
    units: int  # a share of so many allocation units; 1: the number itself
    kind: SnmpType
    fixed: dict[str, SnmpRaw]  # what stands beside it in its row: label and size


class SnmpObjects:
    """The objects of one source, its profile's map looked up once."""

    def __init__(self, device: Device, source: SnmpSource) -> None:
        self._description = SnmpRaw("OctetString", f"{device.name} (simulated)".encode())
        self._objects = [_scalar(device, value) for value in source.scalars(device.profile)]
        for table in source.columns(device.profile):
            self._objects += _column(device, table)

    def answers(self, values: Mapping[Key, float], at: int) -> dict[str, SnmpRaw]:
        """Every object of the device by instance OID, as raw integers; `at` in UTC milliseconds."""
        answers = {
            SYS_DESCR: self._description,
            SYS_UPTIME: SnmpRaw("TimeTicks", at // 10 % 2**32),
        }
        for oid, keys, scale, units, kind, fixed in self._objects:
            for key in keys:
                if key in values:
                    answers |= fixed
                    answers[oid] = _typed(kind, values[key] / scale * units)
                    break
        return answers


def snmp_answers(
    device: Device, source: SnmpSource, values: Mapping[Key, float], at: int
) -> dict[str, SnmpRaw]:
    """What the agent of one source answers for these values, `at` in UTC milliseconds."""
    return SnmpObjects(device, source).answers(values, at)


def _scalar(device: Device, value: SnmpValue) -> _Object:
    keys = ((value.metric, value.component), (value.metric, ""))
    return _Object(value.oid, keys, value.scale, 1, _kind(device, value.metric, value.oid), {})


def _column(device: Device, table: SnmpTable) -> Iterator[_Object]:
    kind = _kind(device, table.metric, table.oid)
    for row in rows(table):
        fixed = {}
        if table.label:
            fixed[f"{table.label}.{row.number}"] = SnmpRaw("OctetString", row.label.encode())
        if table.of:
            fixed[f"{table.of}.{row.number}"] = SnmpRaw("Integer", DISK_UNITS)
        keys, units = ((table.metric, row.component),), DISK_UNITS if table.of else 1
        yield _Object(f"{table.oid}.{row.number}", keys, table.scale, units, kind, fixed)


def _kind(device: Device, metric: str, oid: str) -> SnmpType:
    """The type that the MIB gives an object."""
    if oid in TIME_TICKS:
        return "TimeTicks"
    kind = device.profile.metrics[metric].kind
    if kind == "counter":
        return "Counter64" if oid.startswith(HIGH_CAPACITY) else "Counter32"
    return "Integer" if kind == "state" else "Gauge32"


def _typed(kind: SnmpType, raw: float) -> SnmpRaw:
    number = round(raw)
    if kind in ("TimeTicks", "Counter32"):
        return SnmpRaw(kind, number % 2**32)
    if kind == "Gauge32" and number < 0:
        return SnmpRaw("Integer", number)
    return SnmpRaw(kind, number)

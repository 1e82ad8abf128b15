"""The rows of the SNMP tables that the simulated devices have."""

from typing import NamedTuple

from core.schema.site import Device
from core.schema.sources.snmp import SnmpMap, SnmpSource, SnmpTable

PORTS = ("GigabitEthernet0/1", "GigabitEthernet0/2", "GigabitEthernet0/3")
LABELS = {  # by metric; the text that the real agents give such rows
    "disk_used_pct": ("/", "/data"),
    "cpu_load_pct": ("cpu 1", "cpu 2", "cpu 3", "cpu 4"),
    **dict.fromkeys(("if_oper_status", "if_in_bytes", "if_out_bytes", "if_in_errors"), PORTS),
}
THREE_PHASES = ("L1", "L2", "L3")


class SnmpRow(NamedTuple):
    """One row of a table."""

    number: int
    label: str
    component: str


def rows(table: SnmpTable) -> list[SnmpRow]:
    """The rows of a column, numbered from 1, with the component that Scanward gives each."""
    labels = LABELS.get(table.metric, THREE_PHASES)
    return [
        SnmpRow(i, label, table.component.format(index=i, label=label))
        for i, label in enumerate(labels, start=1)
    ]


def tables(device: Device) -> list[SnmpTable]:
    """Every table column of the device, from its profile and its site file."""
    own = [t for s in device.sources if isinstance(s, SnmpSource) for t in s.tables]
    return [*SnmpMap.of(device.profile).tables, *own]


def components(device: Device, metric: str) -> list[str]:
    """The components of a device's table with this metric; empty if no table has it."""
    columns = [table for table in tables(device) if table.metric == metric]
    return [row.component for row in rows(columns[0])] if columns else []

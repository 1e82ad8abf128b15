"""The past of a device's metrics: the one in trouble drawn first, each other a row that is drawn when it opens."""

import streamlit as st

from core.schema.site import Device
from dashboard.components.device.chart import chart
from dashboard.i18n import t_data
from dashboard.queries import fleet as fleet_queries
from dashboard.queries.alerts import open_alerts
from dashboard.text import format as fmt
from dashboard.views.device_status import ORDER, RESPONSE, UP, in_order
from dashboard.views.dicom_values import DICOM, place


def metric_rows(device: Device, chosen: str, time_range: str, start: int, end: int) -> None:
    """`chosen` is the metric that the address names; without one the worst alert's, else the first."""
    parts = measured_parts(device)
    names = ordered(device, parts, chosen)
    with st.container(key="charts"):
        for number, name in enumerate(names):
            metric = device.profile.metrics[name]
            label = fmt.plain(t_data(metric.title))
            row = st.expander(
                label, expanded=number == 0, key=f"open-{device.id}-{name}", on_change="rerun",
            )  # fmt: skip
            if row.open:
                with row, st.container(key=f"chart-{device.id}-{name}"):
                    chart(device, name, parts[name], time_range, start, end)


def ordered(device: Device, parts: dict[str, list[str]], chosen: str) -> list[str]:
    """Those of its alerts first, then the profile's own, then what DICOM tells; what is Scanward's own last."""
    alarmed = [
        alert.metric
        for alert in sorted(open_alerts(), key=lambda alert: ORDER.index(alert.severity))
        if alert.device == device.id and alert.is_firing
    ]
    first = list(dict.fromkeys([chosen, *alarmed]))
    names = [name for name in device.profile.metrics if name in parts]
    by_dicom = {name for name in names if parts[name] == [DICOM]}
    return sorted(
        names,
        key=lambda name: (
            first.index(name) if name in first else len(first),
            name in (UP, RESPONSE),
            name in by_dicom,
            place(name) * (name in by_dicom),
        ),
    )


def measured_parts(device: Device) -> dict[str, list[str]]:
    """The components of each metric that was ever read, in order."""
    parts: dict[str, list[str]] = {}
    for reading in fleet_queries.latest():
        if reading.device == device.id and reading.metric in device.profile.metrics:
            parts.setdefault(reading.metric, []).append(reading.component)
    for components in parts.values():
        components.sort(key=in_order)
    return parts

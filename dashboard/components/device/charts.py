"""Every metric of a device that has something to show, one chart each."""

import streamlit as st

from core.schema.site import Device
from dashboard.components.device.chart import chart
from dashboard.queries import fleet as fleet_queries
from dashboard.views.device_status import RESPONSE, UP, in_order
from dashboard.views.dicom_values import DICOM, place


def charts(device: Device, time_range: str, start: int, end: int, first: str = "") -> None:
    """The profile's own metrics in its order, then what DICOM tells; what Scanward adds (`up`) is last.

    The metric that the address names stands before all.
    """
    components = measured_parts(device)
    names = [name for name in device.profile.metrics if name in components]
    by_dicom = {name for name in names if components[name] == [DICOM]}
    names.sort(
        key=lambda name: (
            name != first,
            name in (UP, RESPONSE),
            name in by_dicom,
            place(name) * (name in by_dicom),
        )
    )
    with st.container(key="charts"):
        for name in names:
            with st.container(key=f"chart-{device.id}-{name}"):
                chart(device, name, components[name], time_range, start, end)


def measured_parts(device: Device) -> dict[str, list[str]]:
    """The components of each metric that was ever heard, in order."""
    components: dict[str, list[str]] = {}
    for reading in fleet_queries.latest():
        if reading.device == device.id and reading.metric in device.profile.metrics:
            components.setdefault(reading.metric, []).append(reading.component)
    for parts in components.values():
        parts.sort(key=in_order)
    return components

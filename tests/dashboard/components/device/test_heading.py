"""The top of a device's page says how far its plug can be believed."""

from pathlib import Path

import pytest

from collectors.plug_use.metrics import EXAMINATIONS, POWER, TUBE_LOAD
from collectors.plug_use.model import Accuracy, PlugModel
from core.readings import Reading
from core.schema.load import load_site
from core.schema.site import Device
from dashboard.components.device.heading import heading
from dashboard.views.device_status import DeviceStatus, Value

NOW = 1_790_969_400_000
SITE = """
id: test
name: Test
zone: Asia/Kabul
devices: [{id: mg-1, name: One, profile: planmed-sophie-classic}]
"""
MODEL = PlugModel(
    learned_at=NOW,
    learned_from="mg-1",
    pace=10_000,
    threshold_w=50,
    weights={EXAMINATIONS: [1.0], TUBE_LOAD: [1.0]},
    accuracy={
        EXAMINATIONS: Accuracy(error_pct=6.4, days=12),
        TUBE_LOAD: Accuracy(error_pct=0.2, days=11),
    },
)


@pytest.fixture
def device(tmp_path: Path) -> Device:
    path = tmp_path / "site.yaml"
    path.write_text(SITE)
    return load_site(path).devices["mg-1"]


def shown(device: Device, watts: float | None, plug: PlugModel | None) -> str:
    reading = None if watts is None else Reading("mg-1", POWER, watts, NOW, "line")
    metric = device.profile.metrics[POWER]
    value = Value(POWER, metric, "line", reading, "ok" if reading else "unknown", None, ())
    return heading(DeviceStatus(device, "ok", NOW, (), (value,), ()), NOW, plug=plug)


def test_its_error_and_the_days_that_show_it_stand_with_the_sources(device: Device) -> None:
    html = shown(device, 260.0, MODEL)
    assert "examinations within 6 %, load within 1 %, by 12 days held out" in html
    assert "not tried here" not in html


def test_what_another_has_taught_is_said(device: Device) -> None:
    html = shown(device, 260.0, MODEL.model_copy(update={"learned_from": "mg-2"}))
    assert "learned from mg-2 and not tried here" in html


def test_without_a_plug_or_a_model_there_is_no_such_line(device: Device) -> None:
    for html in (shown(device, None, MODEL), shown(device, 260.0, None)):
        assert "held out" not in html

"""What a chart is told of limits that lie around a device's own baseline."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from core.readings import Reading
from core.time.clock import DAY
from dashboard.components.device import chart as chart_component
from dashboard.queries import rounds as round_queries
from dashboard.queries import stores
from tests.dashboard.centre import Centre, build, opened

NOW = time.time_ns() // 1_000_000
NOISE = """  noise_hu: {title: Noise of the phantom, unit: HU}
rules:
  - {id: noise_off, kind: tolerance, title: The noise has changed, metric: noise_hu, tolerance_pct: 20,
     baseline_of: 3, severity: warning, basis: engineering}
"""


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    path = build(tmp_path)
    profile = tmp_path / "profiles" / "tube.yaml"
    text = profile.read_text(encoding="utf-8")
    profile.write_text(text.replace("rules:\n", NOISE), encoding="utf-8")
    monkeypatch.setenv(stores.SITE_VARIABLE, str(path))
    centre = opened(path)
    yield centre
    centre.series.close()
    centre.records.close()


def drawn(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, metric: str
) -> tuple[Mapping[str, Any], str]:
    """What the chart of CT-2 over five years is told, and its caption."""
    described: list[Mapping[str, Any]] = []
    captions: list[str] = []
    monkeypatch.setattr(chart_component, "draw", lambda told, _key: described.append(told))
    monkeypatch.setattr(st, "html", captions.append)
    device = centre.site.devices["ct-2"]
    chart_component.chart(device, metric, [""], "5y", NOW - 1827 * DAY, NOW)
    return described[0], captions[0]


def test_a_baseline_and_the_limits_around_it_are_drawn(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = (900, 800, 700, 10)  # the first three are the baseline
    for value, day in zip((9.0, 10.0, 11.0, 14.0), days, strict=True):
        centre.hear(Reading("ct-2", "noise_hu", value, NOW - day * DAY))
    described, caption = drawn(centre, monkeypatch, "noise_hu")
    assert described["levels"] == [10]
    assert [(row["value"], row["upwards"]) for row in described["limits"]] == [
        (8, False),
        (12, True),
    ]
    assert "baseline 10" in caption


def test_a_baseline_that_is_not_set_yet_is_said(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre.hear(Reading("ct-2", "noise_hu", 9.0, NOW - DAY))
    described, caption = drawn(centre, monkeypatch, "noise_hu")
    assert (described["levels"], described["limits"]) == ([], [])
    assert "not set yet: 1 of 3" in caption


def test_without_a_tolerance_the_records_are_not_asked(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(round_queries, "accepted_of", None)
    described, _ = drawn(centre, monkeypatch, "tube_temp_c")
    assert [row["value"] for row in described["limits"]] == [60]

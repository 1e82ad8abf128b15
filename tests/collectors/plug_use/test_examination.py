"""What the doctor says of each plug."""

import asyncio
from pathlib import Path

import pytest

from collectors.load import load_collector
from collectors.plug_use import examine
from collectors.plug_use import model as models
from collectors.plug_use.metrics import EXAMINATIONS, TIME_IN_USE
from collectors.plug_use.model import Accuracy, PlugModel
from core.finding import Finding
from core.readings import Reading
from core.schema.site import Site
from core.time.clock import MINUTE
from tests.collectors.plug_use.small_plug import DEVICE, OTHER, TWIN, small_site, store

NOW = 1_790_969_400_000


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = small_site(tmp_path)
    store(site, [power(DEVICE), power(TWIN)])
    return site


def power(device: str) -> Reading:
    return Reading(device, "mains_power_w", 260.0, NOW - 1000, "line")


def learned(site: Site, device: str, **error_pct: float) -> None:
    model = PlugModel(
        learned_at=NOW,
        learned_from=device,
        pace=10_000,
        threshold_w=50,
        weights={metric: [1.0] for metric in error_pct},
        accuracy={
            metric: Accuracy(error_pct=error, days=12) for metric, error in error_pct.items()
        },
    )
    models.save(site, device, model)


def findings(site: Site, *devices: str) -> dict[str, str]:
    stored = [power(device) for device in devices]
    return {
        finding.what: f"{finding.outcome}: {finding.text}"
        for finding in asyncio.run(examine(site, lambda: NOW, stored))
    }


def test_how_far_it_can_be_believed_is_said_with_the_days_that_show_it(site: Site) -> None:
    learned(site, DEVICE, **{EXAMINATIONS: 6.2, TIME_IN_USE: 0.3})
    assert findings(site, DEVICE) == {
        "mg-1 use by plug": "ok: examinations within 6 %, load within 1 %, by 12 days held out"
    }


def test_a_poor_witness_and_one_that_was_not_tried_are_warnings(site: Site) -> None:
    learned(site, DEVICE, **{EXAMINATIONS: 18.0})
    assert findings(site, DEVICE, TWIN) == {
        "mg-1 use by plug": "warning: examinations within 18 %, by 12 days held out",
        "mg-2 use by plug": "warning: examinations within 18 %, by 12 days held out,"
        " learned from mg-1 and not tried here",
    }


def test_a_plug_that_now_reads_each_minute_is_told_of(site: Site) -> None:
    learned(site, DEVICE, **{EXAMINATIONS: 4.0})
    store(site, [power(DEVICE)._replace(at=NOW - n * MINUTE) for n in range(100)])
    text = findings(site, DEVICE)["mg-1 use by plug"]
    assert text.startswith("warning: examinations within 4 %")
    assert "a reading each 10 s, and now there is one each 60 s" in text


def test_one_that_is_not_learned_says_why(site: Site) -> None:
    assert findings(site, DEVICE) == {
        "mg-1 use by plug": "ok: not learned: no examinations are known from DICOM to learn from"
    }


def test_a_device_without_a_plug_is_not_spoken_of(site: Site) -> None:
    learned(site, OTHER, **{EXAMINATIONS: 1.0})
    assert findings(site) == {}


def test_a_kind_that_no_file_names_need_not_answer(site: Site) -> None:
    async def story() -> list[Finding]:
        return await load_collector("manual").examine(site, lambda: NOW, [])

    assert asyncio.run(story()) == []

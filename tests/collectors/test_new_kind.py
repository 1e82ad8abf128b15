"""A new kind of source is one folder and one line: what is written here, and nothing else."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.doctor.sources import check_sources
from app.services.collect import collect
from core.errors import ConfigError
from core.readings import Reading
from core.schema.load import load_site
from core.schema.site import Site
from core.schema.sources.registry import KINDS, SourceKind
from dashboard.components.device.heading import heading
from dashboard.views.device_status import device_status
from dashboard.views.freshness import fresh_for
from storage.series import SeriesReader

FOLDER = {
    "__init__.py": '''"""Gas meters that keep their volume in a file."""

from gas_meter.source import sources

__all__ = ["sources"]
''',
    "schema.py": '''"""Where a gas meter writes, and which of its registers are metrics."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Literal

from core.schema.names import Name
from core.schema.sources.base import SourceEntry, SourceMap
from core.schema.strict_model import Strict
from core.time.clock import MINUTE


class MeterValue(Strict):
    metric: Name
    code: str


class MeterMap(Strict, SourceMap):
    values: list[MeterValue] = []

    def named_metrics(self) -> Iterator[tuple[str, str]]:
        for index, value in enumerate(self.values):
            yield f"values[{index}]", value.metric


class MeterSource(SourceEntry):
    title: ClassVar[str] = "Gas meter"
    profile_map: ClassVar[type[SourceMap]] = MeterMap

    kind: Literal["gas_meter"]
    path: Path

    def reachable_within(self) -> int:
        return 10 * MINUTE
''',
    "parse.py": '''"""Turns the registers of a gas meter into readings. Pure."""

from core.readings import Reading
from core.schema.site import Device
from gas_meter.schema import MeterMap


def parse(device: Device, text: str, at: int) -> list[Reading]:
    registers = dict(line.split("=") for line in text.splitlines())
    return [
        Reading(device.id, value.metric, float(registers[value.code]), at)
        for value in MeterMap.of(device.profile).values
        if value.code in registers
    ]
''',
    "source.py": '''"""Reads the file of each gas meter."""

from collectors.base import Now, Sink, Source, reachability
from core.readings import Batch
from core.schema.site import Device, Site
from gas_meter.parse import parse
from gas_meter.schema import MeterSource


def sources(site: Site, sink: Sink, now: Now) -> list[Source]:
    return [
        _Meter(device, source, sink, now)
        for device in site.devices.values()
        for source in device.sources
        if isinstance(source, MeterSource)
    ]


class _Meter:
    last_error = ""

    def __init__(self, device: Device, source: MeterSource, sink: Sink, now: Now) -> None:
        self._device, self._source, self._sink, self._now = device, source, sink, now
        self.name = f"{device.id} gas_meter {source.path}"

    async def run(self) -> None:
        await self.once()

    async def once(self) -> None:
        at = self._now()
        readings = parse(self._device, self._source.path.read_text(), at)
        readings += reachability(self._device, self._source.kind, at, up=True)
        await self._sink.append(Batch(readings))
''',
}
LINE = SourceKind("gas_meter", "gas_meter.schema:MeterSource")

SITE = """\
id: small
name: Small
zone: Asia/Kabul
storage: {{folder: {folder}/var}}
devices:
  - id: boiler
    name: Boiler
    profile: boiler
    sources: [{{kind: gas_meter, path: {folder}/meter.txt}}]
"""
PARENT = """\
metrics: {gas_volume_m3: {title: Gas, unit: m³, kind: counter}}
gas_meter:
  values: [{metric: gas_volume_m3, code: "1.8.0"}]
"""
PROFILE = """\
title: Boiler
extends: [_gas]
metrics: {gas_pressure_mbar: {title: Pressure, unit: mbar}}
gas_meter:
  values: [{metric: gas_pressure_mbar, code: "7.0.0"}]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A site with such a meter, the kind's folder, and its line in the registry."""
    package = tmp_path / "plugins" / "gas_meter"
    package.mkdir(parents=True)
    for name, text in FOLDER.items():
        (package / name).write_text(text)
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "_gas.yaml").write_text(PARENT)
    (tmp_path / "profiles" / "boiler.yaml").write_text(PROFILE)
    (tmp_path / "site.yaml").write_text(SITE.format(folder=tmp_path))
    (tmp_path / "meter.txt").write_text("1.8.0=4711.5\n7.0.0=23.4\n")
    monkeypatch.syspath_prepend(package.parent)
    monkeypatch.setitem(KINDS, "gas_meter", LINE)
    yield tmp_path
    for name in [name for name in sys.modules if name.split(".")[0] == "gas_meter"]:
        del sys.modules[name]


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_site(folder / "site.yaml")
    return [f"{mistake.path}: {mistake.text}" for mistake in caught.value.mistakes]


def collected(site: Site) -> list[Reading]:
    asyncio.run(collect(site, asyncio.Event(), once=True))
    return SeriesReader(site.series_path).latest()


def test_a_new_kind_is_collected_into_the_store(folder: Path) -> None:
    values = {
        (reading.metric, reading.component): reading.value
        for reading in collected(load_site(folder / "site.yaml"))
    }
    assert values == {
        ("gas_volume_m3", ""): 4711.5,
        ("gas_pressure_mbar", ""): 23.4,
        ("up", "gas_meter"): 1.0,
    }


def test_the_device_page_shows_it_by_its_title(folder: Path) -> None:
    site = load_site(folder / "site.yaml")
    readings = collected(site)
    device, now = site.devices["boiler"], readings[0].at
    shown = device_status(device, readings, [], now)
    assert "<b>Gas meter</b>" in heading(shown, now)
    assert shown.state == "ok"
    assert fresh_for(device, "gas_volume_m3") == 600_000


@pytest.mark.servers
def test_the_doctor_tries_it(folder: Path) -> None:
    findings = asyncio.run(check_sources(load_site(folder / "site.yaml"), []))
    assert [str(finding) for finding in findings] == [
        f"ok       boiler gas_meter {folder}/meter.txt: answers: 2 readings, 0 events"
    ]


def test_an_unknown_key_of_its_entry_is_refused_with_its_place(folder: Path) -> None:
    change(folder / "site.yaml", "path:", "paht:")
    assert mistakes(folder) == [
        "devices[0].sources[0].path: is required",
        "devices[0].sources[0].paht: unknown key (did you mean 'path'?)",
    ]


def test_an_unknown_key_of_its_map_is_refused_with_its_place(folder: Path) -> None:
    change(folder / "profiles" / "boiler.yaml", "code:", "cdoe:")
    assert mistakes(folder) == [
        "gas_meter.values[0].code: is required",
        "gas_meter.values[0].cdoe: unknown key (did you mean 'code'?)",
    ]


def test_a_metric_that_its_map_names_must_be_known(folder: Path) -> None:
    change(
        folder / "profiles" / "boiler.yaml", "metric: gas_pressure_mbar", "metric: gas_presure_mbar"
    )
    assert mistakes(folder) == [
        "gas_meter.values[0].metric: unknown metric 'gas_presure_mbar'"
        " (did you mean 'gas_pressure_mbar'?)"
    ]


def test_a_profile_must_say_something_about_it(folder: Path) -> None:
    change(folder / "site.yaml", "profile: boiler", "profile: server")
    assert mistakes(folder) == [
        "devices[0].sources[0].kind: the profile says nothing about gas_meter"
    ]


def test_a_slip_in_its_name_is_met_with_what_was_meant(folder: Path) -> None:
    change(folder / "site.yaml", "kind: gas_meter", "kind: gas_metre")
    change(folder / "profiles" / "boiler.yaml", "gas_meter:", "gas_metre:")
    assert mistakes(folder) == [
        "devices[0].sources[0].kind: unknown kind 'gas_metre' (did you mean 'gas_meter'?)",
        "gas_metre: unknown key (did you mean 'gas_meter'?)",
    ]


def test_without_its_line_nobody_knows_it(folder: Path) -> None:
    del KINDS["gas_meter"]
    assert "devices[0].sources[0].kind: unknown kind 'gas_meter'" in mistakes(folder)

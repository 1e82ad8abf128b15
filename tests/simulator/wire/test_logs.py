"""Log files have the form that the profiles read, and hold lines that must not be kept."""

import re
from datetime import datetime
from itertools import pairwise

import pytest

from core.schema.site import Device, Site
from core.schema.sources.logfile import LogFormat, LogMap, LogSource
from core.time.clock import DAY
from simulator.log_record import LogRecord
from simulator.wire.logs import FORMATS, log_text
from tests.simulator.test_centre import KABUL_MONDAY, a_centre

LOGGING = ("ct-2", "mri-1", "mri-2", "pacs")


def a_day(site: Site, device_id: str) -> tuple[Device, LogSource, str]:
    centre = a_centre(site)
    centre.advance(KABUL_MONDAY + DAY)
    device = site.devices[device_id]
    source = next(s for s in device.sources if isinstance(s, LogSource))
    return device, source, log_text(device, source, centre.log_records(device_id), site.zone)


def cut(form: LogFormat, text: str) -> list[re.Match[str]]:
    """The records of a file by the profile's own rules."""
    begin = form.begin or "^"
    places = [m.start() for m in re.finditer(begin, text, re.MULTILINE)]
    chunks = [text[a:b].rstrip("\r\n") for a, b in pairwise([*places, len(text)])]
    matches = [re.search(form.record, chunk) for chunk in chunks if chunk]
    assert None not in matches
    return [match for match in matches if match]


@pytest.mark.parametrize("device_id", LOGGING)
def test_every_record_is_of_the_profiles_form(demo: Site, device_id: str) -> None:
    device, source, text = a_day(demo, device_id)
    form = source.format_of(device.profile)
    records = cut(form, text)
    assert len(records) > 10
    for record in records:
        assert any(readable(record["at"], time) for time in form.times), record["at"]


def readable(text: str, form: str) -> bool:
    try:
        datetime.strptime(f"2026 {text}", f"%Y {form}")  # noqa: DTZ007  only: can it be read
    except (ValueError, re.error):
        return readable_with_year(text, form)
    return True


def readable_with_year(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("device_id", LOGGING)
def test_some_records_matter_and_some_do_not(demo: Site, device_id: str) -> None:
    device, source, text = a_day(demo, device_id)
    form = source.format_of(device.profile)
    texts = [record["text"] for record in cut(form, text)]
    matters = [any(re.search(p.match, text) for p in form.patterns) for text in texts]
    if device_id != "pacs":  # a PACS may have a day without trouble
        assert any(matters)
    if device_id != "mri-2":  # a monitor writes nothing but numbers
        assert not all(matters)


@pytest.mark.parametrize("device_id", ["ct-2", "mri-1"])
def test_patients_are_registered_and_no_pattern_keeps_them(demo: Site, device_id: str) -> None:
    device, source, text = a_day(demo, device_id)
    form = source.format_of(device.profile)
    registered = [r["text"] for r in cut(form, text) if "Patient registered" in r["text"]]
    assert registered
    assert all("-NOBODY" in text for text in registered)
    assert not any(re.search(p.match, text) for p in form.patterns for text in registered)


def test_syngo_writes_the_newest_block_first(demo: Site) -> None:
    _, _, text = a_day(demo, "ct-2")
    seconds = [int(number) for number in re.findall(r"TubeScanSeconds: (\d+)", text)]
    assert len(seconds) > 5
    assert seconds == sorted(seconds, reverse=True)
    assert "\r\n" in text


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_writes_one_record_that_ends_its_line(demo: Site, name: str) -> None:
    record = LogRecord(KABUL_MONDAY, "Tube arc detected", "warning", "CT_XRS", "214")
    device = demo.devices["ct-2"]
    source = LogSource(kind="logfile", path=demo.series_path, format=name)
    form = LogMap.of(device.profile).formats["syngo_xp"]
    LogMap.of(device.profile).formats.setdefault(name, form)
    assert log_text(device, source, [record], demo.zone).endswith("\n")

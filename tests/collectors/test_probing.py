"""What one source answers now: bounded, whatever the other side is, and in the words of the doctor."""

import asyncio
import os
from pathlib import Path

import pytest

from collectors import probing
from collectors.base import Now, Sink, Source
from collectors.load import probe_source
from collectors.mqtt.probing import topics_like
from collectors.probing import MOST, ProbeAnswer, probe_once
from core.readings import Batch, Reading
from core.schema.load import load_site
from core.schema.site import Site

T0 = 1_790_000_000_000
SITE = """
id: test
name: Test
zone: Asia/Kabul
devices:
  - id: scanner
    name: Scanner
    profile: scanner
    sources:
      - {kind: snmp, host: 127.0.0.1, port: 9, community: s3cret, timeout: 100ms, retries: 0}
      - {kind: dicom, host: 127.0.0.1, port: 9, ae_title: SCANNER, timeout: 500ms}
      - {kind: logfile, path: PATH, format: plain}
"""
PROFILE = """
title: Scanner
metrics:
  tube_temp_c: {title: Tube temperature, unit: °C, plausible: [0, 200]}
snmp:
  values: [{metric: tube_temp_c, oid: 1.3.6.1.4.1.1.1.0}]
logfile:
  plain:
    record: '(?P<at>\\S+ \\S+) (?P<text>.*)'
    times: ['%Y-%m-%d %H:%M:%S']
    patterns:
      - {match: 'tube (?P<value>\\S+)', metric: tube_temp_c}
      - {match: 'arc', event: arc, text: An arc}
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "scanner.yaml").write_text(PROFILE, encoding="utf-8")
    path = tmp_path / "site.yaml"
    path.write_text(SITE.replace("PATH", str(tmp_path / "logs" / "scan_*.log")))
    (tmp_path / "logs").mkdir()
    return load_site(path)


def probed(site: Site, kind: str) -> ProbeAnswer:
    device = site.devices["scanner"]
    [source] = [entry for entry in device.sources if entry.kind == kind]
    return asyncio.run(probe_source(site, device, source, lambda: T0))


def write_log(site: Site, name: str, text: str) -> Path:
    [source] = [entry for entry in site.source_entries if entry.kind == "logfile"]
    path: Path = getattr(source, "path").with_name(name)  # noqa: B009  of this kind only
    path.write_text(text, encoding="utf-8")
    return path


def test_the_newest_lines_of_a_log_are_shown_with_what_the_profile_reads_of_them(
    site: Site,
) -> None:
    old = "".join(f"2026-11-01 10:00:00 tube 20.{n % 10}\n" for n in range(20_000))
    write_log(site, "scan_1.log", old)
    answer = probed(site, "logfile")
    assert answer.is_up
    assert len(answer.lines) == 10
    assert len(answer.readings) == MOST
    write_log(site, "scan_2.log", "2026-11-29 07:00:00 tube 41.5\n2026-11-29 07:00:01 an arc\nx\n")
    newest = probed(site, "logfile")
    assert [reading.value for reading in newest.readings] == [41.5]
    assert [event.kind for event in newest.events] == ["arc", "bad_record"]
    assert newest.lines[-1] == "x"


@pytest.mark.parametrize("content", [b"", b"\0" * 200_000, bytes(range(256)) * 900, b"x" * 300_000])
def test_a_log_of_anything_is_looked_at_within_bounds(site: Site, content: bytes) -> None:
    write_log(site, "scan_1.log", "").write_bytes(content)
    answer = probed(site, "logfile")
    assert answer.readings == []
    assert sum(map(len, answer.lines)) < 5_000


def test_a_pipe_is_not_waited_for(site: Site) -> None:
    path = write_log(site, "scan_*.log", "")
    path.unlink()
    os.mkfifo(path)  # of the very name
    assert "no plain file" in probed(site, "logfile").error


def test_what_does_not_answer_says_why_and_no_secret(site: Site) -> None:
    assert "no such file" in probed(site, "logfile").error
    snmp = probed(site, "snmp")
    assert not snmp.is_up
    assert "127.0.0.1:9" in snmp.error
    assert "s3cret" not in snmp.error
    dicom = probed(site, "dicom")
    assert (dicom.is_up, bool(dicom.error)) == (False, True)


def test_topics_that_fit_the_profile_are_offered_each_once() -> None:
    forms = ["tele/{topic}/SENSOR", "tele/{topic}/LWT", "{topic}/status", "fixed"]
    topics = [
        "tele/dxa-1/SENSOR",
        "tele/dxa-1/LWT",
        "tele/a/b/SENSOR",
        "x/status",
        "fixed",
        "other",
    ]
    assert topics_like(forms, topics) == ["a/b", "dxa-1", "x"]
    assert topics_like([], topics) == []


class _Endless:
    """A source that brings readings for ever."""

    name, last_error = "endless", ""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    async def run(self) -> None:
        await self.once()

    async def once(self) -> None:
        while True:
            await asyncio.sleep(0)
            await self._sink.append(Batch([Reading("a", "x_c", 1, T0)] * 100))


def endless(_site: Site, sink: Sink, _now: Now) -> list[Source]:
    return [_Endless(sink)]


def test_a_source_that_never_ends_is_left(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = asyncio.run(probe_once(endless, site, lambda: T0))
    assert len(answer.readings) == MOST
    monkeypatch.setattr(probing, "LIMIT_S", 0.05)
    monkeypatch.setattr(probing, "MOST", 10**9)
    assert "not done after" in asyncio.run(probe_once(endless, site, lambda: T0)).error

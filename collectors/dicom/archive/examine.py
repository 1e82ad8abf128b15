"""Asks each PACS once for the doctor: does it answer, whose series it has of late, and whose are nobody's."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from collectors.base import Now
from collectors.dicom.archive.asking import FROM_NEWEST, Archive, Question
from collectors.dicom.archive.parse import IntakeTally, SeriesParser
from collectors.dicom.archive.source import make_archive
from collectors.dicom.archive.strangers import STRANGER, named
from collectors.dicom.common.identity import DeviceNames
from collectors.polling.daemon_thread import run_in_daemon_thread
from core.finding import Finding, Findings
from core.readings import Event, Reading
from core.schema.site import Device, Site
from core.schema.sources.pacs import PacsSource
from core.time.clock import from_ms

_ENOUGH = 2000  # series: the doctor wants to know who, not how many
_CHANGES = 2000  # of a feed, back from its newest


async def examine(site: Site, now: Now, _stored: Sequence[Reading | Event]) -> list[Finding]:
    """Nothing that comes is stored."""
    checks = [
        _examined(site, device, entry, now())
        for device in site.devices.values()
        for entry in device.sources
        if isinstance(entry, PacsSource)
    ]
    return [finding for findings in await asyncio.gather(*checks) for finding in findings]


async def _examined(site: Site, device: Device, entry: PacsSource, at: int) -> list[Finding]:
    findings = Findings(f"{device.id} pacs")
    tally = IntakeTally()
    with findings.failing():
        archive = make_archive(site, entry)
        work = partial(_take, archive, _question(site, at), _parser(site, entry), at, tally)
        try:
            doubts = await run_in_daemon_thread(work, f"examine {device.id} pacs")
        finally:
            archive.cut()
        _judge(findings, tally, doubts)
        if entry.wado_url is not None:
            await _examine_headers(findings, site, entry, at)
    return findings


async def _examine_headers(findings: Findings, site: Site, entry: PacsSource, at: int) -> None:
    """Does DICOMweb answer where headers are to be read?"""
    from collectors.dicom.archive.wado import WadoClient

    client = WadoClient(entry)
    work = partial(client.places, f"{from_ms(at, site.zone):%Y%m%d}", str.encode)
    try:
        places = await run_in_daemon_thread(work, "examine headers")
    finally:
        client.cut()
    findings.ok(f"headers: DICOMweb has {len(places)} series of today")


def _question(site: Site, at: int) -> Question:
    today = from_ms(at, site.zone).date()
    days = [f"{day:%Y%m%d}" for day in (today - timedelta(days=1), today)]
    return Question(days, cursor=FROM_NEWEST - _CHANGES)


def _parser(site: Site, entry: PacsSource) -> SeriesParser:
    return SeriesParser(DeviceNames(site), entry.modalities, str.encode, site.zone)


def _take(
    archive: Archive, question: Question, parser: SeriesParser, at: int, tally: IntakeTally
) -> list[str]:
    for rows, _ in archive.query(question):
        for row in rows:
            parser.entries(row, at, 0, tally)
        if sum(tally.series.values()) >= _ENOUGH:
            break
    return question.doubts


def _judge(findings: Findings, tally: IntakeTally, doubts: Sequence[str]) -> None:
    strangers = {label: count for label, count in tally.series.items() if STRANGER in label}
    devices = sorted(set(tally.series) - set(strangers))
    text = f"answers: {sum(tally.series.values())} series of late"
    findings.ok(text + (f", of {', '.join(devices)}" if devices else ""))
    if strangers:
        findings.warn(
            f"images of nobody in the site file: {named(strangers)}; write whose they are under"
            " `dicom` or `serial` of the device"
        )
    for doubt in doubts[:3]:
        findings.warn(doubt)

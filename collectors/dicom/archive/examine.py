"""Asks each PACS once for the doctor: does it answer, whose series it has of late, and whose are nobody's."""

import asyncio
from collections.abc import Sequence
from functools import partial

from collectors.base import Now
from collectors.dicom.archive.asking import Archive, Question
from collectors.dicom.archive.parse import SeriesParser, Tally
from collectors.dicom.archive.source import make_archive
from collectors.dicom.archive.strangers import STRANGER, named
from collectors.dicom.common.identity import DeviceNames
from collectors.polling.daemon_thread import run_in_daemon_thread
from core.errors import SourceError
from core.finding import Finding, Findings
from core.readings import Event, Reading
from core.schema.site import Device, Site
from core.schema.sources.pacs import PacsSource
from core.time.clock import DAY, from_ms
from storage.examinations.uid_hash import Unhashed

_ENOUGH = 2000  # series: the doctor wants to know who, not how many
_CHANGES = 2000  # of a feed, back from its newest


async def examine(
    site: Site, now: Now, _stored: Sequence[Reading | Event]
) -> list[Finding]:
    """Nothing that comes is stored."""
    checks = [
        _examined(site, device, entry, now())
        for device in site.devices.values()
        for entry in device.sources
        if isinstance(entry, PacsSource)
    ]
    return [finding for findings in await asyncio.gather(*checks) for finding in findings]

"""A site with a PACS, the peer that asks it, and the counts that end in the store."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from collectors.dicom.archive.peer import ArchivePeer
from collectors.dicom.archive.source import make_archive
from collectors.polling.loop import PollAnswer
from core.schema.sources.pacs import PacsSource
from core.time.clock import HOUR, from_ms, to_ms
from tests.collectors.dicom.small_site import MemoryStore, small_site

KABUL = ZoneInfo("Asia/Kabul")
FIRST = datetime(2026, 3, 2, tzinfo=KABUL)
NOW = to_ms(datetime(2026, 3, 5, 22, 10, tzinfo=KABUL))


class PacsHouse:
    """`entry` is the PACS as the site file writes it."""

    def __init__(self, folder: Path, entry: str, change: Callable[[str], str] = str) -> None:
        self.line = entry
        self.site = small_site(folder, pacs=entry, change=change)
        self.device = self.site.devices["pacs-1"]
        self.entry = next(own for own in self.device.sources if isinstance(own, PacsSource))
        self.store = MemoryStore()
        self.restart()

    def restart(self) -> None:
        """A new process over the same files."""
        self.peer = ArchivePeer(
            self.site,
            self.device,
            self.entry,
            self.store,
            lambda: NOW,
            lambda: make_archive(self.site, self.entry),
        )

    def poll(self, now: int = NOW) -> PollAnswer:
        """One round, and what it brings is stored as the loop would."""

        async def once() -> PollAnswer:
            answer = await self.peer.poll(now)
            await self.store.append(answer.batch)
            return answer

        return asyncio.run(once())

    def counts(self, now: int = NOW) -> dict[tuple[str, str], tuple[int, int, int]]:
        """Of each device and local day: examinations, series, images, from what is stored."""
        answers: dict[tuple[str, str], list[int]] = {}
        for place, metric in enumerate(("examination_count", "series_count", "image_count")):
            for device in self.site.devices:
                before = 0.0
                for at, value in self.store.series(device, metric).items():
                    if value > before:  # of the hour that ends there, or of what has been of it
                        day = f"{from_ms(at - 1, KABUL):%Y-%m-%d}"
                        answers.setdefault((device, day), [0, 0, 0])[place] += round(value - before)
                    before = value
        return {key: (each[0], each[1], each[2]) for key, each in answers.items()}


def hour_of(now: int) -> int:
    return now // HOUR * HOUR

"""Stores what people entered: rows of the records' outbox become readings of the series.

One process writes the series (docs/decisions/0002), so the dashboard leaves a row and this stores it.
A row is marked when its reading is safe. How far the series have come is saved with the readings, so
that series restored from an older backup get again what they lack.
"""

import asyncio
import logging

from collectors.base import Now, Sink, Source
from collectors.manual.parse import parse
from core.errors import StoreError
from core.readings import Batch
from core.retry import Backoff, FailureStreak
from core.schema.site import Site
from storage.records import ManualReading, Records
from storage.records import manual_readings as manual_rows

log = logging.getLogger(__name__)

EVERY_S = 2.0
BACKOFF = Backoff(first=2 * EVERY_S, longest=60.0)  # seconds, while the records do not answer
PAGE = 500
KEY = "manual"  # of the position in the series store
WHO = "collector"  # in the audit


def sources(site: Site, sink: Sink, now: Now) -> list[Source]:
    """One for the whole site: people write to one table."""
    return [ManualSource(site, sink, now)]


class ManualSource:
    """The outbox of manual readings."""

    name = "manual readings"

    def __init__(self, site: Site, sink: Sink, now: Now) -> None:
        self._site = site
        self._sink = sink
        self._now = now
        self._records = Records(site.records_url, who=WHO, now=now)
        self._failures = FailureStreak()
        self._last_error = ""

    @property
    def last_error(self) -> str:
        """Why the records do not answer."""
        return self._last_error

    async def run(self) -> None:
        """Look every two seconds until cancelled; less often while the records do not answer."""
        try:
            while True:
                await self._round()
                failures = self._failures.failures
                await asyncio.sleep(BACKOFF.pause(failures) if failures else EVERY_S)
        finally:
            self._records.close()

    async def once(self) -> None:
        """Everything that has been entered."""
        await self._round()
        self._records.close()

    async def _round(self) -> None:
        try:
            await self._store_entered()
        except StoreError as error:
            if self._failures.failed():
                log.warning("%s wait: %s", self.name, error)
            self._last_error = str(error)
        else:
            if self._failures.recovered():
                log.info("%s: back", self.name)
            self._last_error = ""

    async def _store_entered(self) -> None:
        """Store every waiting row, then mark it. A row killed between storing and marking is stored again: the series counts it once."""
        while rows := await asyncio.to_thread(self._waiting_rows):
            parsed = parse(self._site, rows)
            position = max(rows[-1].id, self._position())
            await self._sink.append(Batch(parsed.readings, parsed.events, {KEY: str(position)}))
            await asyncio.to_thread(self._mark, [row.id for row in rows])

    def _waiting_rows(self) -> list[ManualReading]:
        """Rows that are not stored yet. Before the first `scanward db upgrade` there is no table."""
        if self._records.revision() is None:
            return []
        with self._records.reading() as db:
            return manual_rows.pending_manual_readings(db, self._position(), PAGE)

    def _mark(self, ids: list[int]) -> None:
        at = self._now()
        with self._records.writing(WHO, at) as db:
            for row_id in ids:
                row = db.get_one(ManualReading, row_id)
                row.taken_at = row.taken_at or at

    def _position(self) -> int:
        return int(self._sink.position(KEY) or 0)

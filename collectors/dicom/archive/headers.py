"""Exposures from the headers of what the PACS has, where neither a dose report nor a forwarded image tells of them.

Some series a round, the newest first. A series is noted as read once its entries are in the ledger and its
readings are stored. One that fails is tried again later, and does not hold up the others.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from collectors.dicom.archive.wado import SeriesPlace, WadoClient
from collectors.dicom.common.dataset import Attributes, DatasetError
from collectors.dicom.receiver.commit import Extract
from collectors.dicom.receiver.read_object import ObjectReader, UnreadableError
from core.errors import SourceError
from core.readings import Batch
from core.schema.site import Site
from core.schema.sources.pacs import PacsSource
from core.time.clock import DAY, MINUTE, from_ms
from storage.examinations.header_reads import HeaderRead, PendingSeries
from storage.examinations.ledger import Ledger
from storage.examinations.uid_hash import UidHasher

MOST_SERIES = 20  # a round; the next takes the rest. Ours, no source
LONGEST_S = 60.0  # after which no further series of a round is begun
SETTLED = 10 * MINUTE  # a series that began later is still coming
_MOST_FAILURES = 2  # of a round: more say that the server is ill, not the series
_FIRST_PAUSE, _LONGEST_PAUSE = 10 * MINUTE, DAY  # doubled at each try
_ARRIVAL = "image_transfer_delay_s"  # of what is sent to us; this was fetched
_HEADER_METRICS = frozenset(
    ("exposures_count", "scan_seconds", "scan_load_kj", "imaging_frequency_hz", "detector_temp_c", "compression_force_n")
)  # fmt: skip


@dataclass
class HeaderRound:
    """What one round brought, to be stored before it is noted."""

    extracts: list[Extract] = field(default_factory=list)
    reads: list[HeaderRead] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @property
    def batch(self) -> Batch:
        """Readings, events and positions; its entries are in the ledger already."""
        return Batch(
            [
                reading
                for extract in self.extracts
                for reading in extract.readings
                if reading.metric != _ARRIVAL
            ],
            [event for extract in self.extracts for event in extract.events],
            {key: text for extract in self.extracts for key, text in extract.positions.items()},
        )


class HeaderReader:
    """Of one PACS; used by one thread at a time."""

    def __init__(
        self, site: Site, entry: PacsSource, position: Callable[[str], str | None]
    ) -> None:
        self._site = site
        self._history = entry.history
        self._hasher = UidHasher(site.uid_key_path)
        self._objects = ObjectReader(self._hasher, site.zone, position)
        self._known: set[bytes] = set()  # series whose images this process has laid together
        self._devices = [
            device.id
            for device in site.devices.values()
            if _HEADER_METRICS & device.profile.metrics.keys()
        ]

    def forget_unsaved(self) -> None:
        """What was read could not be stored, and is read once more."""
        self._objects.forget_unsaved()
        self._known.clear()

    def read(self, client: WadoClient, ledger: Ledger, now: int) -> HeaderRound:
        """One round. SourceError, StoreError: what came before is in the ledger, and not noted."""
        try:
            return self._round(client, ledger, now)
        finally:
            client.close()

    def _round(self, client: WadoClient, ledger: Ledger, now: int) -> HeaderRound:
        outcome = HeaderRound()
        deadline = time.monotonic() + LONGEST_S
        places: dict[str, dict[bytes, SeriesPlace]] = {}
        for series in self._pending(ledger, now):
            if time.monotonic() > deadline or len(outcome.doubts) >= _MOST_FAILURES:
                break
            day = f"{from_ms(series.study_began_at, self._site.zone):%Y%m%d}"
            if day not in places:
                places[day] = client.places(day, self._hasher.hash)
            try:
                place = places[day].get(series.series)
                if place is None:
                    raise SourceError(f"{client.address} has no such series of {day}")
                extract = self._extract(client.headers(place), series, now)
            except SourceError as error:
                outcome.doubts.append(f"headers of a series of {series.device}: {error}")
                outcome.reads.append(_failed(series, now))
                continue
            ledger.record(extract.entries)
            outcome.extracts.append(extract)
            outcome.reads.append(HeaderRead(series, series.images, 0, 0, now))
            self._known.add(series.series)
        return outcome

    def _pending(self, ledger: Ledger, now: int) -> list[PendingSeries]:
        """Those of which no more images have come than this process has read are not read again."""
        span = (now - self._history, now - SETTLED)
        pending = ledger.pending_headers(self._devices, span, now, MOST_SERIES)
        return [each for each in pending if not (each.is_read and each.series in self._known)]

    def _extract(self, headers: Sequence[Attributes], series: PendingSeries, now: int) -> Extract:
        device = self._site.devices[series.device]
        extracts: list[Extract] = []
        for header in headers:
            try:
                extracts.append(self._objects.read(header.text("SOPClassUID"), header, device, now))
            except (DatasetError, UnreadableError):
                continue  # one of them says nothing; the others may
        return Extract(
            [entry for extract in extracts for entry in extract.entries],
            [reading for extract in extracts for reading in extract.readings],
            [event for extract in extracts for event in extract.events],
            {key: text for extract in extracts for key, text in extract.positions.items()},
        )


def _failed(series: PendingSeries, now: int) -> HeaderRead:
    pause = min(_FIRST_PAUSE << min(series.tries, 16), _LONGEST_PAUSE)
    return HeaderRead(series, series.images_read, series.tries + 1, now + pause, series.read_at)

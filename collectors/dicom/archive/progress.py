"""How far a PACS has been asked, as the series store keeps it, and which days a round asks about. Pure."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from collectors.dicom.common.identity import DeviceNames
from core.schema.site import Site
from core.schema.sources.pacs import PacsSource
from core.time.clock import DAY, HOUR, from_ms, start_of_day

BEFORE_ALL = "19891231"  # see moments.py
RECHECK_EVERY = HOUR  # the days of `recheck`; today and yesterday are asked about in each round


class Progress(NamedTuple):
    """Times are UTC ms."""

    began: int  # from then on all was asked about
    completed_at: int  # the last round that came to its end
    rechecked: int  # the last round that asked about the days of `recheck`
    cursor: int  # of a feed
    names: str  # digest of the names of the site's devices: with others, all is asked once more

    @property
    def position(self) -> str:
        """As it is stored."""
        return json.dumps(self._asdict(), separators=(",", ":"))


def progress_of(
    position: str | None, names: str, entry: PacsSource, zone: ZoneInfo, now: int
) -> Progress:
    """That of a stored position; at the first start, and with other names, the beginning of all."""
    began = start_of_day(from_ms(now - entry.history, zone).date(), zone)
    try:
        values = json.loads(position or "{}")
        stored = Progress(**values)
    except (TypeError, ValueError):
        return Progress(began, 0, 0, 0, names)
    if stored.names == names:
        return stored
    return Progress(min(began, stored.began), 0, 0, 0, names)


def days(progress: Progress, entry: PacsSource, zone: ZoneInfo, now: int) -> list[str]:
    """The days to ask about, `20260303`, oldest first."""
    first = now - DAY
    if not progress.completed_at:
        first = progress.began
    elif is_recheck(progress, now):
        first = min(progress.completed_at - DAY, now - entry.recheck)
    dates = _dates(from_ms(first, zone).date(), from_ms(now, zone).date())
    return [f"{day:%Y%m%d}" for day in dates]


def misdated(progress: Progress, zone: ZoneInfo, now: int) -> list[str]:
    """The dates of which no study can be, asked about as seldom as late arrivals are."""
    if progress.completed_at and not is_recheck(progress, now):
        return []
    return [f"{from_ms(now + 2 * DAY, zone):%Y%m%d}-", f"-{BEFORE_ALL}"]


def is_recheck(progress: Progress, now: int) -> bool:
    """Is it time to look for late arrivals? A clock that was put back must not put that off."""
    return not 0 <= now - progress.rechecked < RECHECK_EVERY


def names_digest(site: Site, entry: PacsSource) -> str:
    """Changes when a series may be of another device than before."""
    text = json.dumps([DeviceNames(site).all, sorted(entry.modalities.items())])
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _dates(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)

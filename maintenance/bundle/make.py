"""One bundle: what fits into the budget, sealed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.schema.site import Site
from core.time.clock import HOUR, iso
from core.version import scanward_version
from maintenance.bundle.archive import seal
from maintenance.bundle.content import BundleRequest, Content
from maintenance.bundle.curves import THINNINGS
from maintenance.bundle.gather import gather
from maintenance.bundle.page import page
from maintenance.bundle.privacy import REMOVED
from maintenance.bundle.tables import tables
from storage.records import Records
from storage.records import alerts as alert_rows
from storage.series.store import SeriesStore

AFTER = 2 * HOUR  # how long after a chosen fault a bundle goes on (telemetry notes, section 7)
_WEIGHT = {"info": 0, "warning": 1, "error": 2, "critical": 3}


@dataclass(frozen=True, slots=True)
class SealedBundle:
    """A bundle's bytes, and how far it was thinned and scrubbed."""

    data: bytes
    thinned: str  # empty if nothing was
    fits: bool  # into the budget
    removed: int  # places where text was removed


def window(now: int, since: int, around: int | None) -> tuple[int, int]:
    """The last `since` milliseconds; or those before a chosen time and two hours after it."""
    if around is None:
        return now - since, now
    return around - since, min(around + AFTER, now)


def find_fault(records: Records, device: str, start: int, end: int) -> int | None:
    """When the gravest alert of the device began, the newest of equals; None without one.

    Of those that began in [start, end), and of those that have fired since before and are not over.
    """
    with records.reading() as db:
        alerts = alert_rows.alerts_between(db, [device], start, end)
    began = [
        (_WEIGHT[alert.severity], alert.began_at)
        for alert in alerts
        if alert.fired_at is not None
        and (alert.began_at >= start or alert.ended_at is None or alert.ended_at >= end)
    ]
    return max(began)[1] if began else None


def make(
    site: Site,
    series: SeriesStore,
    records: Records,
    request: BundleRequest,
    key: Ed25519PrivateKey,
    max_size: int,
) -> SealedBundle:
    """The bundle, thinned only as far as `max_size` bytes need, and never around the fault.

    If even the thinnest is larger, that one: `fits` says so.
    """
    for thinning in THINNINGS:
        content = gather(site, series, records, request, thinning)
        files = _files(content)
        removed = sum(
            body.count(REMOVED.encode()) for name, body in files.items() if name.endswith(".csv")
        )
        data = seal(files, _about(content, removed), key)
        if len(data) <= max_size:
            break
    return SealedBundle(data, content.thinned, len(data) <= max_size, removed)


def _files(content: Content) -> dict[str, bytes]:
    return {
        "index.html": page(content),
        "facts.json": json.dumps(_facts(content), indent=1, ensure_ascii=False).encode(),
        **tables(content),
    }


def _facts(content: Content) -> Mapping[str, object]:
    return {
        "site": content.site_name,
        "zone": content.zone,
        "devices": [device._asdict() for device in content.devices],
        "facts": [{"label": fact.label, "value": fact.value} for fact in content.facts],
        "counters": [
            {
                "device": curve.device,
                "metric": curve.name,
                "component": curve.component,
                "value": curve.drawn[-1].high,
                "unit": curve.metric.unit,
                "time_utc": iso(curve.drawn[-1].at),
            }
            for curve in content.curves
            if curve.metric.kind == "counter" and curve.drawn
        ],
    }


def _about(content: Content, removed: int) -> Mapping[str, object]:
    request = content.request
    return {
        "scanward": scanward_version(),
        "made_utc": iso(request.now),
        "site": content.site,
        "device": request.device,
        "from_utc": iso(request.whole()[0]),
        "to_utc": iso(request.end),
        "fault_utc": None if request.fault is None else iso(request.fault),
        "thinned": content.thinned,
        "removed_texts": removed,
        "allowed_words": [
            {"word": row.word, "by": row.who, "at_utc": iso(row.at)} for row in content.allowed
        ],
    }

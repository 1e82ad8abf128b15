"""When a device could not be used, and why. The caller's transaction and `by`: see orders.py."""

from collections.abc import Iterable
from typing import TypedDict, Unpack

from sqlalchemy.orm import Session

from core.errors import RefusedError
from core.schema.site import Site
from core.vocabulary.downtime import DowntimeCause, DowntimeExtent
from storage.records import Alert, Downtime, WorkOrder
from storage.records import alerts as alert_rows

# What else is wrong, by the kind of the thing that a device depends on (a profile's `kind`).
CAUSES: dict[str, DowntimeCause] = {
    "ups": "mains",
    "chiller": "cooling",
    "switch": "network",
    "pacs": "pacs",
    "server": "pacs",
}


class Correction(TypedDict, total=False):
    """What a person may correct; what is not named stays."""

    began_at: int
    ended_at: int | None
    cause: DowntimeCause
    extent: DowntimeExtent
    cases_lost: int | None
    recovery_cents: int
    note: str


def open_downtime(
    db: Session,
    device: str,
    began_at: int,
    *,
    cause: DowntimeCause,
    extent: DowntimeExtent,
    by: str,
    order: WorkOrder | None = None,
    alert: Alert | None = None,
    note: str = "",
) -> Downtime:
    """From `began_at` (UTC ms) on the device cannot be used, or only in part."""
    piece = Downtime(
        device=device,
        began_at=began_at,
        cause=cause,
        extent=extent,
        opened_by=by,
        alert_id=alert.id if alert else None,
        order_id=order.id if order else None,
        note=note,
    )
    db.add(piece)
    db.flush()
    return piece


def close_downtime(db: Session, piece: Downtime, ended_at: int, *, by: str) -> Downtime:
    """It can be used again since `ended_at`."""
    if ended_at < piece.began_at:
        raise RefusedError("downtime cannot end before it began")
    piece.ended_at, piece.closed_by = ended_at, by
    return piece


def change_cause(
    db: Session, piece: Downtime, cause: DowntimeCause, *, by: str, now: int
) -> Downtime:
    """From now on another cause: one ends where the next begins. The piece that is open now."""
    if piece.cause == cause or now <= piece.began_at:
        piece.cause = cause
        return piece
    close_downtime(db, piece, now, by=by)
    follow = Downtime(
        device=piece.device,
        began_at=now,
        cause=cause,
        extent=piece.extent,
        opened_by=by,
        alert_id=piece.alert_id,
        order_id=piece.order_id,
    )
    db.add(follow)
    db.flush()
    return follow


def correct(
    db: Session, downtime_id: int, *, by: str, now: int, **what: Unpack[Correction]
) -> Downtime:
    """A person knows better. What it was before is in the audit."""
    piece = db.get(Downtime, downtime_id)
    if piece is None:
        raise RefusedError("there is no downtime {downtime}", downtime=downtime_id)
    began = what.get("began_at", piece.began_at)
    ended = what.get("ended_at", piece.ended_at)
    if began > now or (ended is not None and not began <= ended <= now):
        raise RefusedError("downtime begins before it ends, and not in the future")
    if (what.get("cases_lost") or 0) < 0 or what.get("recovery_cents", 0) < 0:
        raise RefusedError("cases and money are 0 or more")
    for name, value in what.items():
        setattr(piece, name, value)
    piece.corrected_at, piece.corrected_by = now, by
    return piece


def proposed_cause(db: Session, site: Site, device: str, at: int) -> DowntimeCause:
    """Why a device is probably down: what it depends on, directly or not, had an alert then.

    The nearest such thing counts; without any it is the machine itself. A person may correct it.
    """
    for ring in _rings(site, device):
        ill = {alert.device for alert in alert_rows.firing_at(db, ring, at) if _is_grave(alert)}
        for name in ring:
            cause = CAUSES.get(site.devices[name].profile.kind)
            if name in ill and cause is not None:
                return cause
    return "machine"


def _rings(site: Site, device: str) -> Iterable[list[str]]:
    """What it depends on, then what that depends on, each device once."""
    seen, ring = {device}, [device]
    while ring:
        above = [name for one in ring for name in site.devices[one].depends_on]
        ring = [name for name in dict.fromkeys(above) if name not in seen]
        seen.update(ring)
        if ring:
            yield ring


def _is_grave(alert: Alert) -> bool:
    return alert.severity in ("error", "critical")

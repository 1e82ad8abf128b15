"""Why a device is probably down: what it depends on. A person may correct it."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from core.schema.site import Site
from core.vocabulary.downtime import DowntimeCause
from storage.records import Alert
from storage.records import alerts as alert_rows

# What else is wrong, by the kind of the thing that a device depends on (a profile's `kind`).
CAUSES: dict[str, DowntimeCause] = {
    "ups": "mains",
    "chiller": "cooling",
    "switch": "network",
    "pacs": "pacs",
    "server": "pacs",
}


def probable_cause(db: Session, site: Site, device: str, at: int) -> DowntimeCause:
    """What the device depends on, directly or not, had a grave alert at that moment (UTC ms).

    The nearest such thing counts; without any it is the machine itself.
    """
    for names in _by_distance(site, device):
        failing = {
            alert.device for alert in alert_rows.firing_at(db, names, at) if _is_grave(alert)
        }
        for name in names:
            cause = CAUSES.get(site.devices[name].profile.kind)
            if name in failing and cause is not None:
                return cause
    return "machine"


def _by_distance(site: Site, device: str) -> Iterable[list[str]]:
    """What it depends on, then what that depends on, each device once."""
    seen, nearest = {device}, [device]
    while nearest:
        above = [upper for name in nearest for upper in site.devices[name].depends_on]
        nearest = [name for name in dict.fromkeys(above) if name not in seen]
        seen.update(nearest)
        if nearest:
            yield nearest


def _is_grave(alert: Alert) -> bool:
    return alert.severity in ("error", "critical")

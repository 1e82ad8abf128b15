"""Why a device is probably down: what it depends on. A person may correct it."""

from sqlalchemy.orm import Session

from core.schema.site import Site
from core.vocabulary.downtime import DowntimeCause
from storage.records import Alert, Incident
from storage.records import alerts as alert_rows

# What else is wrong, by the kind of the thing that a device depends on (a profile's `kind`).
CAUSES: dict[str, DowntimeCause] = {
    "ups": "mains",
    "chiller": "cooling",
    "switch": "network",
    "pacs": "pacs",
    "server": "pacs",
}


def cause_of_alert(db: Session, site: Site, alert: Alert, at: int) -> DowntimeCause:
    """What explains its incident, if that is another thing; else what the device depends on."""
    explained = cause_of_incident(db, site, alert)
    return explained or probable_cause(db, site, alert.device, at)


def cause_of_incident(db: Session, site: Site, alert: Alert) -> DowntimeCause | None:
    """What another device's alert means that explains this one; None if none does."""
    incident = db.get(Incident, alert.incident_id) if alert.incident_id is not None else None
    explaining = db.get(Alert, incident.cause_id) if incident is not None else None
    if explaining is None or explaining.device == alert.device:
        return None
    device = site.devices.get(explaining.device)
    return None if device is None else CAUSES.get(device.profile.kind)


def probable_cause(db: Session, site: Site, device: str, at: int) -> DowntimeCause:
    """What the device depends on, directly or not, had a grave alert at that moment (UTC ms).

    The nearest such thing counts; without any it is the machine itself.
    """
    above = site.above(device)
    failing = {alert.device for alert in alert_rows.firing_at(db, above, at) if _is_grave(alert)}
    for name in above:  # the nearest first
        cause = CAUSES.get(site.devices[name].profile.kind)
        if name in failing and cause is not None:
            return cause
    return "machine"


def _is_grave(alert: Alert) -> bool:
    return alert.severity in ("error", "critical")

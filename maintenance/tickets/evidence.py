"""What of a device a supplier is shown with their case: which time, and what was expected."""

from core.schema.site import Device
from core.time.clock import DAY, HOUR
from maintenance.bundle.content import BundleRequest
from storage.records import Alert, Records, Verdict
from storage.records import verdicts as verdict_rows

BEFORE_FAULT, LONGEST = 12 * HOUR, 7 * DAY  # what the charts show


def case_request(device: str, alert: Alert | None, now: int) -> BundleRequest:
    """The last day, or since half a day before the alert; a week at most."""
    start = now - DAY
    if alert is not None:
        start = max(min(start, alert.began_at - BEFORE_FAULT), now - LONGEST)
    fault = alert.began_at if alert is not None and start <= alert.began_at <= now else None
    return BundleRequest(device, start, now, now, fault)


def expected_by(records: Records, device: Device, alert: Alert, now: int) -> Verdict | None:
    """The newest verdict of the detector that the alert is of: what was expected."""
    detectors = {rule.id: rule.detector_id for rule in device.profile.rules}
    detector = detectors.get(alert.rule)
    if detector is None:
        return None
    with records.reading() as db:
        end = alert.ended_at or now
        rows = verdict_rows.verdicts_between(db, [device.id], alert.began_at - DAY, end)
    own = [
        row for row in rows
        if (row.detector, row.component) == (detector, alert.component) and row.expected is not None
    ]  # fmt: skip
    return max(own, key=lambda row: row.at, default=None)

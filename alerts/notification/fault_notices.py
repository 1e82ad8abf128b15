"""Notifies people of faults that were reported at the machines, by the routes that alerts take.

How bad one is says whoever reported it: can the device be used? Many reports from one telephone are
a few messages: what comes after waits until it has been quiet for a while, and is one message then.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from sqlalchemy.orm import Session

from alerts.notification.due import RANK
from alerts.notification.recipients import Recipient, recipients
from core.schema.site import Site
from core.time.clock import DAY, MINUTE
from core.vocabulary.downtime import DowntimeExtent
from core.vocabulary.severity import Severity
from storage.records import Delivery, FaultReport, Records, WorkOrder
from storage.records import fault_reports as report_rows
from storage.records.fault_reports import FaultNotice

WHO = "notices"  # in the audit

# Scanward's defaults, no source.
NEWS = DAY  # what nobody could be notified of for so long is on the page only
WINDOW, MOST_SINGLE = 10 * MINUTE, 3  # so many messages about one address within that time

SEVERITIES: Mapping[DowntimeExtent | None, Severity] = {
    "hard": "error",
    "partial": "warning",
    None: "info",
}


class DueFaultNotice(NamedTuple):
    """What was reported from one address, and who is to know."""

    address: str
    severity: Severity
    reports: Sequence[FaultReport]
    chosen: Sequence[Recipient]


def give_fault_notices(site: Site, records: Records, now: int) -> int:
    """Give each notice that is due at `now` (UTC ms) to whoever is reachable then; how many."""
    with records.reading() as db:
        if not any(_due(site, db, now)):
            return 0
    with records.writing(WHO, now) as db:
        due = list(_due(site, db, now))
        for address, severity, reports, chosen in due:
            notice = FaultNotice(now, severity, address)
            db.add(notice)
            db.flush()
            for report in reports:
                report.notice_id = notice.id
            for person, channel in chosen:
                delivery = Delivery(None, channel, now, fault_notice_id=notice.id, person=person)
                db.add(delivery)
    return len(due)


def _due(site: Site, db: Session, now: int) -> Iterator[DueFaultNotice]:
    pairs = report_rows.unnoticed_reports(db, now - NEWS)
    extents = report_rows.extents_of(db, [order.id for _, order in pairs]) if pairs else {}
    for address, own in groupby(sorted(pairs, key=_address), key=_address):
        if report_rows.count_notices(db, now - WINDOW, now, address) >= MOST_SINGLE:
            continue
        together = [(report, order) for report, order in own if order.device in site.devices]
        severities = [SEVERITIES[extents.get(order.id)] for _, order in together]
        if not severities:
            continue
        severity = max(severities, key=RANK.__getitem__)
        devices = {order.device for _, order in together}
        if chosen := recipients(site, devices, severity, "fired", 0, now):
            yield DueFaultNotice(address, severity, [report for report, _ in together], chosen)


def _address(pair: tuple[FaultReport, WorkOrder]) -> str:
    return pair[0].address

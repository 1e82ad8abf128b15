"""Faults that anybody at a machine reports, without an account."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from core.errors import RefusedError
from core.schema.site import Device
from core.text.plain import single_line
from core.time.clock import DAY, HOUR, MINUTE
from core.vocabulary.downtime import DowntimeExtent
from core.vocabulary.work_orders import ENDED_ORDERS
from maintenance.work_orders.fault_photos import add_photo
from maintenance.work_orders.opening import add_order
from storage.records import FaultReport, WorkOrder
from storage.records import fault_reports as report_rows
from storage.records import work_orders as order_rows
from storage.records.transaction import Transaction, needs

LONGEST_TITLE = 80  # characters

# More than people write, less than harm; Scanward's own. Who sends a report again adds none.
WINDOW = 10 * MINUTE
MOST_OF_DEVICE, MOST_OF_ALL = 10, 40  # within it
MOST_OF_ADDRESS = 20  # in an hour
MOST_OF_DAY = 300


class TooManyReportsError(RefusedError):
    """No more reports are taken for a while; whoever sends one must call."""


@dataclass(frozen=True, slots=True)
class ReportDetails:
    """What is reported beside the words; empty where nothing was entered."""

    usual_faults: Sequence[str] = ()  # of the device's profile, by their English words
    name: str = ""
    phone: str = ""  # as it was typed
    tried: str = ""  # what was done already
    photo: bytes = b""  # as `prepared_photo` gives it
    page: str = ""  # the number of the page that it was typed on: sent again, it is the same report
    address: str = ""  # of the network


@needs("report a fault")
def report_fault(
    tx: Transaction,
    device: str,
    text: str,
    down: DowntimeExtent | None,
    details: ReportDetails | None = None,
) -> WorkOrder:
    """A corrective order. The same words are one order until that is done.

    Who goes back and sends again because the line hung has sent one report; who reports what a
    colleague has reported gets the order that is open.
    """
    text, details = text.strip(), details or ReportDetails()
    known = tx.device(device)
    digest = _digest(device, text, down, details) if details.page else None
    report = report_rows.report_of_digest(tx.db, digest) if digest else None
    if report is not None and _is_over(tx, report):
        report = digest = None  # the fault is back, reported from a page that was left open
    if report is None:
        _check_count(tx, device, details.address)
        order = _order(tx, known, text, down, details)
        report = FaultReport(
            order_id=order.id,
            device=device,
            at=tx.now,
            digest=digest,
            usual_faults=list(details.usual_faults),
            name=details.name.strip(),
            phone=single_line(details.phone),  # copied ones bring signs that turn text round
            tried=details.tried.strip(),
            address=details.address,
        )
        tx.db.add(report)
        tx.db.flush()
    add_photo(tx, report, details.photo)
    return tx.db.get_one(WorkOrder, report.order_id)


def _digest(device: str, text: str, down: DowntimeExtent | None, details: ReportDetails) -> str:
    """Of all but the photo: a telephone makes other bytes of the same picture each time."""
    own = (details.page, device, text, down, *details.usual_faults)
    typed = (*own, details.name.strip(), single_line(details.phone), details.tried.strip())
    return sha256(json.dumps(typed).encode()).hexdigest()


def _is_over(tx: Transaction, report: FaultReport) -> bool:
    """Was it sent long ago, and its order done since?"""
    order = tx.db.get_one(WorkOrder, report.order_id)
    return order.state in ENDED_ORDERS and report.at <= tx.now - HOUR


def _check_count(tx: Transaction, device: str, address: str) -> None:
    """TooManyReportsError if a child plays with the code on a machine, or a program does."""
    db, now = tx.db, tx.now
    if address and (report_rows.count_reports(db, now - HOUR, address=address) >= MOST_OF_ADDRESS):
        raise TooManyReportsError(
            "{count} reports came from here within an hour, and no more are taken: call the engineer",
            count=MOST_OF_ADDRESS,
        )
    if (
        report_rows.count_reports(db, now - WINDOW, device=device) >= MOST_OF_DEVICE
        or report_rows.count_reports(db, now - WINDOW) >= MOST_OF_ALL
        or report_rows.count_reports(db, now - DAY) >= MOST_OF_DAY
    ):
        raise TooManyReportsError("so many reports came that no more are taken: call the engineer")


def _order(
    tx: Transaction, device: Device, text: str, down: DowntimeExtent | None, details: ReportDetails
) -> WorkOrder:
    """The one that is open for the same words and usual faults, or a new one."""
    same = " ".join([text, *details.usual_faults])
    fault = f"report:{sha256(f'{down} {same}'.encode()).hexdigest()[:16]}"
    reported = order_rows.open_order_of_fault(tx.db, device.id, fault)
    if reported is not None:
        return reported
    language = tx.site.file.language
    pressed = [
        usual.in_language(language)
        for usual in device.profile.usual_faults
        if usual.en in details.usual_faults
    ]
    order = WorkOrder(
        device=device.id,
        kind="corrective",
        opened_by="fault",
        title=_title(" · ".join(pressed) or text),
        opened_at=tx.now,
        text=text,
        fault=fault,
    )
    return add_order(tx, order, down=down)


def _title(text: str) -> str:
    """The first line, as long as a title may be."""
    line = (text.splitlines() or [""])[0].strip()
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1].rstrip() + "…"

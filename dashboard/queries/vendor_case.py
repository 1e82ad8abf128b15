"""What a supplier sees by a link: one ticket and its device; no other device, no note of the house."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alerts.evaluation.reason import AlertReason
from core.schema.site import Device
from dashboard.queries import stores
from dashboard.queries.alert_card import reason_of_alert
from maintenance.bundle.allowed import serial
from maintenance.bundle.content import BundledCurve, BundleRequest, Fact
from maintenance.bundle.device_facts import facts_of
from maintenance.tickets.evidence import case_request
from maintenance.tickets.uploads import writer
from storage.records import (
    Alert,
    File,
    LiveWindow,
    SupplierQuestion,
    Ticket,
    TicketMessage,
    Vendor,
)
from storage.records import files as file_rows
from storage.records import live_windows as live_rows
from storage.records import supplier_questions as question_rows

MOST_CHARTS, POINTS = 3, 60  # few bytes: the whole page goes over 9.6 kbit/s


@dataclass(frozen=True, slots=True)
class VendorCase:
    """One case, ready to be shown."""

    ticket: Ticket
    vendor: Vendor
    device: Device
    facts: Sequence[Fact]
    alert: Alert | None
    reason: AlertReason | None  # why the alert fired
    questions: Sequence[SupplierQuestion]
    messages: Sequence[TicketMessage]  # to the vendor and back
    bundles: Sequence[File]
    uploads: Sequence[File]  # by the vendor
    charts: Sequence[Sequence[BundledCurve]]  # one a metric
    request: BundleRequest  # the time that they show


def vendor_case(ticket_id: int) -> VendorCase | None:
    """The case of a ticket; None if its device is no longer in the site file."""
    now = stores.now()
    with stores.records().reading() as db:
        ticket = db.get_one(Ticket, ticket_id)
        device = stores.site().devices.get(ticket.device)
        if device is None:
            return None
        messages = [message for message in ticket.messages if message.direction != "note"]
        questions = question_rows.questions(db, ticket_id)
        alert = db.get(Alert, ticket.alert_id) if ticket.alert_id else None
        files = file_rows.files(db, "ticket", str(ticket_id))
        reason = None if alert is None else reason_of_alert(db, alert, now)
        vendor = db.get_one(Vendor, ticket.vendor_id)
        facts = [Fact(f.label, serial(f.value)) for f in facts_of(db, device.id, None) if f.serial]
    request = case_request(device.id, alert, now)
    from maintenance.tickets.diagnostics import is_bundle  # with what signs bundles

    bundles = [file for file in files if is_bundle(file, stores.site().file.id, device.id)]
    return VendorCase(
        ticket,
        vendor,
        device,
        [fact for fact in facts if fact.value],
        alert,
        reason,
        questions,
        messages,
        bundles,
        [file for file in files if file.who == writer(vendor)],
        list(_charts(device, alert, request)),
        request,
    )


def live_window(link_id: int) -> LiveWindow | None:
    """The hour of live values of a link that nobody has ended; it may be over by itself."""
    with stores.records().reading() as db:
        return live_rows.unended_window(db, link_id)


def _charts(
    device: Device, alert: Alert | None, request: BundleRequest
) -> Iterator[list[BundledCurve]]:
    """Of what the alert is about, then of what the device's tile shows."""
    first = [alert.metric] if alert is not None else []
    tiles = [name for name, metric in device.profile.metrics.items() if metric.tile]
    series = stores.series()
    components: dict[str, list[str]] = {}
    for newest in series.latest(device.id):
        components.setdefault(newest.metric, []).append(newest.component)
    names = [name for name in dict.fromkeys([*first, *tiles]) if name in device.profile.metrics]
    for name in names[:MOST_CHARTS]:
        curves = []
        for component in sorted(components.get(name, ()))[:MOST_CHARTS]:
            key = (device.id, name, component)
            drawn = list(series.range(*key, request.start, request.end, POINTS).points)
            limits = device.profile.limits(name, component)
            metric = device.profile.metrics[name]
            if drawn:
                curves.append(BundledCurve(device.id, name, component, metric, [], drawn, limits))
        if curves:
            yield curves

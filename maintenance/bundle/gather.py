"""Reads a bundle's content from the stores: allow-listed fields only, every text scrubbed."""

import re
from collections.abc import Sequence

from sqlalchemy.orm import Session

from core.readings import Event
from core.schema.site import Device, Site
from core.text.evidence_words import CARRIERS, sentences
from core.text.numbers import general
from maintenance.bundle.allowed import scrubber_for, serial, stated
from maintenance.bundle.content import (
    BundledAlert,
    BundledDevice,
    BundledEvent,
    BundledVerdict,
    BundleRequest,
    Content,
    Fact,
    MaintenanceNote,
)
from maintenance.bundle.curves import Thinning, curves_of
from maintenance.bundle.privacy import Scrubber
from storage.records import Alert, AllowedWord, Records, ServiceEvent, Verdict
from storage.records import alerts as alert_rows
from storage.records import feedback as feedback_rows
from storage.records import verdicts as verdict_rows
from storage.records.allowed_words import allowed_words
from storage.series.store import SeriesStore

MOST_EVENTS = 100_000  # of a device; a week of a talkative one has 50,000
SERVICES = 5

_KIND = re.compile(r"[a-z][a-z0-9_]{0,60}")


def gather(
    site: Site, store: SeriesStore, records: Records, request: BundleRequest, thinning: Thinning
) -> Content:
    """What the stores hold of the device in the window. KeyError if the site has no such device."""
    devices = _devices(site, request.device)
    with records.reading() as db:
        scrubber = scrubber_of(site, db, request)
        ids = [device.id for device in devices]
        alerts = alert_rows.alerts_between(db, ids, *request.overview())
        verdicts = verdict_rows.verdicts_between(db, ids, *request.overview())
        allowed = _words_allowed(db, request)
        services = feedback_rows.service_events_before(db, request.device, request.end, SERVICES)
    return Content(
        request=request,
        site=site.file.id,
        site_name=site.file.name,
        zone=site.zone.key,
        thinned=thinning.text,
        facts=_facts(scrubber, devices[0], request),
        devices=[_device(scrubber, device, request) for device in devices],
        curves=[
            curve
            for device in devices
            for curve in curves_of(scrubber, store, device, request, thinning)
        ],
        events=[
            event
            for device in devices
            for event in _events(scrubber, store, device, request, thinning)
        ],
        allowed=allowed,
        alerts=[_alert(scrubber, alert) for alert in alerts],
        verdicts=[_verdict(scrubber, site, verdict) for verdict in verdicts],
        notes=_notes(scrubber, request, services),
    )


def _notes(
    scrubber: Scrubber, request: BundleRequest, services: Sequence[ServiceEvent]
) -> list[MaintenanceNote]:
    """The newest first."""
    noted = [MaintenanceNote(row.at, "service", row.text) for row in services]
    return [
        MaintenanceNote(
            note.at, *scrubber.row(scrubber.scrub(note.kind), scrubber.scrub(note.text))
        )
        for note in sorted([*request.notes, *noted], reverse=True)
    ]


def scrubber_of(site: Site, db: Session, request: BundleRequest) -> Scrubber:
    """What lets through the words and numbers of the device and of what supports it, and no others."""
    devices = _devices(site, request.device)
    allowed = [row.word for row in _words_allowed(db, request)]
    return scrubber_for(devices, stated(db, devices, request), allowed)


def machine_texts(site: Site, store: SeriesStore, request: BundleRequest) -> list[str]:
    """What machines wrote in the window, each text once, as it is stored: nothing of it is scrubbed."""
    events = (
        event
        for device in _devices(site, request.device)
        for event in store.events(device.id, request.start, request.end, MOST_EVENTS)
    )
    return list(dict.fromkeys(event.text for event in events))


def _words_allowed(db: Session, request: BundleRequest) -> list[AllowedWord]:
    return [] if request.ticket is None else allowed_words(db, request.ticket)


def _devices(site: Site, device_id: str) -> list[Device]:
    """The device, what it depends on, however far, and what watches its room."""
    supports = {name: site.devices[name] for name in site.above(device_id)}
    room = site.devices[device_id].room
    for other in site.devices.values():
        is_beside = bool(room) and other.room == room and other.profile.group == "infrastructure"
        if is_beside and other.id != device_id:
            supports.setdefault(other.id, other)
    return [site.devices[device_id], *supports.values()]


def _device(scrubber: Scrubber, device: Device, request: BundleRequest) -> BundledDevice:
    return BundledDevice(
        device.id,
        scrubber.scrub(device.name),
        scrubber.scrub(device.room),
        scrubber.scrub(device.profile.title or device.profile_name),
        scrubber.scrub(device.profile.kind),
        serial(device.serial),
        is_support=device.id != request.device,
    )


def _facts(scrubber: Scrubber, device: Device, request: BundleRequest) -> list[Fact]:
    ticket = [Fact("Ticket", str(request.ticket))] if request.ticket is not None else []
    cleaned = [
        Fact(
            scrubber.scrub(fact.label),
            serial(fact.value) if fact.serial else scrubber.scrub(fact.value),
            fact.serial,
        )
        for fact in request.facts
        if fact.value
    ]
    return [*ticket, *(_unsplit(scrubber, fact) for fact in cleaned)]


def _unsplit(scrubber: Scrubber, fact: Fact) -> Fact:
    label, value = (fact.label, fact.value) if fact.serial else scrubber.row(fact.label, fact.value)
    return Fact(label, value, fact.serial)


def _events(
    scrubber: Scrubber,
    store: SeriesStore,
    device: Device,
    request: BundleRequest,
    thinning: Thinning,
) -> list[BundledEvent]:
    begin, end = request.near_fault()
    newest = [
        event
        for span in reversed(request.spans())
        for event in store.events(device.id, *span, MOST_EVENTS)
    ]
    return [
        _event(scrubber, event)
        for event in reversed(newest)
        if not thinning.only_warnings or event.severity != "info" or begin <= event.at < end
    ]


def _event(scrubber: Scrubber, event: Event) -> BundledEvent:
    cells = scrubber.row(
        scrubber.component(event.component),
        scrubber.code(event.code),
        scrubber.scrub(event.text),
    )
    is_kind = _KIND.fullmatch(event.kind) and scrubber.component(event.kind) == event.kind
    kind = event.kind if is_kind else "event"
    return BundledEvent(event.at, event.device, event.severity, kind, *cells)


def _alert(scrubber: Scrubber, alert: Alert) -> BundledAlert:
    return BundledAlert(
        alert.id,
        alert.device,
        alert.severity,
        scrubber.scrub(alert.title),
        alert.metric,
        scrubber.component(alert.component),
        alert.began_at,
        alert.fired_at,
        alert.ended_at,
        alert.value,
        alert.limit,
    )


def _carried(verdict: Verdict) -> list[str]:
    """What carried it, statistics in words, and what moved from what to what."""
    names = [CARRIERS.get(name, name) for name in verdict.carriers]
    return [*names, *sentences(verdict.evidence, general)]


def _verdict(scrubber: Scrubber, site: Site, verdict: Verdict) -> BundledVerdict:
    detectors = site.devices[verdict.device].profile.detectors
    metric = next((own.metric for own in detectors if own.id == verdict.detector), "")
    return BundledVerdict(
        verdict.at,
        verdict.device,
        scrubber.component(verdict.component),
        verdict.detector,
        verdict.kind,
        verdict.alarm,
        verdict.score,
        verdict.value,
        verdict.expected,
        verdict.low,
        verdict.high,
        scrubber.scrub(", ".join(_carried(verdict))),
        metric,
    )

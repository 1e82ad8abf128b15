"""From the stores to the content of a bundle: allow-listed fields first, every text scrubbed second."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from core.readings import Event
from core.schema.profile import Profile
from core.schema.site import Device, Site
from maintenance.bundle.content import (
    Ask,
    Content,
    Fact,
    Judged,
    Line,
    MaintenanceNote,
    Part,
    Raised,
    Said,
)
from maintenance.bundle.privacy import REMOVED, Scrubber
from storage.records import Alert, Records, Verdict
from storage.records import alerts as alert_rows
from storage.records import feedback as feedback_rows
from storage.records import verdicts as verdict_rows
from storage.series import Point
from storage.series.store import SeriesStore

DRAWN = 360  # points of a curve in a chart
RAW = 1 << 40  # points: more than there are
MOST_EVENTS = 20_000
SERVICES = 5

_SERIAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./_-]{0,39}")
_KIND = re.compile(r"[a-z][a-z0-9_]{0,60}")


class Thinning(NamedTuple):
    """How much of the window may leave, outside of the minutes around the fault."""

    points: int  # of each series
    only_warnings: bool
    text: str

    @property
    def is_none(self) -> bool:
        """Does everything leave as it was measured?"""
        return self.points >= RAW


# Tried in this order until the file is small enough.
THINNINGS = (
    Thinning(RAW, only_warnings=False, text=""),
    Thinning(2880, only_warnings=False, text="about 2880 values a series"),
    Thinning(720, only_warnings=False, text="about 720 values a series"),
    Thinning(144, only_warnings=True, text="about 144 values a series, events from warning up"),
    Thinning(24, only_warnings=True, text="about 24 values a series, events from warning up"),
    Thinning(0, only_warnings=True, text="none, events from warning up"),
)


def gather(
    site: Site, series: SeriesStore, records: Records, ask: Ask, thinning: Thinning
) -> Content:
    """All that is known of the device in the window. KeyError if the site has no such device."""
    devices = [site.devices[ask.device], *_supports(site, ask.device)]
    scrubber = scrubber_for(devices)
    parts = [_part(scrubber, device, ask) for device in devices]
    with records.reading() as db:
        ids = [device.id for device in devices]
        alerts = alert_rows.alerts_between(db, ids, ask.start, ask.end)
        verdicts = verdict_rows.verdicts_between(db, ids, ask.start, ask.end)
        services = feedback_rows.service_events_before(db, ask.device, ask.end, SERVICES)
    notes = [MaintenanceNote(row.at, "service", row.text) for row in services]
    return Content(
        ask=ask,
        site=site.file.id,
        site_name=site.file.name,
        zone=site.zone.key,
        thinned=thinning.text,
        facts=_facts(scrubber, devices[0], ask),
        parts=parts,
        lines=[
            line for device in devices for line in _lines(scrubber, series, device, ask, thinning)
        ],
        events=[
            said for device in devices for said in _events(scrubber, series, device, ask, thinning)
        ],
        alerts=[_raised(scrubber, alert) for alert in alerts],
        verdicts=[_judged(scrubber, verdict) for verdict in verdicts],
        notes=[
            MaintenanceNote(note.at, scrubber.scrub(note.kind), scrubber.scrub(note.text))
            for note in sorted([*ask.notes, *notes], reverse=True)
        ],
    )


def _supports(site: Site, device_id: str) -> list[Device]:
    """What it depends on, however far, and what watches its room."""
    found: dict[str, Device] = {}
    ahead = list(site.devices[device_id].depends_on)
    while ahead:
        name = ahead.pop(0)
        if name not in found and name != device_id:
            found[name] = site.devices[name]
            ahead += found[name].depends_on
    room = site.devices[device_id].room
    for other in site.devices.values():
        is_beside = bool(room) and other.room == room and other.profile.group == "infrastructure"
        if is_beside and other.id != device_id:
            found.setdefault(other.id, other)
    return list(found.values())


def scrubber_for(devices: list[Device]) -> Scrubber:
    """Lets through what the devices' profiles say: their titles, states, rules and log texts."""
    return Scrubber.of(*(text for device in devices for text in _own_words(device.profile)))


def _own_words(profile: Profile) -> Iterator[str]:
    yield profile.title
    yield profile.kind
    for name, metric in profile.metrics.items():
        yield from (name, metric.title, *metric.states.values())
    for rule in profile.rules:
        yield rule.title
    for source_map in profile.maps.values():
        for text in source_map.texts():
            yield re.sub(r"\{\w+\}", " ", text)


def _part(scrubber: Scrubber, device: Device, ask: Ask) -> Part:
    return Part(
        device.id,
        scrubber.scrub(device.name),
        scrubber.scrub(device.room),
        scrubber.scrub(device.profile.title or device.profile_name),
        scrubber.scrub(device.profile.kind),
        _serial(device.serial),
        is_support=device.id != ask.device,
    )


def _facts(scrubber: Scrubber, device: Device, ask: Ask) -> list[Fact]:
    own = [Fact("Ticket", str(ask.ticket))] if ask.ticket is not None else []
    handed = [
        Fact(
            scrubber.scrub(fact.label),
            _serial(fact.value) if fact.serial else scrubber.scrub(fact.value),
            fact.serial,
        )
        for fact in ask.facts
        if fact.value
    ]
    return [*own, *handed]


def _serial(text: str) -> str:
    return text if not text or _SERIAL.fullmatch(text) else REMOVED


def _lines(
    scrubber: Scrubber, series: SeriesStore, device: Device, ask: Ask, thinning: Thinning
) -> Iterator[Line]:
    profile = device.profile
    for newest in series.latest(device.id):
        metric = profile.metrics.get(newest.metric)
        if metric is None:
            continue  # only what the profile names leaves
        name = (device.id, newest.metric, newest.component)
        drawn = series.range(*name, ask.start, ask.end, DRAWN).points
        if drawn:
            yield Line(
                device.id,
                newest.metric,
                scrubber.code(newest.component),
                metric,
                _readings(series, name, ask, thinning),
                drawn,
                profile.limits(newest.metric, newest.component),
            )


def _readings(
    series: SeriesStore, name: tuple[str, str, str], ask: Ask, thinning: Thinning
) -> list[Point]:
    if thinning.is_none:
        return series.range(*name, ask.start, ask.end, RAW).points
    begin, end = ask.near_fault()
    near = series.range(*name, begin, end, RAW).points if end > begin else []
    if thinning.points == 0:
        return near
    curve = series.range(*name, ask.start, ask.end, thinning.points)
    # A bucket that touches the minutes around the fault would tell them a second time.
    far = [point for point in curve.points if point.at + curve.width <= begin or point.at >= end]
    return sorted([*far, *near])


def _events(
    scrubber: Scrubber, series: SeriesStore, device: Device, ask: Ask, thinning: Thinning
) -> list[Said]:
    begin, end = ask.near_fault()
    events = series.events(device.id, ask.start, ask.end, MOST_EVENTS)
    return [
        _said(scrubber, event)
        for event in reversed(events)
        if not thinning.only_warnings or event.severity != "info" or begin <= event.at < end
    ]


def _said(scrubber: Scrubber, event: Event) -> Said:
    return Said(
        event.at,
        event.device,
        event.severity,
        event.kind if _KIND.fullmatch(event.kind) else "event",
        scrubber.code(event.component),
        scrubber.code(event.code),
        scrubber.scrub(event.text),
    )


def _raised(scrubber: Scrubber, alert: Alert) -> Raised:
    return Raised(
        alert.id,
        alert.device,
        alert.severity,
        scrubber.scrub(alert.title),
        alert.metric,
        scrubber.code(alert.component),
        alert.began_at,
        alert.fired_at,
        alert.ended_at,
        alert.value,
        alert.limit,
    )


def _judged(scrubber: Scrubber, verdict: Verdict) -> Judged:
    return Judged(
        verdict.at,
        verdict.device,
        scrubber.code(verdict.component),
        verdict.detector,
        verdict.kind,
        verdict.alarm,
        verdict.score,
        verdict.value,
        verdict.expected,
        verdict.low,
        verdict.high,
        scrubber.scrub(", ".join(verdict.carried_by)),
    )

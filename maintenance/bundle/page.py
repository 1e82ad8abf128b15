"""The bundle's page: one HTML file with its pictures inside, no script, nothing from any network.

English whatever the site's language: whoever reads it sits at the maker's.
"""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from core.text import times
from maintenance.bundle.content import BundledAlert, BundledCurve, Content
from maintenance.bundle.expected import expected_section
from maintenance.bundle.format import local, number, offset, quantity, utc
from maintenance.bundle.lists import (
    alerts_section,
    events_section,
    notes_section,
    timeline_section,
    verdicts_section,
)
from maintenance.bundle.value_sections import (
    device_charts,
    overview_charts,
    support_charts,
    values_section,
)
from storage.series import Point

CSS = Path(__file__).with_name("page.css").read_text(encoding="utf-8")


def page(content: Content) -> bytes:
    """`index.html`."""
    device = content.devices[0]
    name = device.title if device.name in device.title else f"{device.title}: {device.name}"
    zone = ZoneInfo(content.zone)
    sections = [
        _head(content, name, zone),
        fault_section(content, zone),
        facts_section(content, zone),
        timeline_section(content, zone),
        values_section(content),
        expected_section(content, zone),
        device_charts(content, zone),
        overview_charts(content, zone),
        support_charts(content, zone),
        alerts_section(content, zone),
        verdicts_section(content, zone),
        notes_section(content, zone),
        events_section(content, zone),
        _foot(content),
    ]
    return document(f"Diagnostics: {name}", sections)


def document(title: str, sections: Sequence[str], css: str = "") -> bytes:
    """A page of sections that are HTML already; `css` comes after the bundle's own."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{CSS}{css}</style></head>\n<body>"
        + "\n".join(section for section in sections if section)
        + "</body></html>\n"
    ).encode()


def _head(content: Content, name: str, zone: ZoneInfo) -> str:
    request = content.request
    start, end = request.whole()
    return (
        f"<header><h1>{escape(name)}</h1>"
        f"<p>Diagnostics of device <b>{escape(request.device)}</b> at {escape(content.site_name)}</p>"
        f'<p class="muted">{utc(start)} to {utc(end)}, which is {local(start, zone)} to'
        f" {local(end, zone)} at the site ({escape(content.zone)}, {offset(request.end, zone)})."
        f" {_window(content)} Made {utc(request.now)} by Scanward.</p></header>"
    )


def _window(content: Content) -> str:
    """From when to when, and of which hours every value is there."""
    request, parts = content.request, []
    if request.fault is not None:
        parts.append(
            f"It begins {times.duration(request.fault - request.whole()[0])} before the fault and ends"
            f" {times.duration(request.end - request.fault)} after its beginning."
        )
    first, *more = request.spans()
    if more:
        parts.append(
            f"Every value is here of the {times.duration(first[1] - first[0])} around the fault and of the last"
            f" {times.duration(request.end - request.start)}; between them roll-ups."
        )
    return " ".join(parts)


def fault_section(content: Content, zone: ZoneInfo) -> str:
    """The alert that is the fault, with its worst value and its limit."""
    fault = content.request.fault
    if fault is None:
        return _since_before(content, zone)
    alert = fault_alert(content)
    when = f"{utc(fault)} &nbsp; {local(fault, zone)} local"
    if alert is None:
        return f'<div class="fault"><b>Time of the fault, as chosen</b><p>{when}</p></div>'
    end = alert.ended_at
    state = (
        f"over after {times.duration(end - alert.began_at)}"
        if end is not None and not _lasts(alert, content.request.end)
        else f"not over at the end of this file, {times.duration(content.request.end - alert.began_at)} later"
    )
    metrics = {(curve.device, curve.name): curve.metric for curve in content.curves}
    metric = metrics.get((alert.device, alert.metric))
    worst, limit = (
        (quantity(alert.value, metric), quantity(alert.limit, metric))
        if metric
        else (number(alert.value), number(alert.limit))
    )
    return (
        f'<div class="fault {alert.severity}"><b>{escape(alert.title)}</b>'
        f"<p>{alert.severity.capitalize()}, began {when}; {state}</p>"
        f"<p>{escape(metric.title if metric else alert.metric)}"
        f"{escape(f' ({alert.component})' if alert.component else '')}: worst {escape(worst)},"
        f" limit {escape(limit)}</p></div>"
    )


def _since_before(content: Content, zone: ZoneInfo) -> str:
    """Alerts of the device that began before the window, over by now or not; none began inside it."""
    request = content.request
    sections = "".join(
        f'<div class="fault {alert.severity}"><b>{escape(alert.title)}</b>'
        f"<p>{alert.severity.capitalize()}, began {utc(alert.began_at)} &nbsp; {local(alert.began_at, zone)} local,"
        f" {times.duration(request.start - alert.began_at)} before this file begins;"
        f" {'not over' if _lasts(alert, request.end) else 'over'}</p></div>"
        for alert in content.alerts
        if alert.device == request.device and alert.fired_at is not None and alert.began_at < request.start
        and (alert.ended_at is None or alert.ended_at > request.start)
    )  # fmt: skip
    none = "<b>No alert of this device in this time</b><p>None was chosen either.</p>"
    return sections or f'<div class="fault">{none}</div>'


def _lasts(alert: BundledAlert, end: int) -> bool:
    return alert.ended_at is None or alert.ended_at > end


def fault_alert(content: Content) -> BundledAlert | None:
    """The alert of the device itself whose beginning is the fault."""
    own = [alert for alert in content.alerts if alert.device == content.request.device]
    return next((alert for alert in own if alert.began_at == content.request.fault), None)


def facts_section(content: Content, zone: ZoneInfo) -> str:
    """What the device is, its counters, and on what it depends."""
    device = content.devices[0]
    rows = [
        ("Maker and model", device.title),
        ("Name at the site", device.name),
        ("Serial number", device.serial or "not written in the site file"),
        ("Room", device.room),
        ("Site", content.site_name),
        *((fact.label, fact.value) for fact in content.facts),
    ]
    for curve in content.curves:
        if curve.device == device.id and curve.metric.kind == "counter" and curve.drawn:
            newest = curve.drawn[-1]
            component = f" ({curve.component})" if curve.component else ""
            rows.append(
                (
                    f"{curve.metric.title}{component}",
                    f"{_counted(newest, curve)} at {utc(newest.at)}",
                )
            )
    supports = [f"{support.title} ({support.id})" for support in content.devices[1:]]
    rows.append(("Depends on, or beside it", ", ".join(supports) or "nothing known"))
    items = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>"
        for label, value in rows
        if value
    )
    return f'<h2>Facts</h2><dl class="facts">{items}</dl>'


def _words_allowed(content: Content) -> str:
    words = ", ".join(row.word for row in content.allowed)
    return f" Kept by a person at the site, as manifest.json says: {words}." if words else ""


def _counted(point: Point, curve: BundledCurve) -> str:
    return quantity(point.high, curve.metric)


def _foot(content: Content) -> str:
    thinned = (
        f"To stay small, readings away from the fault were thinned to {content.thinned}."
        if content.thinned
        else "Readings and events are complete."
    )
    return (
        f'<footer class="muted"><p>{escape(thinned)} Times in the tables beside this page (CSV) are UTC;'
        " values of a thinned stretch are mean, lowest and highest.</p>"
        "<p>No patient data: only the fields above leave the site, and in free text every word that is"
        " not known to be a technical one, and every number that could be an identifier, a date or a"
        f" telephone number, stands as [removed].{escape(_words_allowed(content))}</p>"
        "<p>manifest.json lists every file with its SHA-256, manifest.sig signs it (Ed25519), signer.pem is"
        " the key; scanward verify FILE.zip checks all of it.</p></footer>"
    )

"""The bundle's page: one HTML file with its pictures inside, no script, nothing from any network.

English whatever the site's language: whoever reads it sits at the maker's.
"""

from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from core.text import times
from maintenance.bundle.content import Content, Line, Raised
from maintenance.bundle.format import local, number, offset, quantity, utc
from maintenance.bundle.lists import (
    alerts_section,
    events_section,
    notes_section,
    timeline_section,
    verdicts_section,
)
from maintenance.bundle.value_sections import device_charts, support_charts, values_section
from storage.series import Point

CSS = Path(__file__).with_name("page.css").read_text(encoding="utf-8")


def page(content: Content) -> bytes:
    """`index.html`."""
    device = content.parts[0]
    name = device.title if device.name in device.title else f"{device.title}: {device.name}"
    zone = ZoneInfo(content.zone)
    sections = [
        _head(content, name, zone),
        _fault(content, zone),
        _facts(content, zone),
        timeline_section(content, zone),
        values_section(content),
        device_charts(content, zone),
        support_charts(content, zone),
        alerts_section(content, zone),
        verdicts_section(content, zone),
        notes_section(content, zone),
        events_section(content, zone),
        _foot(content),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Diagnostics: {escape(name)}</title><style>{CSS}</style></head>\n<body>"
        + "\n".join(section for section in sections if section)
        + "</body></html>\n"
    ).encode()


def _head(content: Content, name: str, zone: ZoneInfo) -> str:
    ask = content.ask
    return (
        f"<header><h1>{escape(name)}</h1>"
        f"<p>Diagnostics of device <b>{escape(ask.device)}</b> at {escape(content.site_name)}</p>"
        f'<p class="muted">{utc(ask.start)} to {utc(ask.end)}, which is {local(ask.start, zone)} to'
        f" {local(ask.end, zone)} at the site ({escape(content.zone)}, {offset(ask.end, zone)})."
        f" Made {utc(ask.now)} by Scanward.</p></header>"
    )


def _fault(content: Content, zone: ZoneInfo) -> str:
    fault = content.ask.fault
    if fault is None:
        return _since_before(content, zone)
    alert = fault_alert(content)
    when = f"{utc(fault)} &nbsp; {local(fault, zone)} local"
    if alert is None:
        return f'<div class="fault"><b>Time of the fault, as chosen</b><p>{when}</p></div>'
    end = alert.ended_at
    state = (
        f"over after {times.duration(end - alert.began_at)}"
        if end is not None and end <= content.ask.end
        else f"not over at the end of this file, {times.duration(content.ask.end - alert.began_at)} later"
    )
    metrics = {(line.part, line.name): line.metric for line in content.lines}
    metric = metrics.get((alert.part, alert.metric))
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
    """No alert of the device began in the time of this file: what fires since before it."""
    ask = content.ask
    told = "".join(
        f'<div class="fault {one.severity}"><b>{escape(one.title)}</b>'
        f"<p>{one.severity.capitalize()}, began {utc(one.began_at)} &nbsp; {local(one.began_at, zone)} local,"
        f" {times.duration(ask.start - one.began_at)} before this file begins; not over</p></div>"
        for one in content.alerts
        if one.part == ask.device and one.fired_at is not None and one.began_at < ask.start
        and (one.ended_at is None or one.ended_at > ask.end)
    )  # fmt: skip
    none = "<b>No alert of this device in this time</b><p>None was chosen either.</p>"
    return told or f'<div class="fault">{none}</div>'


def fault_alert(content: Content) -> Raised | None:
    """The alert of the device itself whose beginning is the fault."""
    own = [one for one in content.alerts if one.part == content.ask.device]
    return next((one for one in own if one.began_at == content.ask.fault), None)


def _facts(content: Content, zone: ZoneInfo) -> str:
    device = content.parts[0]
    rows = [
        ("Maker and model", device.title),
        ("Name at the site", device.name),
        ("Serial number", device.serial or "not written in the site file"),
        ("Room", device.room),
        ("Site", content.site_name),
        *((fact.label, fact.value) for fact in content.facts),
    ]
    for line in content.lines:
        if line.part == device.id and line.metric.kind == "counter" and line.drawn:
            newest = line.drawn[-1]
            part = f" ({line.component})" if line.component else ""
            rows.append(
                (f"{line.metric.title}{part}", f"{_counted(newest, line)} at {utc(newest.at)}")
            )
    supports = [f"{part.title} ({part.id})" for part in content.parts[1:]]
    rows.append(("Depends on, or beside it", ", ".join(supports) or "nothing known"))
    items = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>"
        for label, value in rows
        if value
    )
    return f'<h2>Facts</h2><dl class="facts">{items}</dl>'


def _counted(point: Point, line: Line) -> str:
    return quantity(point.high, line.metric)


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
        " telephone number, stands as [removed].</p>"
        "<p>manifest.json lists every file with its SHA-256, manifest.sig signs it (Ed25519), signer.pem is"
        " the key; scanward verify FILE.zip checks all of it.</p></footer>"
    )

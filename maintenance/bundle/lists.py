"""The sections of the page that are tables: timeline, alerts, verdicts, maintenance, events."""

from zoneinfo import ZoneInfo

from core.text import times
from maintenance.bundle.content import Content
from maintenance.bundle.format import ABSENT, local, number, utc
from maintenance.bundle.html import row, table
from maintenance.bundle.timeline import TIMELINE_MARGIN, timeline

MOST_EVENTS = 150


def timeline_section(content: Content, zone: ZoneInfo) -> str:
    fault = content.request.fault
    entries, left_out = timeline(content)
    span = "in this time"
    if fault is not None:
        span = f"{times.duration(TIMELINE_MARGIN)} before and after it"
    begin = 0 if fault is None else len("2026-10-31 ")  # near the fault the day goes without saying
    rows = [
        row(
            [
                ("t", utc(entry.at)[begin:]),
                ("t", local(entry.at, zone)[begin:]),
                ("n", _from_fault(entry.at, fault)),
                (f"s {entry.severity}", entry.severity if entry.kind != "state" else ""),
                ("t", entry.device),
                ("", entry.text),
            ],
            mark=entry.at == fault,
        )
        for entry in entries
    ]
    more = f"{left_out} more are in events.csv and alerts.csv."
    note = f'<p class="muted">{more}</p>' if left_out else ""
    heads = ("UTC", "Local", "n:From the fault", "Severity", "Device", "What")
    title = "Timeline" if fault is None else "Timeline of the fault"
    none = "Nothing was said."
    return f'<h2>{title}</h2><p class="muted">What was said {span}.</p>{table(heads, rows, none)}{note}'


def _from_fault(at: int, fault: int | None) -> str:
    if fault is None:
        return ""
    sign = "\u2212" if at < fault else "+"
    return "0" if at == fault else f"{sign}{times.duration(abs(at - fault))}"


def alerts_section(content: Content, zone: ZoneInfo) -> str:
    rows = [
        row(
            [
                ("t", utc(alert.began_at)),
                ("t", local(alert.began_at, zone)),
                (
                    "n",
                    "not over"
                    if alert.ended_at is None or alert.ended_at > content.request.end
                    else times.duration(alert.ended_at - alert.began_at),
                ),
                (f"s {alert.severity}", alert.severity),
                ("t", alert.device),
                ("", alert.title + (f" ({alert.component})" if alert.component else "")),
                ("n", number(alert.value)),
                ("n", number(alert.limit)),
            ],
            mark=alert.device == content.request.device and alert.began_at == content.request.fault,
        )
        for alert in content.alerts
    ]
    heads = ("Began, UTC", "Local", "n:Lasted", "Severity", "Device", "What", "n:Worst", "n:Limit")
    return f"<h2>Alerts</h2>{table(heads, rows, 'There was none.')}"


def verdicts_section(content: Content, zone: ZoneInfo) -> str:
    rows = [
        row(
            [
                ("t", utc(verdict.at)),
                ("t", local(verdict.at, zone)),
                ("t", verdict.device),
                ("", verdict.detector + (f" ({verdict.component})" if verdict.component else "")),
                (
                    "s warning" if verdict.alarm else "",
                    verdict.kind + (", alarm" if verdict.alarm else ""),
                ),
                ("n", f"{verdict.score:.2f}"),
                ("n", number(verdict.value)),
                (
                    "n",
                    f"{number(verdict.low)} … {number(verdict.high)}"
                    if verdict.low is not None
                    else ABSENT,
                ),
                ("", verdict.carried_by),
            ]
        )
        for verdict in content.verdicts
    ]
    heads = (
        *("UTC", "Local", "Device", "Detector", "Verdict", "n:Score", "n:Value"),
        *("n:Expected", "Carried by"),
    )
    return f"<h2>Detectors</h2>{table(heads, rows, 'None has said anything in this time.')}"


def notes_section(content: Content, zone: ZoneInfo) -> str:
    rows = [
        row([("t", utc(note.at)), ("t", local(note.at, zone)), ("", note.kind), ("", note.text)])
        for note in content.notes
    ]
    return (
        "<h2>Last maintenance</h2>"
        f"{table(('UTC', 'Local', 'Kind', 'What'), rows, 'None is written down in Scanward.')}"
    )


def events_section(content: Content, zone: ZoneInfo) -> str:
    newest = sorted(content.events, key=lambda event: event.at, reverse=True)
    rows = [
        row(
            [
                ("t", utc(event.at)),
                ("t", local(event.at, zone)),
                (f"s {event.severity}", event.severity),
                ("t", event.device),
                ("", event.component),
                ("", event.code),
                ("", event.text or event.kind),
            ]
        )
        for event in newest[:MOST_EVENTS]
    ]
    more = len(newest) - MOST_EVENTS
    note = (
        f'<p class="muted">Newest first; {more} older ones are in events.csv.</p>'
        if more > 0
        else ""
    )
    heads = ("UTC", "Local", "Severity", "Device", "Component", "Code", "What")
    return f"<h2>Events</h2>{table(heads, rows, 'There was none.')}{note}"

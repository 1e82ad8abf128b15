"""The sections of the page that are tables of what was said: timeline, alerts, verdicts, events."""

from zoneinfo import ZoneInfo

from core.text import times
from maintenance.bundle.content import Content
from maintenance.bundle.format import ABSENT, local, number, utc
from maintenance.bundle.html import row, table
from maintenance.bundle.timeline import ONE_SIDE, timeline

MOST_EVENTS = 150


def timeline_section(content: Content, zone: ZoneInfo) -> str:
    moments, left_out = timeline(content)
    span = (
        f"{times.duration(ONE_SIDE)} before and after it"
        if content.ask.fault is not None
        else "in this time"
    )
    rows = [
        row(
            [
                ("t", utc(one.at)[11:] if content.ask.fault is not None else utc(one.at)),
                (
                    "t",
                    local(one.at, zone)[11:]
                    if content.ask.fault is not None
                    else local(one.at, zone),
                ),
                ("n", _from_fault(one.at, content.ask.fault)),
                (f"s {one.severity}", one.severity if one.kind != "state" else ""),
                ("t", one.part),
                ("", one.text),
            ],
            mark=one.at == content.ask.fault,
        )
        for one in moments
    ]
    more = (
        f'<p class="muted">{left_out} more are in events.csv and alerts.csv.</p>'
        if left_out
        else ""
    )
    heads = ("UTC", "Local", "n:From the fault", "Severity", "Device", "What")
    title = "Timeline of the fault" if content.ask.fault is not None else "Timeline"
    none = "Nothing was said."
    return f'<h2>{title}</h2><p class="muted">What was said {span}.</p>{table(heads, rows, none)}{more}'


def _from_fault(at: int, fault: int | None) -> str:
    if fault is None:
        return ""
    sign = "\u2212" if at < fault else "+"
    return "0" if at == fault else f"{sign}{times.duration(abs(at - fault))}"


def alerts_section(content: Content, zone: ZoneInfo) -> str:
    rows = [
        row(
            [
                ("t", utc(one.began_at)),
                ("t", local(one.began_at, zone)),
                (
                    "n",
                    "not over"
                    if one.ended_at is None or one.ended_at > content.ask.end
                    else times.duration(one.ended_at - one.began_at),
                ),
                (f"s {one.severity}", one.severity),
                ("t", one.part),
                ("", one.title + (f" ({one.component})" if one.component else "")),
                ("n", number(one.value)),
                ("n", number(one.limit)),
            ],
            mark=one.part == content.ask.device and one.began_at == content.ask.fault,
        )
        for one in content.alerts
    ]
    heads = ("Began, UTC", "Local", "n:Lasted", "Severity", "Device", "What", "n:Worst", "n:Limit")
    return f"<h2>Alerts</h2>{table(heads, rows, 'There was none.')}"


def verdicts_section(content: Content, zone: ZoneInfo) -> str:
    rows = [
        row(
            [
                ("t", utc(one.at)),
                ("t", local(one.at, zone)),
                ("t", one.part),
                ("", one.detector + (f" ({one.component})" if one.component else "")),
                ("s warning" if one.alarm else "", one.kind + (", alarm" if one.alarm else "")),
                ("n", f"{one.score:.2f}"),
                ("n", number(one.value)),
                ("n", f"{number(one.low)} … {number(one.high)}" if one.low is not None else ABSENT),
                ("", one.carried_by),
            ]
        )
        for one in content.verdicts
    ]
    heads = (
        *("UTC", "Local", "Device", "Detector", "Verdict", "n:Score", "n:Value"),
        *("n:Expected", "Carried by"),
    )
    return f"<h2>Detectors</h2>{table(heads, rows, 'None has said anything in this time.')}"


def notes_section(content: Content, zone: ZoneInfo) -> str:
    rows = [
        row([("t", utc(one.at)), ("t", local(one.at, zone)), ("", one.kind), ("", one.text)])
        for one in content.notes
    ]
    return (
        "<h2>Last maintenance</h2>"
        f"{table(('UTC', 'Local', 'Kind', 'What'), rows, 'None is written down in Scanward.')}"
    )


def events_section(content: Content, zone: ZoneInfo) -> str:
    newest = sorted(content.events, key=lambda said: said.at, reverse=True)
    rows = [
        row(
            [
                ("t", utc(one.at)),
                ("t", local(one.at, zone)),
                (f"s {one.severity}", one.severity),
                ("t", one.part),
                ("", one.component),
                ("", one.code),
                ("", one.text or one.kind),
            ]
        )
        for one in newest[:MOST_EVENTS]
    ]
    more = len(newest) - MOST_EVENTS
    note = (
        f'<p class="muted">Newest first; {more} older ones are in events.csv.</p>'
        if more > 0
        else ""
    )
    heads = ("UTC", "Local", "Severity", "Device", "Component", "Code", "What")
    return f"<h2>Events</h2>{table(heads, rows, 'There was none.')}{note}"

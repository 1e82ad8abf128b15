"""`index.html` of a ticket on a stick: one file with its pictures inside, no script, nothing from any network. English, as a
bundle's page, for whoever reads it sits at the maker's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from maintenance.bundle.content import Content
from maintenance.bundle.format import local, offset, utc
from maintenance.bundle.page import document, facts_section, fault_section
from maintenance.bundle.value_sections import device_charts, support_charts
from maintenance.tickets.twin.reply_form import NAME

CSS = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
FORM = f"reply/{NAME}"  # its place beside the page


class ThreadEntry(NamedTuple):
    """A message to the vendor or from them, scrubbed."""

    at: int  # UTC ms
    writer: str  # the vendor's name or the site's; no person's
    text: str
    is_theirs: bool


class LinkedFile(NamedTuple):
    """A file of the ZIP; `path` is relative to the page."""

    path: str
    title: str  # scrubbed
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class CasePage:
    """All that the page shows. Every text is scrubbed already."""

    number: int
    subject: str
    vendor: str
    vendor_case: str
    content: Content
    expected: str  # what the detector of the alert expected; empty if it is of none
    thread: Sequence[ThreadEntry]
    files: Sequence[LinkedFile]


def case_page(case: CasePage) -> bytes:
    """The page."""
    content, zone = case.content, ZoneInfo(case.content.zone)
    sections = [
        _head(case, zone),
        fault_section(content, zone),
        f'<p class="fault">{escape(case.expected)}</p>' if case.expected else "",
        _answer(),
        facts_section(content, zone),
        _thread(case.thread, zone),
        _files(case.files),
        device_charts(content, zone),
        support_charts(content, zone),
        _foot(),
    ]
    return document(f"Ticket {case.number}: {case.subject}", sections, CSS)


def _head(case: CasePage, zone: ZoneInfo) -> str:
    content = case.content
    now, device = content.request.now, content.devices[0]
    own = f", your case {escape(case.vendor_case)}" if case.vendor_case else ""
    return (
        f"<header><h1>Ticket {case.number}: {escape(case.subject)}</h1>"
        f"<p>{escape(device.title)} <b>{escape(device.name)}</b> at {escape(content.site_name)},"
        f" for {escape(case.vendor)}{own}</p>"
        f'<p class="muted">As it stood at {utc(now)}, which is {local(now, zone)} at the site'
        f" ({escape(content.zone)}, {offset(now, zone)}).</p></header>"
    )


def _answer() -> str:
    return (
        '<div class="answer"><b>How to answer</b><ol>'
        "<li>Unpack the whole ZIP; this page and the files beside it need no network and no Scanward.</li>"
        f'<li>Open <a href="{FORM}">{FORM}</a> in any text editor, write your answer into it, and save it as text.</li>'
        "<li>Put files that belong to it beside it, into the folder <b>reply</b>.</li>"
        f"<li>Send {NAME} back, or with files the folder as one ZIP: on the stick, or by mail.</li></ol>"
        "<p>Please write no names or numbers of patients.</p></div>"
    )


def _thread(entries: Sequence[ThreadEntry], zone: ZoneInfo) -> str:
    items = "".join(
        f'<div class="message{" theirs" if entry.is_theirs else ""}"><small>{escape(entry.writer)} · {utc(entry.at)}'
        f" · {local(entry.at, zone)} local</small><pre>{escape(entry.text)}</pre></div>"
        for entry in entries
    )
    none = '<p class="muted">Nothing was written yet.</p>'
    return f"<h2>Conversation</h2>{items or none}"


def _files(files: Sequence[LinkedFile]) -> str:
    items = "".join(
        f'<li><a href="{escape(file.path)}">{escape(file.path)}</a> {escape(file.title)}'
        f" <small>{-(-file.size // 1000)} kB</small></li>"
        for file in files
    )
    return f'<h2>Files</h2><ul class="files">{items}</ul>'


def _foot() -> str:
    return (
        '<footer class="muted"><p>The ZIP of diagnostics has every reading, event and alert as tables, and a page of its own.</p>'
        "<p>No patient data: in free text every word that is not known to be a technical one, and every number that"
        " could be an identifier, a date or a telephone number, stands as [removed].</p>"
        "<p>manifest.json lists every file with its SHA-256, manifest.sig signs it (Ed25519), signer.pem is"
        " the key; scanward verify FILE.zip checks all of it.</p></footer>"
    )

"""What was reported at the machine, on the page of its order: photo, chips, what was tried, whom to call."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.schema.site import Site
from dashboard import i18n
from dashboard.components.shared.attachments import shown_file
from dashboard.components.shared.list_row import chip, section
from dashboard.i18n import t
from dashboard.queries.orders import OrderDetails
from dashboard.text import format as fmt
from dashboard.text.phone import phone_links
from storage.records import FaultReport, File


def fault_reports(details: OrderDetails, now: int, site: Site) -> None:
    """Everybody's report of the fault, the first one first."""
    if not details.reports:
        return
    section(t("report.title"))
    photos = {file.id: file for file in details.files}
    for report in details.reports:
        st.html(_report(report, now, site))
        if report.photo_id in photos:
            shown_file(photos[report.photo_id])


def other_files(details: OrderDetails) -> Sequence[File]:
    """The files of the order that came with no report."""
    own = {report.photo_id for report in details.reports}
    return [file for file in details.files if file.id not in own]


def _report(report: FaultReport, now: int, site: Site) -> str:
    device = site.devices.get(report.device)
    usual = {own.en: own for own in device.profile.usual_faults} if device else {}
    chips = "".join(
        chip(usual[en].in_language(i18n.language()) if en in usual else en)
        for en in report.usual_faults
    )
    texts = [report.name, fmt.moment(report.at, now, site)]
    about = escape(i18n.joined(texts))
    lines = [f'<p>{chips} <span class="sw-hint">{about}</span></p>']
    if report.tried:
        lines.append(
            f'<p class="sw-said"><b>{escape(t("report.tried"))}</b> {escape(report.tried)}</p>'
        )
    if report.phone:
        lines.append(f"<p><b>{escape(t('report.phone'))}</b> {phone_links(report.phone)}</p>")
    return "".join(lines)

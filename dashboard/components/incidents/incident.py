"""An incident as words of a line: its cause, what it explains, who takes care of it; its alerts below."""

import streamlit as st

from core.schema.site import Site
from dashboard.components.device.alert import alert_row, is_measured
from dashboard.components.device.history import alert_title, beside_alert, reached
from dashboard.components.shared.alert_card import why_words
from dashboard.components.shared.list_row import chip, empty
from dashboard.i18n import t
from dashboard.text import format as fmt
from dashboard.views.alert_card import AlertCard
from dashboard.views.incidents import IncidentRow

MOST_NAMES = 3  # of devices that a line names
MOST_MEMBERS = 20  # of alerts below it


def members(incident: IncidentRow, now: int, site: Site) -> None:
    """Its other alerts; a tap opens them."""
    if not incident.others:
        return
    with st.expander(
        fmt.plain(_explains(incident, site)), key=f"members-incident-{incident.cause.id}"
    ):
        for alert in incident.others[:MOST_MEMBERS]:
            alert_row(alert, now, site)
        if len(incident.others) > MOST_MEMBERS:
            empty(t("tile.more", count=len(incident.others) - MOST_MEMBERS))


def incident_words(
    incident: IncidentRow, card: AlertCard | None, now: int, site: Site
) -> list[str]:
    """Where, why, since when, how it stands, and who takes care of it; `card` is its cause's."""
    cause = incident.cause
    device = site.devices.get(cause.device)
    far = []
    if device is not None and is_measured(cause, device):
        far = reached(cause, device.profile)
    elif card is not None:
        far = why_words(card, now, site)
    texts = [fmt.device(cause.device, site), *far, fmt.since(incident.began_at, now, site)]
    if cause.ended_at is not None:
        texts.append(t("incident.cause_over", when=fmt.moment(cause.ended_at, now, site)))
    texts += beside_alert(cause, now, site)
    if incident.is_acknowledged:
        texts.append(t("incident.acknowledged", who=", ".join(incident.acknowledged_by)))
    return texts


def _explains(incident: IncidentRow, site: Site) -> str:
    """`explains 5 others: CT-2, MRI, chiller and 2 more`; of the cause's own device what else is wrong."""
    others = incident.others
    devices = [alert.device for alert in others if alert.device != incident.cause.device]
    names = [fmt.device(device, site) for device in dict.fromkeys(devices)]
    if not names:
        titles = list(dict.fromkeys(alert_title(alert) for alert in others))
        return t("incident.beside", titles=", ".join(titles))
    listed, left_out = ", ".join(names[:MOST_NAMES]), len(names) - MOST_NAMES
    if left_out > 0:
        listed = t("incident.names_more", names=listed, count=left_out)
    if len(others) == 1:
        return t("incident.explains_one", names=listed)
    return t("incident.explains", count=len(others), names=listed)


def down_chips(incident: IncidentRow, site: Site) -> str:
    """What cannot be used, or only in part."""
    hard, partial = (
        list(dict.fromkeys(fmt.device(d.device, site) for d in incident.down if d.is_hard is kind))
        for kind in (True, False)
    )
    chips = []
    if hard:
        chips.append(chip(t("incident.down", names=", ".join(hard)), "error"))
    if partial:
        chips.append(chip(t("incident.partial", names=", ".join(partial)), "warning"))
    return "".join(chips)

"""An incident as one line: its cause, what it explains, who takes care of it, its order; its alerts below."""

import streamlit as st

from alerts.notification.acknowledgement import acknowledge_incident
from core.schema.site import Site
from dashboard import forms
from dashboard.components.device.alert import (
    acknowledge_button,
    alert_row,
    is_measured,
    order_button,
    order_link,
)
from dashboard.components.device.alert_actions import close_form, silence_form
from dashboard.components.device.history import alert_title, beside_alert, reached
from dashboard.components.fleet.badge import badge
from dashboard.components.orders.order import TONES
from dashboard.components.shared.list_row import chip, empty, hint, hints, row
from dashboard.i18n import t
from dashboard.text import format as fmt
from dashboard.text.labels import ORDER_STATES
from dashboard.views.incidents import IncidentOrder, IncidentRow

MOST_NAMES = 3  # of devices that a line names
MOST_MEMBERS = 20  # of alerts below it


def incident_row(incident: IncidentRow, now: int, site: Site) -> None:
    """The line, with what can be done about it; a tap opens the other alerts."""
    cause = incident.cause
    key = f"incident-{cause.id}"
    with st.container(key=key):
        with st.container(key=f"due-{key}", horizontal=True, vertical_alignment="center"):
            row(
                key, alert_title(cause), "app_pages/device.py", {"device": cause.device},
                lead=badge(incident.severity),
                tail=hints(_words(incident, now, site)) + _down_chips(incident, site),
            )  # fmt: skip
            with st.container(
                key=f"deeds-{key}", horizontal=True, width="content", vertical_alignment="center"
            ):
                _buttons(incident, now)
        if incident.others:
            with st.expander(fmt.plain(_explains(incident, site)), key=f"members-{key}"):
                for alert in incident.others[:MOST_MEMBERS]:
                    alert_row(alert, now, site)
                if len(incident.others) > MOST_MEMBERS:
                    empty(t("tile.more", count=len(incident.others) - MOST_MEMBERS))


def _words(incident: IncidentRow, now: int, site: Site) -> list[str]:
    """Where, since when, how it stands, and who takes care of it."""
    cause = incident.cause
    device = site.devices.get(cause.device)
    far = (
        reached(cause, device.profile) if device is not None and is_measured(cause, device) else []
    )
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


def _down_chips(incident: IncidentRow, site: Site) -> str:
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


def _buttons(incident: IncidentRow, now: int) -> None:
    cause = incident.cause
    if not incident.is_acknowledged and incident.id:
        name = f"acknowledge-incident-{incident.id}"
        forms.button(
            name,
            t("alert.acknowledge"),
            lambda: _acknowledge(incident.id),
            right="acknowledge an alert",
        )
    elif not incident.is_acknowledged:
        acknowledge_button(cause.id)
    if cause.ended_at is None:
        silence_form(cause)
        close_form(cause, now)
    for order in incident.orders:
        order_link(order.number)
        st.html(_order_chip(order), width="content")
    if not any(order.alert == cause.id for order in incident.orders):
        order_button(cause.id)


def _order_chip(order: IncidentOrder) -> str:
    """How far it is, and who has it."""
    state = chip(t(ORDER_STATES[order.state]), TONES[order.state])
    return state + (hint(f" {order.assigned_to}") if order.assigned_to else "")


def _acknowledge(incident_id: int) -> str:
    with forms.writing() as tx:
        acknowledge_incident(tx, incident_id)
    return t("alert.was_acknowledged")

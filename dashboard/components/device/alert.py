"""An open alert with what a person can do about it: acknowledge it, open a work order."""

from html import escape

import streamlit as st

from alerts.evaluation.acknowledge import acknowledge
from core.errors import StoreError
from core.schema.site import Device, Site
from dashboard import forms, i18n
from dashboard.components.device.alert_actions import close_form, silence_form
from dashboard.components.device.history import (
    alert_line,
    alert_times,
    alert_title,
    beside_alert,
    reached,
)
from dashboard.components.fleet.badge import badge
from dashboard.components.knowledge.seen_before import repair_rows
from dashboard.components.shared.alert_card import alert_card
from dashboard.components.shared.list_row import hints
from dashboard.components.shared.list_row import row as linked
from dashboard.i18n import t
from dashboard.queries import knowledge
from dashboard.queries import orders as order_queries
from dashboard.queries.alert_card import open_cards_if_read
from dashboard.text import format as fmt
from dashboard.views.alert_card import AlertCard
from dashboard.views.device_status import AlertRow, DeviceStatus, Value
from maintenance.work_orders.opening import open_for_alert

ORDER = "app_pages/order.py"


def out_of_service(status: DeviceStatus, now: int, site: Site) -> None:
    """That the device cannot be used, and the order that it waits for."""
    for downtime in status.down:
        title = t("tile.down" if downtime.is_hard else "tile.partial")
        since = f'<span class="sw-hint">{escape(fmt.since(downtime.began_at, now, site))}</span>'
        with st.container(key=f"out-{downtime.id}", horizontal=True, vertical_alignment="center"):
            st.html(f'<p class="sw-what sw-{downtime.state}-text">{escape(title)} {since}</p>')
            if downtime.order is not None:
                order_link(downtime.order)


def open_alerts(status: DeviceStatus, now: int, site: Site) -> None:
    """Every open alert of a device; what has not fired may come to nothing and has no buttons."""
    try:
        orders = order_queries.orders_of_alerts([row.id for row in status.alerts])
    except StoreError:
        return  # the page shows the error
    cards = open_cards_if_read()
    for row in status.alerts:
        with st.container(key=f"alert-{row.id}", horizontal=True, vertical_alignment="center"):
            st.html(_open_alert(row, cards.get(row.id), status, now, site))
            if row.is_firing:
                alert_buttons(row, orders.get(row.id), now)
                seen_before(row.id, now, site)


def _open_alert(
    row: AlertRow, card: AlertCard | None, status: DeviceStatus, now: int, site: Site
) -> str:
    """What is wrong, why, and what to do first; of what is pending no more than how far it is."""
    if card is None:
        line = alert_line(row, status.device.profile, now, site, _newest(status, row))
        return f'<ul class="sw-alerts">{line}</ul>{_do_first(row, site)}'
    line = alert_line(row, None, now, site)
    why = alert_card(card, now, site)
    return f'<ul class="sw-alerts">{line}</ul>{why}{_do_first(row, site)}'


def seen_before(alert_id: int, now: int, site: Site) -> None:
    """Earlier repairs of the fault that an alert is about, behind a button that counts them."""
    try:
        repairs = knowledge.before_alert(alert_id)
    except StoreError:
        return  # the page shows the error
    if repairs:
        name = f"seen-{alert_id}"
        with st.popover(t("seen.count", count=len(repairs)), icon=":material/history:", key=name):
            repair_rows(name, repairs, now, site)


def _do_first(row: AlertRow, site: Site) -> str:
    """What its rule advises to do at once, while it fires."""
    rule = site.rule(row.device, row.rule)
    if not row.is_firing or rule is None or rule.do_first is None:
        return ""
    what = rule.do_first.in_language(i18n.language())
    return f'<p class="sw-hint">{escape(t("alert.do_first", what=what))}</p>'


def alert_row(row: AlertRow, now: int, site: Site) -> None:
    """An alert on another page than its device's: it leads there."""
    device = site.devices.get(row.device)
    far = reached(row, device.profile) if device is not None and is_measured(row, device) else []
    texts = [fmt.device(row.device, site), *far, alert_times(row, now, site)]
    linked(
        f"alert-{row.id}", alert_title(row), "app_pages/device.py", {"device": row.device},
        lead=badge(row.severity), tail=hints([*texts, *beside_alert(row, now, site)]),
    )  # fmt: skip


def is_measured(row: AlertRow, device: Device) -> bool:
    """Its value is beyond its limit now, and not only expected to be."""
    return any(rule.id == row.rule and rule.detector_id is None for rule in device.profile.rules)


def _newest(status: DeviceStatus, row: AlertRow) -> Value | None:
    """What the alert's metric is now."""
    return next(
        (
            value
            for value in status.values
            if (value.name, value.component) == (row.metric, row.component)
        ),
        None,
    )


def alert_buttons(row: AlertRow, order: int | None, now: int) -> None:
    """Acknowledge it; open its work order, or go to the one that is open; silence or close it."""
    if row.acknowledged_at is None:
        acknowledge_button(row.id)
    silence_form(row)
    close_form(row, now)
    if order is None:
        order_button(row.id)
    else:
        order_link(order)


def acknowledge_button(alert_id: int) -> None:
    """Notes who takes care of the alert."""
    name = f"acknowledge-{alert_id}"
    forms.button(
        name, t("alert.acknowledge"), lambda: _acknowledge(alert_id), right="acknowledge an alert"
    )


def order_link(number: int) -> None:
    """Leads to an order that is open for what stands before it."""
    st.page_link(
        ORDER, label=t("alert.order", number=number), query_params={"order": str(number)},
        icon=":material/build:",
    )  # fmt: skip


def order_button(alert_id: int) -> None:
    """Opens a work order for the alert, and leads there."""
    forms.button(
        f"order-for-{alert_id}",
        t("alert.open_order"),
        lambda: _open_order(alert_id),
        right="open a work order",
    )


def _acknowledge(alert_id: int) -> str:
    with forms.writing() as tx:
        acknowledge(tx, alert_id)
    return t("alert.was_acknowledged")


def _open_order(alert_id: int) -> forms.Done:
    with forms.writing() as tx:
        number = open_for_alert(tx, alert_id).id
    return forms.Done(t("order_new.opened", number=number), ORDER, {"order": str(number)})

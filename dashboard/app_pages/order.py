"""One work order, from opening to signature: `/order?order=12`."""

import streamlit as st

from dashboard import forms
from dashboard.components.knowledge.seen_before import repair_rows
from dashboard.components.orders.checklist import checklist
from dashboard.components.orders.downtimes import add_downtime, downtimes
from dashboard.components.orders.fault_reports import fault_reports, other_files
from dashboard.components.orders.order import order_heading, order_lead, steps_list
from dashboard.components.orders.order_actions import closing, step_buttons
from dashboard.components.orders.order_costs import costs
from dashboard.components.shared import address
from dashboard.components.shared.alert_card import linked_card
from dashboard.components.shared.attachments import attachments
from dashboard.components.shared.list_row import row, section
from dashboard.components.tickets.ticket import ticket_lead
from dashboard.i18n import t, t_data
from dashboard.queries import knowledge, stores
from dashboard.queries import orders as order_queries
from dashboard.queries.alert_card import card_of_order
from dashboard.queries.orders import OrderDetails
from dashboard.text import format as fmt
from dashboard.text.icons import pointing

PAGE = "app_pages/order.py"


def links(details: OrderDetails) -> None:
    """Device, what it follows, what followed, tickets."""
    order = details.order
    with st.container(key="links", horizontal=True, vertical_alignment="center"):
        st.page_link("app_pages/orders.py", label=t("orders.title"), icon=pointing("back"))
        device = stores.site().devices.get(order.device)
        if device:
            st.page_link(
                "app_pages/device.py", label=fmt.plain(t("order.device", name=device.name)),
                query_params={"device": device.id}, icon=":material/monitor_heart:",
            )  # fmt: skip
        if order.follows_id is not None:
            st.page_link(
                PAGE, label=t("order.follows", number=order.follows_id),
                query_params={"order": str(order.follows_id)}, icon=":material/history:",
            )  # fmt: skip
        if not details.is_closed:
            st.page_link(
                "app_pages/tickets.py", label=t("order.new_ticket"),
                query_params={"order": str(order.id)}, icon=":material/outgoing_mail:",
            )  # fmt: skip


def beside(details: OrderDetails) -> None:
    """What belongs to the order but is not the work itself."""
    seen_before(details.order.id)
    section(t("order.downtime"))
    downtimes(details.downtimes, t("order.no_downtime"))
    if not details.is_closed and not any(
        downtime.ended_at is None for downtime in details.downtimes
    ):
        with forms.popover(f"new-down-{details.order.id}", t("downtime.add")):
            add_downtime(details.order.id, details.fault_began_at)
    costs(details)
    if details.tickets or details.follow_ups:
        section(t("order.related"))
    for ticket in details.tickets:
        row(
            f"ticket-{ticket.id}", ticket.subject, "app_pages/ticket.py",
            {"ticket": str(ticket.id)}, lead=ticket_lead(ticket, stores.site()),
        )  # fmt: skip
    for other in details.follow_ups:
        row(
            f"order-{other.id}", t_data(other.title), PAGE, {"order": str(other.id)},
            lead=order_lead(other),
        )  # fmt: skip
    attachments("order", str(details.order.id), other_files(details), is_open=not details.is_closed)
    section(t("order.history"))
    st.html(steps_list(details.order, stores.now(), stores.site()))


def seen_before(order_id: int) -> None:
    """Earlier repairs of the same fault, if there are any."""
    repairs = forms.read(lambda: knowledge.before_order(order_id))
    if repairs:
        section(t("seen.title"))
        repair_rows("seen", repairs, stores.now(), stores.site())


number = address.number("order") or 0
if "order" not in st.query_params:
    st.switch_page("app_pages/orders.py")
query = forms.read(lambda: [order_queries.order_details(number)])  # None: it cannot be read
details = query[0] if query else None
if query and details is None:
    st.page_link("app_pages/orders.py", label=t("orders.title"), icon=pointing("back"))
    st.error(fmt.plain(t("order.unknown", number=st.query_params["order"])))
if details is not None:
    links(details)
    st.html(order_heading(details.order, stores.now(), stores.site()))
    step_buttons(details)
    with st.container(key="lists"):
        with st.container(key="main"):
            card = forms.read(lambda: card_of_order(number))
            if card is not None:
                linked_card(card, stores.now(), stores.site())
            fault_reports(details, stores.now(), stores.site())
            closing(details)
            checklist(details)
        with st.container(key="beside"):
            beside(details)

"""One case with a vendor: `/ticket?ticket=3`."""

import streamlit as st

from dashboard import forms
from dashboard.components.knowledge.seen_before import repair_rows
from dashboard.components.shared import address
from dashboard.components.shared.alert_card import linked_card
from dashboard.components.shared.attachments import attachments
from dashboard.components.shared.list_row import section
from dashboard.components.tickets.by_hand import send_by_hand
from dashboard.components.tickets.questions import questions_section
from dashboard.components.tickets.remote_help import remote_help
from dashboard.components.tickets.ticket import thread, ticket_heading
from dashboard.components.tickets.ticket_file import ticket_file
from dashboard.components.tickets.ticket_forms import (
    case,
    make_bundle,
    move,
    unread,
    write,
)
from dashboard.components.tickets.vendor_links import links_section
from dashboard.i18n import t
from dashboard.queries import knowledge, stores
from dashboard.queries import tickets as ticket_queries
from dashboard.queries.alert_card import card_of_ticket
from dashboard.queries.tickets import TicketDetails
from dashboard.text import format as fmt
from dashboard.text.icons import pointing


def links(details: TicketDetails) -> None:
    """Back, to the device, to the order."""
    ticket = details.ticket
    with st.container(key="links", horizontal=True, vertical_alignment="center"):
        st.page_link("app_pages/tickets.py", label=t("tickets.title"), icon=pointing("back"))
        device = stores.site().devices.get(ticket.device)
        if device:
            st.page_link(
                "app_pages/device.py", label=fmt.plain(t("order.device", name=device.name)),
                query_params={"device": device.id}, icon=":material/monitor_heart:",
            )  # fmt: skip
        if ticket.order_id is not None:
            st.page_link(
                "app_pages/order.py", label=t("ticket.order", number=ticket.order_id),
                query_params={"order": str(ticket.order_id)}, icon=":material/build:",
            )  # fmt: skip


number = address.number("ticket") or 0
if "ticket" not in st.query_params:
    st.switch_page("app_pages/tickets.py")
answers = forms.read(
    lambda: [ticket_queries.ticket_details(number)]
)  # None: it cannot be read, which is shown
details = answers[0] if answers else None
if answers and details is None:
    st.page_link("app_pages/tickets.py", label=t("tickets.title"), icon=pointing("back"))
    st.error(fmt.plain(t("ticket.unknown", number=st.query_params["ticket"])))
if details is not None:
    now, site = stores.now(), stores.site()
    links(details)
    st.html(ticket_heading(details, now, site))
    with st.container(key="steps", horizontal=True):
        with forms.popover(f"move-{details.ticket.id}", t("ticket.move")):
            move(details)
        with forms.popover(f"case-{details.ticket.id}", t("ticket.case_number")):
            case(details)
        with forms.popover(
            f"bundle-{details.ticket.id}", t("bundle.make"), ":material/folder_zip:"
        ):
            make_bundle(details)
        ticket_file(details)
    with st.container(key="lists"):
        with st.container(key="main"):
            card = forms.read(lambda: card_of_ticket(number))
            if card is not None:
                linked_card(card, now, site)
            section(t("ticket.thread"))
            st.html(thread(details, now, site))
            unread(details)
            send_by_hand(details)
            write(details)
        with st.container(key="beside"):
            repairs = forms.read(lambda: knowledge.before_ticket(number))
            if repairs:
                section(t("seen.title"))
                repair_rows("seen", repairs, now, site)
            remote_help(details, now, site)
            section(t("question.title"))
            language = ticket_queries.language_of_supplier(details.ticket.id)
            questions_section(details, language, now, site)
            section(t("supplier.links"))
            links_section(details.ticket, now, site)
            attachments("ticket", str(details.ticket.id), details.files, is_open=True)

"""One case with a vendor: `/ticket?ticket=3`."""

import streamlit as st

from dashboard import forms
from dashboard.components.shared import address
from dashboard.components.shared.attachments import attachments
from dashboard.components.shared.list_row import section
from dashboard.components.tickets.ticket import sessions_list, thread, ticket_heading
from dashboard.components.tickets.ticket_forms import case, diagnostics, move, session, write
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.work import tickets
from dashboard.work.tickets import TicketSheet


def links(sheet: TicketSheet) -> None:
    """Back, to the device, to the order."""
    ticket = sheet.ticket
    with st.container(key="links", horizontal=True, vertical_alignment="center"):
        st.page_link("app_pages/tickets.py", label=t("tickets.title"), icon=":material/arrow_back:")
        device = stores.site().devices.get(ticket.device)
        if device:
            st.page_link(
                "app_pages/device.py", label=t("order.device", name=device.name),
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
read = forms.read(lambda: [tickets.sheet(number)])  # None: it cannot be read, which was said
found = read[0] if read else None
if read and found is None:
    st.page_link("app_pages/tickets.py", label=t("tickets.title"), icon=":material/arrow_back:")
    st.error(t("ticket.unknown", number=st.query_params["ticket"]))
if found is not None:
    now, site = stores.now(), stores.site()
    links(found)
    st.html(ticket_heading(found, now, site))
    with st.container(key="steps", horizontal=True):
        with forms.popover(f"move-{found.ticket.id}", t("ticket.move")):
            move(found)
        with forms.popover(f"case-{found.ticket.id}", t("ticket.case_number")):
            case(found)
        with forms.popover(f"bundle-{found.ticket.id}", t("bundle.make"), ":material/folder_zip:"):
            diagnostics(found)
    with st.container(key="lists"):
        with st.container(key="main"):
            section(t("ticket.thread"))
            st.html(thread(found, now, site))
            write(found)
        with st.container(key="beside"):
            section(t("session.title"))
            st.html(sessions_list(found, now, site))
            session(found)
            attachments("ticket", str(found.ticket.id), found.files, is_open=True)

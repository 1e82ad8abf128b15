"""A message that Scanward does not send: a person sends it, and says so."""

import streamlit as st

from dashboard import forms
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.queries.tickets import TicketDetails
from dashboard.text import format as fmt
from maintenance.tickets import lifecycle
from maintenance.tickets.delivery import delivery_of
from maintenance.tickets.mail.by_hand import mail_by_hand


def send_by_hand(details: TicketDetails) -> None:
    """What waits for a person: open it in a mail program, copy it, say that it is sent. Nothing if nothing does."""
    ticket, site = details.ticket, stores.site()
    has_way = site.file.mail is not None and details.vendor.email
    mail = mail_by_hand(site.file.name, ticket, details.vendor.email, details.files)
    if mail is None or (has_way and delivery_of(ticket, has_mail=True) != "failed"):
        return
    with st.container(key="by-hand", border=True):
        st.markdown(f"**{t('by_hand.title')}**")
        st.caption(t("by_hand.what" if mail.holds_body or not mail.to else "by_hand.too_long"))
        if mail.to:
            st.link_button(
                fmt.plain(t("by_hand.open", address=mail.to)), mail.link, icon=":material/mail:"
            )
        else:
            st.caption(fmt.plain(t("by_hand.no_address", vendor=details.vendor.name)))
        st.code(mail.subject, language=None, wrap_lines=True)
        st.code(mail.body, language=None, wrap_lines=True)
        if mail.files:
            st.caption(fmt.plain(t("by_hand.files", names=", ".join(mail.files))))
        forms.button(
            f"by-hand-{ticket.id}", t("by_hand.sent"), lambda: _confirmed(ticket.id),
            right="work on a ticket",
        )  # fmt: skip


def _confirmed(ticket_id: int) -> str:
    with forms.writing() as tx:
        lifecycle.confirm_sent(tx, ticket_id)
    return t("by_hand.was_sent")

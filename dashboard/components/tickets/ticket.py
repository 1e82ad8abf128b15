"""A ticket as HTML: its line in a list, its heading, its thread."""

from html import escape

from core.schema.site import Site
from core.vocabulary.tickets import TicketState
from dashboard.components.shared.list_row import chip
from dashboard.i18n import joined, t
from dashboard.queries.tickets import ClockedTicket, TicketDetails
from dashboard.text import format as fmt
from dashboard.text.labels import CLINICAL, DELIVERIES, DIRECTIONS, TICKET_STATES
from maintenance.tickets.delivery import delivery_of, unread_count
from maintenance.tickets.sla import Clock
from storage.records import Ticket, TicketMessage

TONES: dict[TicketState, str] = {
    "draft": "warning",
    "to_send": "warning",
    "sent": "info",
    "acknowledged": "info",
    "waiting_us": "error",
    "remote_session": "info",
    "waiting_part": "warning",
    "solved": "ok",
    "closed": "unknown",
}


def ticket_lead(ticket: Ticket, site: Site) -> str:
    """What stands before a ticket's subject in a list."""
    return f'<span class="sw-number">{ticket.id}</span>{state_chips(ticket, site)}'


def state_chips(ticket: Ticket, site: Site) -> str:
    """The state, and what somebody must know who waits for an answer.

    A ticket whose message has not left is not called sent.
    """
    delivery = delivery_of(ticket, has_mail=site.file.mail is not None)
    is_unsent = delivery in DELIVERIES
    chips = [chip(t(TICKET_STATES[ticket.state]), TONES[ticket.state])]
    if delivery is not None and is_unsent and (ticket.state == "sent" or delivery == "failed"):
        warning = chip(t(DELIVERIES[delivery]), "critical" if delivery == "failed" else "warning")
        chips = [warning] if ticket.state == "sent" else [*chips, warning]
    count = unread_count(ticket)
    return "".join([*chips, *([chip(t("ticket.unread", count=count), "info")] if count else [])])


def ticket_tail(row: ClockedTicket, vendor: str, now: int, site: Site) -> str:
    """Device, vendor, since when, and how much time the vendor has left."""
    ticket = row.ticket
    texts = [fmt.device(ticket.device, site), vendor, fmt.moment(ticket.opened_at, now, site)]
    return f'{clock_chip(row)} <span class="sw-hint">{escape(joined(texts))}</span>'


def clock_chip(row: ClockedTicket) -> str:
    """The clock that runs out first."""
    if row.urgent is None:
        return ""
    clock, promised = row.urgent
    left = promised - clock.used
    if left < 0:
        return chip(t("sla.over", span=fmt.span(-left)), "critical")
    return chip(t("sla.left", span=fmt.span(left)), "warning" if left < promised / 4 else "info")


def ticket_heading(details: TicketDetails, now: int, site: Site) -> str:
    """Number, subject, state, who, and both clocks."""
    ticket = details.ticket
    texts = [
        fmt.device(ticket.device, site),
        details.vendor.name,
        t("ticket.opened", who=ticket.opened_by, when=fmt.moment(ticket.opened_at, now, site)),
        t("ticket.clinical", state=t(CLINICAL[ticket.clinical_state])),
    ]
    if ticket.vendor_case:
        texts.append(t("ticket.case", number=ticket.vendor_case))
    title = t("order.heading", number=ticket.id, title=ticket.subject)
    state = state_chips(ticket, site)
    text = f'<p class="sw-said">{escape(ticket.text)}</p>' if ticket.text else ""
    return (
        f'<div class="sw-heading"><h1>{escape(title)}</h1>{state}</div>'
        f'<p class="sw-about">{escape(joined(texts))}</p>{text}{_clocks(details.clocked, now, site)}'
    )


def thread(details: TicketDetails, now: int, site: Site) -> str:
    """Messages and changes of state in the order in which they happened."""
    lines = [(m.at, 1, _message(m, now, site)) for m in details.ticket.messages]
    for step in details.ticket.steps:
        about = joined(text for text in (step.who, step.note) if text)
        line = (
            f'<li><span class="sw-when">{escape(fmt.moment(step.at, now, site))}</span><span>'
            f"<b>{escape(t(TICKET_STATES[step.state]))}</b> "
            f'<span class="sw-hint">{escape(about)}</span></span></li>'
        )
        lines.append((step.at, 0, line))
    lines.sort(key=lambda line: line[:2])
    return f'<ul class="sw-steps">{"".join(line for _, _, line in lines)}</ul>'


def _message(message: TicketMessage, now: int, site: Site) -> str:
    about = [t(DIRECTIONS[message.direction]), message.who, fmt.moment(message.at, now, site)]
    if message.is_automatic:
        about.append(t("message.automatic"))
    if message.direction == "out":
        about.append(_sent(message, now, site))
    return (
        f'<li class="sw-message sw-message-{message.direction}"><span>'
        f'<span class="sw-hint">{escape(joined(about))}</span>'
        f"<p>{escape(message.text)}</p></span></li>"
    )


def _sent(message: TicketMessage, now: int, site: Site) -> str:
    if message.failed_at is not None:
        return t("message.failed", why=message.error)
    if message.sent_at is not None:
        return t("message.sent", when=fmt.moment(message.sent_at, now, site))
    if site.file.mail is None:
        return t("message.no_mail")
    return t("message.waiting")


def _clocks(row: ClockedTicket, now: int, site: Site) -> str:
    if row.level is None or row.response is None or row.resolution is None:
        return f'<p class="sw-hint">{escape(t("sla.none"))}</p>'
    lines = [
        _clock(t("sla.response"), row.response, row.level.response, now, site),
        _clock(t("sla.resolution"), row.resolution, row.level.resolution, now, site),
    ]
    items = "".join(lines)
    return f'<ul class="sw-clocks">{items}</ul>' if items else ""


def _clock(name: str, clock: Clock, promised: int | None, now: int, site: Site) -> str:
    if promised is None:
        return ""
    left = promised - clock.used
    if clock.is_over:
        tone = "error" if clock.is_broken else "ok"
        text = t("sla.took", span=fmt.span(clock.used), promised=fmt.span(promised))
    elif left < 0:
        tone, text = "critical", t("sla.over", span=fmt.span(-left))
    elif clock.due is None:
        tone, text = "none", t("sla.still", span=fmt.span(left))
    else:
        tone = "warning" if left < promised / 4 else "info"
        text = t("sla.until", span=fmt.span(left), when=fmt.moment(clock.due, now, site))
    return f"<li><b>{escape(name)}</b> {chip(text, tone)}</li>"

"""The parts of a ticket that are only looked at."""

from html import escape

from core.schema.site import Site
from core.vocabulary.tickets import TicketState
from dashboard.components.shared.list_row import chip
from dashboard.i18n import t
from dashboard.text import format as fmt
from dashboard.text.labels import CLINICAL, DIRECTIONS, TICKET_STATES
from dashboard.work.tickets import Clocked, TicketSheet
from maintenance.tickets.sla import Clock
from storage.records import Ticket, TicketMessage

TONES: dict[TicketState, str] = {
    "draft": "warning",
    "sent": "info",
    "acknowledged": "info",
    "waiting_us": "error",
    "remote_session": "info",
    "waiting_part": "warning",
    "solved": "ok",
    "closed": "unknown",
}


def ticket_lead(ticket: Ticket) -> str:
    """What stands before a ticket's subject in a list."""
    state = chip(t(TICKET_STATES[ticket.state]), TONES[ticket.state])
    return f'<span class="sw-number">{ticket.id}</span>{state}'


def ticket_tail(one: Clocked, vendor: str, now: int, site: Site) -> str:
    """Device, vendor, since when, and how much time the vendor has left."""
    ticket = one.ticket
    told = [fmt.device(ticket.device, site), vendor, fmt.moment(ticket.opened_at, now, site)]
    return f'{clock_chip(one)} <span class="sw-hint">{escape(" · ".join(told))}</span>'


def clock_chip(one: Clocked) -> str:
    """The clock that runs out first."""
    if one.urgent is None:
        return ""
    clock, promised = one.urgent
    left = promised - clock.used
    if left < 0:
        return chip(t("sla.over", span=fmt.span(-left)), "critical")
    return chip(t("sla.left", span=fmt.span(left)), "warning" if left < promised / 4 else "info")


def ticket_heading(sheet: TicketSheet, now: int, site: Site) -> str:
    """Number, subject, state, who, and both clocks."""
    ticket = sheet.ticket
    told = [
        fmt.device(ticket.device, site),
        sheet.vendor.name,
        t("ticket.opened", who=ticket.opened_by, when=fmt.moment(ticket.opened_at, now, site)),
        t("ticket.clinical", state=t(CLINICAL[ticket.clinical_state])),
    ]
    if ticket.vendor_case:
        told.append(t("ticket.case", number=ticket.vendor_case))
    title = t("order.heading", number=ticket.id, title=ticket.subject)
    state = chip(t(TICKET_STATES[ticket.state]), TONES[ticket.state])
    text = f'<p class="sw-said">{escape(ticket.text)}</p>' if ticket.text else ""
    return (
        f'<div class="sw-heading"><h1>{escape(title)}</h1>{state}</div>'
        f'<p class="sw-about">{escape(" · ".join(told))}</p>{text}{_clocks(sheet, now, site)}'
    )


def thread(sheet: TicketSheet, now: int, site: Site) -> str:
    """Messages and changes of state in the order in which they happened."""
    lines = [(m.at, 1, _message(m, now, site)) for m in sheet.ticket.messages]
    for step in sheet.ticket.steps:
        said = " · ".join(text for text in (step.who, step.note) if text)
        line = (
            f'<li><span class="sw-when">{escape(fmt.moment(step.at, now, site))}</span><span>'
            f"<b>{escape(t(TICKET_STATES[step.state]))}</b> "
            f'<span class="sw-hint">{escape(said)}</span></span></li>'
        )
        lines.append((step.at, 0, line))
    lines.sort(key=lambda line: line[:2])
    return f'<ul class="sw-steps">{"".join(line for _, _, line in lines)}</ul>'


def sessions_list(sheet: TicketSheet, now: int, site: Site) -> str:
    """Who was let in, when, by whom, and what they did."""
    lines = []
    for one in sheet.ticket.sessions:
        began = fmt.moment(one.began_at, now, site)
        length = fmt.span((one.ended_at or now) - one.began_at)
        when = t("session.took" if one.ended_at else "session.on", when=began, span=length)
        told = " · ".join(
            text for text in (t("session.allowed", who=one.allowed_by), one.way, one.done) if text
        )
        lines.append(
            f'<li><span class="sw-when">{escape(when)}</span><span><b>{escape(one.person)}</b> '
            f'<span class="sw-hint">{escape(told)}</span></span></li>'
        )
    return f'<ul class="sw-steps">{"".join(lines)}</ul>'


def _message(message: TicketMessage, now: int, site: Site) -> str:
    said = [t(DIRECTIONS[message.direction]), message.who, fmt.moment(message.at, now, site)]
    if message.direction == "out":
        said.append(_sent(message, now, site))
    return (
        f'<li class="sw-message sw-message-{message.direction}"><span>'
        f'<span class="sw-hint">{escape(" · ".join(said))}</span>'
        f"<p>{escape(message.text)}</p></span></li>"
    )


def _sent(message: TicketMessage, now: int, site: Site) -> str:
    if message.sent_at is not None:
        return t("message.sent", when=fmt.moment(message.sent_at, now, site))
    if message.failed_at is not None:
        return t("message.failed", why=message.error)
    if site.file.mail is None:
        return t("message.no_mail")
    return t("message.waiting")


def _clocks(sheet: TicketSheet, now: int, site: Site) -> str:
    one = sheet.clocked
    if one.promise is None or one.response is None or one.resolution is None:
        return f'<p class="sw-hint">{escape(t("sla.none"))}</p>'
    lines = [
        _clock(t("sla.response"), one.response, one.promise.response, now, site),
        _clock(t("sla.resolution"), one.resolution, one.promise.resolution, now, site),
    ]
    told = "".join(lines)
    return f'<ul class="sw-clocks">{told}</ul>' if told else ""


def _clock(name: str, clock: Clock, promised: int | None, now: int, site: Site) -> str:
    if promised is None:
        return ""
    left = promised - clock.used
    if clock.is_over:
        tone = "error" if clock.is_broken else "ok"
        said = t("sla.took", span=fmt.span(clock.used), promised=fmt.span(promised))
    elif left < 0:
        tone, said = "critical", t("sla.over", span=fmt.span(-left))
    elif clock.due is None:
        tone, said = "none", t("sla.still", span=fmt.span(left))
    else:
        tone = "warning" if left < promised / 4 else "info"
        said = t("sla.until", span=fmt.span(left), when=fmt.moment(clock.due, now, site))
    return f"<li><b>{escape(name)}</b> {chip(said, tone)}</li>"

"""The parts of a work order that are only looked at."""

from html import escape

from core.schema.site import Site
from core.vocabulary.work_orders import OrderState
from dashboard.components.shared.list_row import chip, row
from dashboard.i18n import t, t_data
from dashboard.text import format as fmt
from dashboard.text.labels import CAUSES, EXTENTS, OPENED_BY, ORDER_KINDS, ORDER_STATES
from dashboard.work.orders import OrderSheet
from storage.records import Downtime, WorkOrder

# Colours of states (look.css): what waits for somebody stands out, what is over steps back.
TONES: dict[OrderState, str] = {
    "open": "warning",
    "assigned": "info",
    "working": "info",
    "waiting_part": "error",
    "waiting_vendor": "error",
    "done": "ok",
    "signed_off": "unknown",
    "cancelled": "unknown",
}


def state_chip(order: WorkOrder) -> str:
    """The state of an order, as word and colour."""
    return chip(t(ORDER_STATES[order.state]), TONES[order.state])


def order_lead(order: WorkOrder) -> str:
    """What stands before an order's title in a list."""
    return f'<span class="sw-number">{order.id}</span>{state_chip(order)}'


def order_tail(order: WorkOrder, now: int, site: Site) -> str:
    """What follows it: device, kind, for whom, since when."""
    told = [fmt.device(order.device, site), t(ORDER_KINDS[order.kind])]
    if order.assigned_to:
        told.append(t("order.for", name=order.assigned_to))
    told.append(fmt.moment(order.opened_at, now, site))
    return f'<span class="sw-hint">{escape(" · ".join(told))}</span>'


def order_row(order: WorkOrder, now: int, site: Site) -> None:
    """An order in a list; it leads there."""
    row(
        f"order-{order.id}", t_data(order.title), "app_pages/order.py", {"order": str(order.id)},
        lead=order_lead(order), tail=order_tail(order, now, site),
    )  # fmt: skip


def order_heading(order: WorkOrder, now: int, site: Site) -> str:
    """Number, title, state; where it comes from; what was said when it was opened."""
    opened = t(
        "order.opened",
        kind=t(ORDER_KINDS[order.kind]),
        how=t(OPENED_BY[order.opened_by]),
        who=order.steps[0].who if order.steps else "",
        when=fmt.moment(order.opened_at, now, site),
    )
    assigned = t("order.for", name=order.assigned_to) if order.assigned_to else ""
    about = " · ".join(escape(text) for text in (opened, assigned) if text)
    text = f'<p class="sw-said">{escape(order.text)}</p>' if order.text else ""
    result = f'<p class="sw-said"><b>{escape(order.result)}</b></p>' if order.result else ""
    title = t("order.heading", number=order.id, title=t_data(order.title))
    return (
        f'<div class="sw-heading"><h1>{escape(title)}</h1>{state_chip(order)}</div>'
        f'<p class="sw-about">{about}</p>{text}{result}'
    )


def steps_list(sheet: OrderSheet, now: int, site: Site) -> str:
    """Who brought it into which state, and when."""
    lines = [
        _line(fmt.moment(s.at, now, site), t(ORDER_STATES[s.state]), s.who, s.note)
        for s in sheet.order.steps
    ]
    order = sheet.order
    if order.returned_at is not None:
        at = fmt.moment(order.returned_at, now, site)
        lines.append(_line(at, t("order.returned"), order.returned_by, order.return_check))
    return f'<ul class="sw-steps">{"".join(lines)}</ul>'


def downtime_words(piece: Downtime, now: int, site: Site) -> str:
    """Cause, how far, from when to when, how long."""
    began = fmt.moment(piece.began_at, now, site)
    length = fmt.span((piece.ended_at or now) - piece.began_at)
    if piece.ended_at is None:
        when = t("downtime.still", when=began, span=length)
    else:
        when = t(
            "downtime.from_to", begin=began, end=fmt.moment(piece.ended_at, now, site), span=length
        )
    told = [t(EXTENTS[piece.extent]), when]
    if piece.corrected_by:
        told.append(t("downtime.corrected", who=piece.corrected_by))
    if piece.note:
        told.append(piece.note)
    tone = "error" if piece.ended_at is None else "none"
    return (
        f"{chip(t(CAUSES[piece.cause]), tone)} "
        f'<span class="sw-hint">{escape(" · ".join(told))}</span>'
    )


def costs_list(sheet: OrderSheet, now: int, site: Site) -> str:
    """Labour, parts and bills as they were noted, and the sum."""
    lines = [
        _line(
            fmt.moment(one.began_at, now, site),
            t("order.minutes", minutes=one.minutes),
            one.who,
            fmt.money(one.cost_cents, site) if one.cost_cents else "",
        )
        for one in sheet.order.labour
    ]
    for one in sheet.moves:
        part = sheet.parts.get(one.part_id)
        name = part.name if part else one.part_id
        said = t("order.part_used", count=-one.quantity, name=name)
        cost = fmt.money(-one.quantity * one.cost_cents, site)
        lines.append(_line(fmt.moment(one.at, now, site), said, one.who, cost))
    lines += [
        _line(fmt.moment(one.at, now, site), one.text, "", fmt.money(one.cost_cents, site))
        for one in sheet.order.costs
    ]
    if not lines:
        return f'<p class="sw-hint">{escape(t("order.no_costs"))}</p>'
    total = t("order.total", amount=fmt.money(sheet.cost_cents, site))
    return f'<ul class="sw-steps">{"".join(lines)}</ul><p class="sw-total">{escape(total)}</p>'


def _line(when: str, what: str, who: str, note: str) -> str:
    said = " · ".join(text for text in (who, note) if text)
    return (
        f'<li><span class="sw-when">{escape(when)}</span><span><b>{escape(what)}</b> '
        f'<span class="sw-hint">{escape(said)}</span></span></li>'
    )

"""The parts of a work order that are only looked at."""

from collections.abc import Sequence
from html import escape

from core.schema.site import Site
from core.vocabulary.work_orders import OrderState
from dashboard.components.shared.list_row import chip, row
from dashboard.i18n import joined, t, t_data
from dashboard.queries.orders import OrderDetails
from dashboard.text import format as fmt
from dashboard.text.labels import CAUSES, EXTENTS, OPENED_BY, ORDER_KINDS, ORDER_STATES
from storage.records import Downtime, OrderStep, WorkOrder

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
    return f'<span class="sw-hint">{escape(joined(order_texts(order, now, site)))}</span>'


def order_texts(order: WorkOrder, now: int, site: Site) -> list[str]:
    """Device, kind, for whom, since when."""
    texts = [fmt.device(order.device, site), t(ORDER_KINDS[order.kind])]
    if order.assigned_to:
        texts.append(t("order.for", name=order.assigned_to))
    return [*texts, fmt.moment(order.opened_at, now, site)]


def order_row(order: WorkOrder, now: int, site: Site) -> None:
    """An order in a list; it leads there."""
    row(
        f"order-{order.id}", t_data(order.title), "app_pages/order.py", {"order": str(order.id)},
        lead=order_lead(order), tail=order_tail(order, now, site),
    )  # fmt: skip


def order_heading(order: WorkOrder, now: int, site: Site) -> str:
    """Number, title, state; where it comes from; the text with which it was opened."""
    opened = t(
        "order.opened",
        kind=t(ORDER_KINDS[order.kind]),
        how=t(OPENED_BY[order.opened_by]),
        who=order.steps[0].who if order.steps else "",
        when=fmt.moment(order.opened_at, now, site),
    )
    assigned = t("order.for", name=order.assigned_to) if order.assigned_to else ""
    about = joined(escape(text) for text in (opened, assigned) if text)
    text = f'<p class="sw-said">{escape(order.text)}</p>' if order.text else ""
    result = f'<p class="sw-said"><b>{escape(order.result)}</b></p>' if order.result else ""
    title = t("order.heading", number=order.id, title=t_data(order.title))
    return (
        f'<div class="sw-heading"><h1>{escape(title)}</h1>{state_chip(order)}</div>'
        f'<p class="sw-about">{about}</p>{text}{result}'
    )


def steps_list(order: WorkOrder, now: int, site: Site) -> str:
    """Who brought it into which state, and when."""
    lines = [
        _line(fmt.moment(step.at, now, site), t(ORDER_STATES[step.state]), step.who, step.note)
        for step in order.steps
    ]
    if order.returned_at is not None:
        at = fmt.moment(order.returned_at, now, site)
        returned = _line(at, t("order.returned"), order.returned_by, order.return_check)
        lines.insert(_return_place(order.steps, order.returned_at), returned)
    return f'<ul class="sw-steps">{"".join(lines)}</ul>'


def _return_place(steps: Sequence[OrderStep], returned_at: int) -> int:
    """Where among the steps the device came back: after the last end of the work before that.

    Steps stand in the order in which they were taken, whatever a clock said meanwhile.
    """
    done = [place for place, step in enumerate(steps) if step.state == "done"]
    before = [place for place in done if steps[place].at <= returned_at]
    return max(before or done[:1], default=len(steps) - 1) + 1


def downtime_words(downtime: Downtime, now: int, site: Site) -> str:
    """Cause, how far, from when to when, how long."""
    began = fmt.moment(downtime.began_at, now, site)
    length = fmt.span((downtime.ended_at or now) - downtime.began_at)
    if downtime.ended_at is None:
        when = t("downtime.still", when=began, span=length)
    else:
        ended = fmt.moment(downtime.ended_at, now, site)
        when = t("downtime.from_to", begin=began, end=ended, span=length)
    texts = [t(EXTENTS[downtime.extent]), when]
    if downtime.corrected_by:
        texts.append(t("downtime.corrected", who=downtime.corrected_by))
    if downtime.note:
        texts.append(downtime.note)
    tone = "error" if downtime.ended_at is None else "none"
    return (
        f"{chip(t(CAUSES[downtime.cause]), tone)} "
        f'<span class="sw-hint">{escape(joined(texts))}</span>'
    )


def costs_list(details: OrderDetails, now: int, site: Site) -> str:
    """Labour, parts and bills as they were noted, and the sum."""
    lines = [
        _line(
            fmt.moment(labour.began_at, now, site),
            t("order.minutes", minutes=labour.minutes),
            labour.who,
            fmt.money(labour.cost_cents, site) if labour.cost_cents else "",
        )
        for labour in details.order.labour
    ]
    for move in details.moves:
        part = details.parts.get(move.part_id)
        name = part.name if part else move.part_id
        used = t("order.part_used", count=-move.quantity, name=name)
        amount = fmt.money(-move.quantity * move.cost_cents, site)
        lines.append(_line(fmt.moment(move.at, now, site), used, move.who, amount))
    lines += [
        _line(fmt.moment(cost.at, now, site), cost.text, "", fmt.money(cost.cost_cents, site))
        for cost in details.order.costs
    ]
    if not lines:
        return f'<p class="sw-hint">{escape(t("order.no_costs"))}</p>'
    steps = f'<ul class="sw-steps">{"".join(lines)}</ul>'
    if not details.cost_cents:
        return steps
    total = t("order.total", amount=fmt.money(details.cost_cents, site))
    return f'{steps}<p class="sw-total">{escape(total)}</p>'


def _line(when: str, what: str, who: str, note: str) -> str:
    hint = joined(text for text in (who, note) if text)
    return (
        f'<li><span class="sw-when">{escape(when)}</span><span><b>{escape(what)}</b> '
        f'<span class="sw-hint">{escape(hint)}</span></span></li>'
    )

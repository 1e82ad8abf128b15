"""Parts as a table, their moves as a list."""

from collections.abc import Sequence
from html import escape

from core.schema.site import Site
from core.text.numbers import MINUS
from dashboard.components.shared.list_row import chip
from dashboard.i18n import t, translate
from dashboard.text import format as fmt
from dashboard.text.labels import MOVES
from dashboard.work.parts import Shelved
from maintenance.parts.stock import Advice
from storage.records import StockMove

ADVICE: dict[Advice, tuple[str, str]] = {
    "too_late": ("advice.too_late", "critical"),
    "order_now": ("advice.order_now", "warning"),
    "enough": ("advice.enough", "ok"),
}


def shelf_table(rows: Sequence[Shelved], now: int, site: Site) -> str:
    """What there is, what there should be, when one is needed and why."""
    head = "".join(
        f"<th>{escape(text)}</th>"
        for text in (
            t("parts.part"), t("parts.here"), t("parts.lead"), t("parts.need"), t("parts.advice")
        )
    )  # fmt: skip
    body = "".join(_row(one, now, site) for one in rows)
    return f'<table class="sw-table sw-shelf"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def moves_list(moves: Sequence[StockMove], names: dict[str, str], now: int, site: Site) -> str:
    """How parts came and went."""
    lines = []
    for one in moves:
        count = f"{one.quantity:+d}".replace("-", MINUS)
        order = t("parts.for_order", number=one.order_id) if one.order_id else ""
        said = " · ".join(text for text in (t(MOVES[one.kind]), order, one.who, one.note) if text)
        lines.append(
            f'<li><span class="sw-when">{escape(fmt.moment(one.at, now, site))}</span><span>'
            f"<b>{count}</b> {escape(names.get(one.part_id, one.part_id))} "
            f'<span class="sw-hint">{escape(said)}</span></span></li>'
        )
    return f'<ul class="sw-steps">{"".join(lines)}</ul>'


def _row(one: Shelved, now: int, site: Site) -> str:
    part = one.part
    beside = ", ".join(
        text
        for text in (part.number, part.shelf, *(fmt.device(d, site) for d in one.devices))
        if text
    )
    need = fmt.moment(one.need.at, now, site) if one.need.at is not None else t("parts.no_need")
    word, tone = ADVICE[one.advice]
    lead = t("parts.days", days=part.lead_days)
    cost = fmt.money(part.cost_cents, site) if part.cost_cents else ""
    return (
        f"<tr><th><b>{escape(part.name)}</b> <span class='sw-hint'>{escape(beside)}</span></th>"
        f"<td class='sw-now'>{escape(t('parts.of_minimum', here=one.here, minimum=part.minimum))}</td>"
        f"<td class='sw-limits'>{escape(' · '.join(text for text in (lead, cost) if text))}</td>"
        f"<td class='sw-limits'>{escape(need)} <span class='sw-hint'>{escape(translate(one.need.why))}</span></td>"
        f"<td class='sw-when'>{chip(t(word), tone)}</td></tr>"
    )

"""Parts as a table, their moves as a list."""

from collections.abc import Sequence
from html import escape

from core.schema.site import Site
from core.text.numbers import MINUS
from dashboard.components.shared.list_row import chip
from dashboard.i18n import joined, t, translate
from dashboard.text import format as fmt
from dashboard.text.labels import MOVES
from maintenance.parts.demand import PartStock
from maintenance.parts.stock import Advice
from storage.records import StockMove

ADVICE: dict[Advice, tuple[str, str]] = {
    "too_late": ("advice.too_late", "critical"),
    "order_now": ("advice.order_now", "warning"),
    "enough": ("advice.enough", "ok"),
}


def stock_table(rows: Sequence[PartStock], now: int, site: Site) -> str:
    """What there is, what there should be, when one is needed and why."""
    head = "".join(
        f"<th>{escape(text)}</th>"
        for text in (
            t("parts.part"), t("parts.here"), t("parts.lead"), t("parts.need"), t("parts.advice")
        )
    )  # fmt: skip
    body = "".join(_row(row, now, site) for row in rows)
    return f'<table class="sw-table sw-shelf"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def moves_list(moves: Sequence[StockMove], names: dict[str, str], now: int, site: Site) -> str:
    """How parts came and went."""
    lines = []
    for move in moves:
        count = f"{move.quantity:+d}".replace("-", MINUS)
        order = t("parts.for_order", number=move.order_id) if move.order_id else ""
        about = joined(text for text in (t(MOVES[move.kind]), order, move.who, move.note) if text)
        lines.append(
            f'<li><span class="sw-when">{escape(fmt.moment(move.at, now, site))}</span><span>'
            f"<b>{count}</b> {escape(names.get(move.part_id, move.part_id))} "
            f'<span class="sw-hint">{escape(about)}</span></span></li>'
        )
    return f'<ul class="sw-steps">{"".join(lines)}</ul>'


def _row(row: PartStock, now: int, site: Site) -> str:
    part = row.part
    beside = ", ".join(
        text
        for text in (part.number, part.shelf, *(fmt.device(d, site) for d in row.devices))
        if text
    )
    need = fmt.moment(row.need.at, now, site) if row.need.at is not None else t("parts.no_need")
    word, tone = ADVICE[row.advice]
    lead = t("parts.days", days=part.lead_days)
    cost = fmt.money(part.cost_cents, site) if part.cost_cents else ""
    return (
        f"<tr><th><b>{escape(part.name)}</b> <span class='sw-hint'>{escape(beside)}</span></th>"
        f"<td class='sw-now'>{escape(t('parts.of_minimum', here=row.quantity, minimum=part.minimum))}</td>"
        f"<td class='sw-limits'>{escape(' · '.join(text for text in (lead, cost) if text))}</td>"
        f"<td class='sw-limits'>{escape(need)} <span class='sw-hint'>{escape(translate(row.need.why))}</span></td>"
        f"<td class='sw-when'>{chip(t(word), tone)}</td></tr>"
    )

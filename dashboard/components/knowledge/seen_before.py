"""Earlier repairs of the same fault: what was done, with which parts, and did it hold."""

from collections.abc import Sequence

from core.schema.site import Site
from core.time.clock import MINUTE
from dashboard.components.shared.list_row import chip, hints, row
from dashboard.i18n import t, t_data
from dashboard.text import format as fmt
from dashboard.text.labels import OUTCOMES
from maintenance.knowledge.seen_before import EarlierRepair

TONES = {"held": "ok", "came_back": "error", "remained": "error", "not_known": "unknown"}


def repair_rows(key: str, repairs: Sequence[EarlierRepair], now: int, site: Site) -> None:
    """A line each, which leads to its order."""
    for repair in repairs:
        span = fmt.rough_span(repair.lasted)
        outcome = chip(t(OUTCOMES[repair.outcome], span=span), TONES[repair.outcome])
        row(
            f"{key}-{repair.order_id}", repair.work or t_data(repair.title), "app_pages/order.py",
            {"order": str(repair.order_id)}, lead=outcome, tail=hints(_beside(repair, now, site)),
        )  # fmt: skip


def _beside(repair: EarlierRepair, now: int, site: Site) -> list[str]:
    """When, on which other device, parts, hours."""
    texts = [fmt.moment(repair.done_at, now, site)]
    if not repair.is_same_device:
        texts.append(fmt.device(repair.device, site))
    texts += [t("seen.part", count=count, name=name) for name, count in repair.parts]
    if repair.minutes:
        texts.append(t("seen.labour", span=fmt.span(repair.minutes * MINUTE)))
    return texts

"""One line about Scanward itself: how it is, by word and shape, what it is about, and the facts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import Literal, NamedTuple

from dashboard.components.fleet.badge import icon
from dashboard.i18n import joined, t
from dashboard.views.device_status import State

# `fact` is a number that nobody judges; `unknown` is no evidence, which is never well.
Standing = Literal["ok", "warning", "failed", "unknown", "fact"]

_LOOKS: dict[Standing, State] = {
    "ok": "ok",
    "warning": "warning",
    "failed": "error",
    "unknown": "unknown",
}
_WORDS: dict[Standing, str] = {
    "ok": "system.ok",
    "warning": "system.warning",
    "failed": "system.failed",
    "unknown": "system.unknown",
}


class SystemLine(NamedTuple):
    """How a thing stands; `is_foreign` texts are English, whatever the page speaks."""

    standing: Standing
    name: str
    details: tuple[str, ...]
    is_foreign: bool = False


def line(standing: Standing, name: str, *details: str) -> SystemLine:
    """A line of the details that are not empty."""
    return SystemLine(standing, name, tuple(text for text in details if text))


def line_list(lines: Iterable[SystemLine]) -> str:
    """As a list."""
    return f'<ul class="sw-system">{"".join(map(_item, lines))}</ul>'


def folded(lines: Sequence[SystemLine]) -> str:
    """Those that are well, as a list that opens; empty if there are none."""
    if not lines:
        return ""
    words = escape(t("system.check_well", count=len(lines)))
    return f'<details class="sw-system-well"><summary>{icon("ok")} {words}</summary>{line_list(lines)}</details>'


def counts(lines: Iterable[SystemLine]) -> str:
    """How many are wrong, to be looked at, not known and well; what there is none of is left out."""
    standings = Counter(line.standing for line in lines)
    parts = "".join(
        f'<span class="sw-count sw-{_LOOKS[standing]}-text">{icon(_LOOKS[standing])}'
        f"<b>{standings[standing]}</b> {escape(t(_WORDS[standing]))}</span>"
        for standing in ("failed", "warning", "unknown", "ok")
        if standings[standing]
    )
    return f'<p class="sw-counts">{parts}</p>'


def _item(line: SystemLine) -> str:
    way = ' dir="ltr" lang="en"' if line.is_foreign else ""
    details = escape(joined(line.details))
    return (
        f"<li>{_badge(line.standing)}<b{way}>{escape(line.name)}</b>"
        f'<span class="sw-system-facts"{way}>{details}</span></li>'
    )


def _badge(standing: Standing) -> str:
    if standing == "fact":
        return "<span></span>"
    look = _LOOKS[standing]
    return f'<span class="sw-badge sw-{look}">{icon(look)}{escape(t(_WORDS[standing]))}</span>'

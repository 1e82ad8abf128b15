"""Alerts, downtime and work as marks in Grafana's charts: one annotation each, found by its own tag."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from core.time.clock import DAY
from core.vocabulary.severity import Severity
from dashboard.grafana.api import Grafana
from dashboard.grafana.boards import site_tag
from dashboard.i18n import t
from storage.records import Downtime, WorkOrder

_MOST = 10_000
_KEYS = ("alert:", "downtime:", "order:")
_MOVED = 30 * DAY  # so far back may a person have corrected where one begins


@dataclass(frozen=True)
class Mark:
    """A stretch of time with a word: an alert that fired, downtime, work. Times are UTC milliseconds."""

    key: str  # for ever the same: `alert:17`, `downtime:3`, `order:12`
    device: str
    severity: Severity
    text: str
    start: int
    end: int | None  # None: it still goes on


def of_downtime(device: str, piece: Downtime) -> Mark:
    """`device` is its name for a person."""
    severity: Severity = "error" if piece.extent == "hard" else "warning"
    extent, cause = t(f"extent.{piece.extent}"), t(f"cause.{piece.cause}")
    text = f"{device}: {t('grafana.down', extent=extent, cause=cause)}"
    return Mark(
        f"downtime:{piece.id}", piece.device, severity, text, piece.began_at, piece.ended_at
    )


def of_work(device: str, order: WorkOrder) -> Mark | None:
    """From when somebody began to when it was done; what nobody has begun is no mark."""
    begun = [step.at for step in order.steps if step.state == "working"]
    if not begun:
        return None
    text = f"{device}: {t('grafana.work', number=order.id, title=order.title)}"
    return Mark(f"order:{order.id}", order.device, "info", text, begun[0], order.done_at)


def annotate(grafana: Grafana, site: str, marks: Iterable[Mark]) -> int:
    """Make what is missing, move what was corrected; how many were made or changed."""
    wanted = sorted(marks, key=lambda mark: mark.start)
    if not wanted:
        return 0
    found = _found(grafana, site, wanted[0].start - _MOVED, wanted[-1].start + _MOVED)
    changed = 0
    for mark in wanted:
        there = found.get(mark.key)
        if there is None:
            grafana.post("/annotations", _body(site, mark))
        elif moved := _moved(mark, there):
            grafana.patch(f"/annotations/{int(there['id'])}", moved)
        else:
            continue
        changed += 1
    return changed


def _moved(mark: Mark, there: dict[str, Any]) -> dict[str, int]:
    """What of its annotation's times is no longer so."""
    times = {"time": mark.start}
    if mark.end is not None:
        times["timeEnd"] = mark.end
    return {name: at for name, at in times.items() if int(there.get(name) or 0) != at}


def _found(grafana: Grafana, site: str, start: int, end: int) -> dict[str, dict[str, Any]]:
    """The site's annotations of that time, by the key in their tags."""
    asked = [("from", start), ("to", end + 1), ("limit", _MOST), ("type", "annotation")]
    tags = [("tags", "scanward"), ("tags", site_tag(site))]
    answer: Any = grafana.get(f"/annotations?{urlencode([*asked, *tags])}")
    return {
        tag: there
        for there in answer or []
        for tag in there.get("tags", [])
        if tag.startswith(_KEYS)
    }


def _body(site: str, mark: Mark) -> dict[str, Any]:
    tags = ["scanward", site_tag(site), f"device:{mark.device}", mark.severity, mark.key]
    body: dict[str, Any] = {"time": mark.start, "tags": tags, "text": mark.text}
    return body if mark.end is None else {**body, "timeEnd": mark.end}

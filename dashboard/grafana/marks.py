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
    """An interval with a text: an alert that fired, downtime, work. Times are UTC milliseconds."""

    key: str  # for ever the same: `alert:17`, `downtime:3`, `order:12`
    device: str
    severity: Severity
    text: str
    start: int
    end: int | None  # None: it still goes on


def of_downtime(device: str, downtime: Downtime) -> Mark:
    """`device` is its name for a person."""
    severity: Severity = "error" if downtime.extent == "hard" else "warning"
    extent, cause = t(f"extent.{downtime.extent}"), t(f"cause.{downtime.cause}")
    text = f"{device}: {t('grafana.down', extent=extent, cause=cause)}"
    return Mark(
        f"downtime:{downtime.id}",
        downtime.device,
        severity,
        text,
        downtime.began_at,
        downtime.ended_at,
    )


def of_work(device: str, order: WorkOrder) -> Mark | None:
    """From when somebody began to when it was done; what nobody has begun is no mark."""
    starts = [step.at for step in order.steps if step.state == "working"]
    if not starts:
        return None
    text = f"{device}: {t('grafana.work', number=order.id, title=order.title)}"
    return Mark(f"order:{order.id}", order.device, "info", text, starts[0], order.done_at)


def annotate(grafana: Grafana, site: str, marks: Iterable[Mark]) -> int:
    """Create missing annotations, move corrected ones; how many were created or changed."""
    ordered = sorted(marks, key=lambda mark: mark.start)
    if not ordered:
        return 0
    start, end = ordered[0].start - _MOVED, ordered[-1].start + _MOVED
    annotations = _annotations(grafana, site, start, end)
    changed = 0
    for mark in ordered:
        annotation = annotations.get(mark.key)
        if annotation is None:
            grafana.post("/annotations", _body(site, mark))
        elif moved := _moved(mark, annotation):
            grafana.patch(f"/annotations/{int(annotation['id'])}", moved)
        else:
            continue
        changed += 1
    return changed


def _moved(mark: Mark, annotation: dict[str, Any]) -> dict[str, int]:
    """The times of its annotation that have changed."""
    times = {"time": mark.start}
    if mark.end is not None:
        times["timeEnd"] = mark.end
    return {name: at for name, at in times.items() if int(annotation.get(name) or 0) != at}


def _annotations(grafana: Grafana, site: str, start: int, end: int) -> dict[str, dict[str, Any]]:
    """The site's annotations of that time, by the key in their tags."""
    query = [("from", start), ("to", end + 1), ("limit", _MOST), ("type", "annotation")]
    tags = [("tags", "scanward"), ("tags", site_tag(site))]
    answer: Any = grafana.get(f"/annotations?{urlencode([*query, *tags])}")
    return {
        tag: annotation
        for annotation in answer or []
        for tag in annotation.get("tags", [])
        if tag.startswith(_KEYS)
    }


def _body(site: str, mark: Mark) -> dict[str, Any]:
    tags = ["scanward", site_tag(site), f"device:{mark.device}", mark.severity, mark.key]
    body: dict[str, Any] = {"time": mark.start, "tags": tags, "text": mark.text}
    return body if mark.end is None else {**body, "timeEnd": mark.end}

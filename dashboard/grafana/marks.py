"""Alerts as marks in Grafana's charts. Each has one annotation, found again by its own tag."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from core.words import Severity
from dashboard.grafana.api import Grafana
from dashboard.grafana.boards import site_tag

_MOST = 10_000


@dataclass(frozen=True)
class Mark:
    """A stretch of time with a word: an alert that fired. Times are UTC milliseconds."""

    key: str  # for ever the same, `alert:17`
    device: str
    severity: Severity
    text: str
    start: int
    end: int | None  # None: it still goes on


def annotate(grafana: Grafana, site: str, marks: Iterable[Mark]) -> int:
    """Make what is missing and end what has ended; how many were made or changed."""
    wanted = sorted(marks, key=lambda mark: mark.start)
    if not wanted:
        return 0
    found = _found(grafana, site, wanted[0].start, wanted[-1].start)
    changed = 0
    for mark in wanted:
        there = found.get(mark.key)
        if there is None:
            grafana.post("/annotations", _body(site, mark))
        elif mark.end is not None and int(there.get("timeEnd") or 0) != mark.end:
            grafana.patch(f"/annotations/{int(there['id'])}", {"timeEnd": mark.end})
        else:
            continue
        changed += 1
    return changed


def _found(grafana: Grafana, site: str, start: int, end: int) -> dict[str, dict[str, Any]]:
    """The site's annotations of that time, by the key in their tags."""
    asked = [("from", start), ("to", end + 1), ("limit", _MOST), ("type", "annotation")]
    tags = [("tags", "scanward"), ("tags", site_tag(site))]
    answer: Any = grafana.get(f"/annotations?{urlencode([*asked, *tags])}")
    return {
        tag: there
        for there in answer or []
        for tag in there.get("tags", [])
        if tag.startswith("alert:")
    }


def _body(site: str, mark: Mark) -> dict[str, Any]:
    tags = ["scanward", site_tag(site), f"device:{mark.device}", mark.severity, mark.key]
    body: dict[str, Any] = {"time": mark.start, "tags": tags, "text": mark.text}
    return body if mark.end is None else {**body, "timeEnd": mark.end}

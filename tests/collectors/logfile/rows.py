"""A batch as the lines of a case's expected.csv."""

import csv
import io

from core.readings import Batch
from core.time.clock import iso

HEAD = ("what", "name", "component", "value", "at", "severity", "code", "quality")


def rows(batch: Batch) -> list[list[str]]:
    """Readings, then events, each as texts."""
    found = [
        ["reading", r.metric, r.component, f"{r.value:g}", iso(r.at), "", "", r.quality]
        for r in batch.readings
    ]
    found += [
        ["event", e.kind, e.component, e.text, iso(e.at), e.severity, e.code, e.quality]
        for e in batch.events
    ]
    return found


def expected(text: str) -> list[list[str]]:
    """What a case's expected.csv says."""
    head, *lines = csv.reader(io.StringIO(text))
    assert tuple(head) == HEAD
    return lines

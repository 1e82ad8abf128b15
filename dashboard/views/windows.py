"""Silences and maintenance windows, as the pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.vocabulary.alerts import Repetition, WindowKind


@dataclass(frozen=True, slots=True)
class WindowRow:
    """A window that is open or to come: the turn of it that is open, or the next."""

    id: int
    kind: WindowKind
    device: str
    component: str
    rule: str
    start: int
    end: int
    is_open: bool
    repeats: Repetition
    by: str
    reason: str
    order: int | None  # whose work it lasts as long as


def maintenance_now(rows: Sequence[WindowRow]) -> WindowRow | None:
    """Of the windows of one device, the one by which all of it is at work now; the last to end."""
    return max(
        (
            row
            for row in rows
            if row.is_open and row.kind == "maintenance" and not row.component and not row.rule
        ),
        key=lambda row: row.end,
        default=None,
    )

"""When a detector learns: once there is enough history, and then about monthly."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alerts.detectors.base import DetectorAlgorithm, Frame
from core.time.clock import DAY

COLD = 24 * DAY  # of history before the first model
AGAIN = 30 * DAY


def newest_span(algorithm: type[DetectorAlgorithm], begin: int, end: int) -> list[tuple[int, int]]:
    """The part of a history [begin, end) that is not learned from; none of a short one."""
    forgiven = min(algorithm.left_out, end - begin - algorithm.learned_from)
    return [(end - forgiven, end)] if forgiven > 0 else []


@dataclass
class TrainingSchedule:
    """Times are UTC milliseconds."""

    started_at: int | None = None  # the first row, or the last service
    trained_at: int | None = None

    def start(self, rows: Frame) -> None:
        """Count from the first of these rows, unless it counts already."""
        if self.started_at is None and len(rows.at):
            self.started_at = int(rows.at[0])

    def restart(self, at: int) -> None:
        """What was learned from before `at` counts no more."""
        self.started_at, self.trained_at = at, None

    def is_due(self, at: int) -> bool:
        """Is it time to learn (again)?"""
        if self.started_at is None:
            return False
        if self.trained_at is None:
            return at - self.started_at >= COLD
        return at - self.trained_at >= AGAIN

    def state(self) -> dict[str, object]:
        """What `restored` needs; it lies beside what else a runner keeps."""
        return {"begun": self.started_at, "trained": self.trained_at}

    @classmethod
    def restored(cls, state: Mapping[str, Any]) -> "TrainingSchedule":
        """The schedule as it was."""
        return cls(state["begun"], state["trained"])

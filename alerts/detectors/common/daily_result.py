"""What a slow detector finds on a day."""

from dataclasses import dataclass

from alerts.detectors.statistics.change_point import Ramp


@dataclass(frozen=True)
class Finding:
    """What the days say on the last of them. Values are in the metric's unit."""

    z: float  # of the drift, signed: positive is the way that counts as worse
    size: float  # how far it has gone, as `worth` is told
    carried_by: tuple[str, ...]
    since: int | None
    value: float | None
    expected: float | None
    low: float | None
    high: float | None
    ramp: Ramp | None

"""What is accepted of a number now: the same rules that the alert engine judges it by."""

import math
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.schema.rules.limit import LimitRule
from core.schema.rules.tolerance import ToleranceRule
from core.schema.site import Device, Site
from storage.known_readings import first_values
from storage.series import SeriesReader

BADNESS = ("critical", "error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Accepted:
    """The limits of one metric of one component, and the tolerance that waits for its baseline."""

    limits: tuple[LimitRule, ...] = ()
    unset: ToleranceRule | None = None
    known: int = 0  # how many of the baseline's readings there are
    baselines: tuple[float, ...] = ()  # what its tolerances are relative to, in the metric's unit

    @property
    def low(self) -> float | None:
        """The highest of what it may not be below, in the metric's unit."""
        return max((rule.below for rule in self.limits if rule.below is not None), default=None)

    @property
    def high(self) -> float | None:
        """The lowest of what it may not be above, in the metric's unit."""
        return min((rule.above for rule in self.limits if rule.above is not None), default=None)

    @property
    def is_limited(self) -> bool:
        """A rule watches it, or will."""
        return bool(self.limits) or self.unset is not None

    def broken_by(self, value: float) -> LimitRule | None:
        """The worst rule that a value breaks."""
        broken = [rule for rule in self.limits if rule.is_beyond(value)]
        return min(broken, key=lambda rule: BADNESS.index(rule.severity), default=None)


def accepted(
    db: Session, site: Site, device: Device, metric: str, component: str, until: int
) -> Accepted:
    """What the device's rules accept; baselines are of what was read before `until`, UTC ms."""
    limits = device.profile.limits(metric, component)
    baselines = list[float]()
    unset, known = None, 0
    for rule in device.profile.tolerances(metric, component):
        series = SeriesReader(site.series_path)
        first = first_values(db, series, (device.id, metric, component), until, rule.baseline_of)
        around = rule.limits_around(first)
        limits += around
        if around:
            baselines.append(math.fsum(limit.limit for limit in around) / len(around))
        else:
            unset, known = rule, len(first)
    return Accepted(tuple(limits), unset, known, tuple(baselines))

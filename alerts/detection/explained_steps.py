"""What is known of steps of a level: work on the device, services, and what people answered. Pure but for one query.

Work explains what happened within a day of it; a service all that was before it. That an alert of a step
was wrong means that the step is sound: a new sensor or a calibration.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy.orm import Session

from alerts.detection.targets import TargetKey
from core.schema.site import Site
from core.time.clock import DAY
from core.vocabulary.alerts import FeedbackOpinion
from storage.records import feedback as feedback_rows
from storage.records import work_orders as order_rows
from storage.records.work_orders import WorkOrder

LOOKS_BACK = 60 * DAY  # longer than a step is told. Scanward's default, no source


class StepKnowledge(NamedTuple):
    """What a runner is told of the steps of one detector; UTC milliseconds."""

    explained: tuple[tuple[int, int], ...] = ()
    sound_at: int = 0
    broken_at: int = 0


NOTHING = StepKnowledge()

Opinions = Mapping[tuple[str, str, str, FeedbackOpinion], int]
Spans = Mapping[str, list[tuple[int, int]]]  # by device


class StepAnswersOfSite:
    """The same of every detector whose steps are told by a rule."""

    def __init__(self, site: Site, opinions: Opinions, work: Spans) -> None:
        self._site, self._opinions, self._work = site, opinions, work

    @classmethod
    def read(cls, db: Session, site: Site, now: int) -> "StepAnswersOfSite":
        """As the records have it now."""
        rules = {
            rule.id for device in site.devices.values() for rule in device.profile.rules
            if rule.watches_steps
        }  # fmt: skip
        if not rules:
            return cls(site, {}, {})
        work: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for service in feedback_rows.service_events_between(db, now - LOOKS_BACK, now):
            work[service.device].append((0, service.at + DAY))
        for order in order_rows.orders_done_since(db, now - LOOKS_BACK):
            work[order.device] += span_of(order)
        return cls(site, feedback_rows.newest_opinions(db, rules), work)

    def of(self, key: TargetKey) -> StepKnowledge:
        """Of one detector; nothing where no rule tells its steps."""
        device, component, detector = key
        rules = self._site.devices[device].profile.rules
        watching = [
            rule.id for rule in rules if rule.watches_steps and rule.detector_id == detector
        ]
        if not watching:
            return NOTHING
        return StepKnowledge(
            tuple(self._work.get(device, ())),
            self._newest(device, component, watching, "false"),
            self._newest(device, component, watching, "true"),
        )

    def _newest(
        self, device: str, component: str, rules: Iterable[str], opinion: FeedbackOpinion
    ) -> int:
        return max(
            (self._opinions.get((device, component, rule, opinion), 0) for rule in rules), default=0
        )


def span_of(order: WorkOrder) -> list[tuple[int, int]]:
    """From a day before the work to a day after it; empty while it is not done."""
    if order.done_at is None:
        return []
    begin = min([order.done_at, *(labour.began_at for labour in order.labour)])
    return [(begin - DAY, order.done_at + DAY)]

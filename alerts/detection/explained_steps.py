"""What is known of steps of a level: work on the device, services, alerts, and what people answered. Pure but for one query.

Work explains what happened within a day of it; a service all that was before it. That an alert of a step
was wrong means that the step is sound: a new sensor or a calibration. What an alert tells of already is not
told again: of the same value, or of a cause that reaches the device, as a mains failure reaches all. When that is over the
level has some days to come back; one that has not by then is told by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy.orm import Session

from alerts.detection.targets import TargetKey
from alerts.evaluation.dependencies import Dependencies
from core.schema.site import Site
from core.time.clock import DAY
from core.vocabulary.alerts import FeedbackOpinion
from storage.records import Alert
from storage.records import alerts as alert_rows
from storage.records import feedback as feedback_rows
from storage.records import work_orders as order_rows
from storage.records.work_orders import WorkOrder

LOOKS_BACK = 60 * DAY  # longer than a step is told. Scanward's default, no source


# A magnet that cooled in a cut is steady again within a day, and its level is that of whole days. Scanward's default.
COMES_BACK = 3 * DAY


class StepKnowledge(NamedTuple):
    """What a runner is told of the steps of one detector; UTC milliseconds."""

    explained: tuple[tuple[int, int], ...] = ()
    sound_at: int = 0
    broken_at: int = 0


NOTHING = StepKnowledge()


class _Cause(NamedTuple):
    """An alert that tells of what happened in [begin, end), and is enough for who judges before `until`; UTC ms."""

    begin: int
    end: int
    until: int


Opinions = Mapping[tuple[str, str, str, FeedbackOpinion], int]
Spans = Mapping[str, list[tuple[int, int]]]  # by device
# By device and metric; the metric is empty: whatever it measures.
Causes = Mapping[tuple[str, str], list[_Cause]]


class StepAnswersOfSite:
    """The same of every detector whose steps are told by a rule."""

    def __init__(self, site: Site, opinions: Opinions, work: Spans, causes: Causes) -> None:
        self._site, self._opinions, self._work, self._causes = site, opinions, work, causes

    @classmethod
    def read(cls, db: Session, site: Site, now: int) -> "StepAnswersOfSite":
        """As the records have it now."""
        rules = {
            rule.id for device in site.devices.values() for rule in device.profile.rules
            if rule.watches_steps
        }  # fmt: skip
        if not rules:
            return cls(site, {}, {}, {})
        work: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for service in feedback_rows.service_events_between(db, now - LOOKS_BACK, now):
            work[service.device].append((0, service.at + DAY))
        for order in order_rows.orders_done_since(db, now - LOOKS_BACK):
            work[order.device] += span_of(order)
        causes: dict[tuple[str, str], list[_Cause]] = defaultdict(list)
        dependencies = Dependencies(site)
        for alert in alert_rows.firing_between(db, now - LOOKS_BACK, now):
            ended_at = now if alert.ended_at is None else alert.ended_at
            cause = _Cause(alert.began_at - DAY, ended_at + DAY, ended_at + COMES_BACK)
            for device in _reached(alert, dependencies, site):
                causes[device, ""].append(cause)
            rule = dependencies.rule(alert)
            if rule is not None and rule.detector_id is None:
                causes[alert.device, alert.metric].append(cause)
        return cls(site, feedback_rows.newest_opinions(db, rules), work, causes)

    def of(self, key: TargetKey, judged_until: int) -> StepKnowledge:
        """Of one detector that has come so far (UTC ms); nothing where no rule tells its steps."""
        device, component, detector = key
        rules = self._site.devices[device].profile.rules
        watching = [
            rule.id for rule in rules if rule.watches_steps and rule.detector_id == detector
        ]
        if not watching:
            return NOTHING
        settings = next(
            each for each in self._site.devices[device].profile.detectors if each.id == detector
        )
        alerts = (
            (cause.begin, cause.end)
            for metric in dict.fromkeys(["", settings.metric, *settings.metrics])
            for cause in self._causes.get((device, metric), ())
            if judged_until < cause.until
        )
        return StepKnowledge(
            (*self._work.get(device, ()), *alerts),
            self._newest(device, component, watching, "false"),
            self._newest(device, component, watching, "true"),
        )

    def _newest(
        self, device: str, component: str, rules: Iterable[str], opinion: FeedbackOpinion
    ) -> int:
        return max(
            (self._opinions.get((device, component, rule, opinion), 0) for rule in rules), default=0
        )


def _reached(alert: Alert, dependencies: Dependencies, site: Site) -> Iterable[str]:
    """The devices whose steps it explains whatever they measure: of itself, only what its own value shows."""
    match dependencies.reach(alert):
        case "site":
            return site.devices
        case "dependents":
            return [name for name in dependencies.reached(alert.device) if name != alert.device]
    return ()


def span_of(order: WorkOrder) -> list[tuple[int, int]]:
    """From a day before the work to a day after it; empty while it is not done."""
    if order.done_at is None:
        return []
    begin = min([order.done_at, *(labour.began_at for labour in order.labour)])
    return [(begin - DAY, order.done_at + DAY)]

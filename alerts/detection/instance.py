"""One detector at work: its runner, how far it has been fed, and which of its verdicts are stored."""

import hashlib
from dataclasses import dataclass, replace
from datetime import tzinfo

from alerts.detection.backend import DetectorBackend
from alerts.detection.explained_steps import NOTHING, StepKnowledge
from alerts.detection.targets import DetectorTarget
from alerts.detection.training import TrainingOutcome
from alerts.detectors.base import DetectorRunner, DetectorVerdict, Frame
from alerts.detectors.common.verdict_stream import (
    tells_a_sensor,
    with_lasting_fault,
    with_obstacle,
)
from core.time.clock import from_ms
from core.vocabulary.evidence import entries_of
from storage.detector_models.store import ModelCard, ModelState
from storage.records import Verdict


@dataclass
class DetectorInstance:
    """A runner and its card. The card is what is on the disk or will be with the next `save`."""

    target: DetectorTarget
    runner: DetectorRunner
    card: ModelCard
    backend: DetectorBackend
    zone: tzinfo
    bias: float = 0.0
    steps: StepKnowledge = NOTHING  # what is known of the steps of its level
    is_unsaved: bool = True  # changed since it was last saved
    file_stamp: int | None = None  # of the file as it was last saved
    wants_training: bool = False  # before it goes on
    first_training_at: int = 0  # a first start on old data: it is fed until then, then learns
    retry_after: int = 0  # rows' time: there was too little to learn from, there may be more then
    training_error: str = ""  # why it could not learn the last time
    obstacle: str = ""  # the same, as its verdicts tell it
    training_rests_until: int = 0  # training itself failed
    judged_at: int = 0  # time of the newest verdict, stored or not

    @property
    def fed_until(self) -> int:
        """Rows before it have been judged."""
        return self.card.fed_until

    def feed(self, rows: Frame, until: int) -> list[Verdict]:
        """Judge rows up to `until`; the verdicts worth storing."""
        verdicts = [self._with_sensor_fault(verdict) for verdict in self.runner.feed(rows)]
        stored = [
            verdict
            for verdict in verdicts
            if verdict is not None and self._is_worth_storing(verdict)
        ]
        self.card = replace(self.card, fed_until=until)
        self.wants_training = until == self.first_training_at
        return [verdict_record(self.target, verdict) for verdict in stored]

    def training_due(self, now: int) -> bool:
        """Is it to learn, and may it be tried now?"""
        return self.wants_training or (
            self.fed_until >= self.retry_after
            and now >= self.training_rests_until
            and self.runner.training_due(self.fed_until)
        )

    def adopt(self, outcome: TrainingOutcome, now: int, scanward: str) -> None:
        """Go on with what was learned."""
        assert outcome.state is not None
        self.runner = restored_runner(
            self.backend, self.target, outcome.state, self.zone, self.bias
        )
        if self.steps != NOTHING:  # somebody may have answered while it learned
            self.runner.explain_steps(*self.steps)
        self.card = replace(
            self.card,
            version=self.card.version + 1,
            scanward=scanward,
            trained_at=now,
            began_at=outcome.began_at,
            ended_at=outcome.ended_at,
            rows=outcome.rows,
            features=list(outcome.features),
            score=outcome.score,
            input=outcome.input,
        )
        self.wants_training, self.first_training_at, self.is_unsaved = False, 0, True
        self.obstacle = ""

    def set_bias(self, bias: float) -> None:
        """More (-1) or less (+1) sensitive from now on."""
        if bias != self.bias:
            self.bias = bias
            state = self.runner.state()
            self.runner = restored_runner(self.backend, self.target, state, self.zone, bias)

    def explain_steps(self, knowledge: StepKnowledge) -> None:
        """What is known of the steps of its level, from now on."""
        if knowledge != self.steps:
            self.steps, self.is_unsaved = knowledge, True
            self.runner.explain_steps(*knowledge)

    def _with_sensor_fault(self, verdict: DetectorVerdict) -> DetectorVerdict | None:
        """The verdict with a fault of its sensor that lasts, or with what keeps it from learning.

        None: the sensor is of the context, and reported by the device that it belongs to.
        """
        metric, before = self.target.settings.metric, self.card.faults
        lasting, faults = with_lasting_fault(verdict, before, metric)
        if tells_a_sensor(verdict, before):
            self.card, self.is_unsaved = replace(self.card, faults=faults), True
            if verdict.carried_by[:1] != (metric,):
                return None
        return with_obstacle(lasting, self.obstacle)

    def _is_worth_storing(self, verdict: DetectorVerdict) -> bool:
        """The first of a local day, and each change; a fast detector has more verdicts than that."""
        judged_at, self.judged_at = self.judged_at, verdict.at
        card = self.card
        is_change = (verdict.kind, verdict.alarm) != (card.last_kind, card.last_alarm)
        is_same_day = _day(verdict.at, self.zone) == _day(judged_at, self.zone)
        if not is_change and is_same_day and not verdict.is_news:
            return False
        self.card = replace(
            card, last_kind=verdict.kind, last_alarm=verdict.alarm, last_at=verdict.at
        )
        self.is_unsaved = True
        return True


def settings_digest(target: DetectorTarget) -> str:
    """SHA-256 of settings and columns. Another one means that what was learned is of something else."""
    columns = sorted((name, column.description) for name, column in target.columns.items())
    text = target.settings.model_dump_json() + repr(columns)
    return hashlib.sha256(text.encode()).hexdigest()


def new_instance(
    backend: DetectorBackend, target: DetectorTarget, zone: tzinfo, fed_until: int
) -> DetectorInstance:
    """A detector that knows nothing yet."""
    runner = backend.create_runner(target.settings, limits=target.limits, zone=zone)
    device, component, detector = target.key
    card = ModelCard(
        device=device,
        component=component,
        detector=detector,
        kind=target.settings.kind,
        settings=settings_digest(target),
        fed_until=fed_until,
    )
    return DetectorInstance(target, runner, card, backend, zone)


def restored_runner(
    backend: DetectorBackend, target: DetectorTarget, state: ModelState, zone: tzinfo, bias: float
) -> DetectorRunner:
    """A runner as it was."""
    return backend.restore_runner(
        target.settings, state, limits=target.limits, zone=zone, bias=bias
    )


def verdict_record(target: DetectorTarget, verdict: DetectorVerdict) -> Verdict:
    """A verdict as it is stored."""
    device, component, detector = target.key
    return Verdict(
        device=device,
        component=component,
        detector=detector,
        at=verdict.at,
        kind=verdict.kind,
        score=float(verdict.score),
        alarm=bool(verdict.alarm),
        carried_by=entries_of(verdict.carried_by, verdict.evidence),
        value=verdict.value,
        expected=verdict.expected,
        low=verdict.low,
        high=verdict.high,
        since=verdict.since,
        limit=verdict.limit,
        limit_at=verdict.limit_at,
        limit_at_low=verdict.limit_at_low,
        limit_at_high=verdict.limit_at_high,
        reason=str(verdict.reason),
    )


def _day(at: int, zone: tzinfo) -> int:
    return from_ms(at).astimezone(zone).toordinal()

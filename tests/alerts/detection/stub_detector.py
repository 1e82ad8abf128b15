"""A simple detector in place of the real ones: what is more than 3 away from the learned mean is wrong.

It keeps to the same promises: one verdict at the end of each local day, the same on any cut of the
rows, its state in plain values and arrays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

import numpy as np

from alerts.detection.backend import DetectorBackend
from alerts.detection.training import Trainer, TrainingJob, TrainingOutcome, learn
from alerts.detectors.base import CELL, DetectorVerdict, Frame, Limit
from alerts.detectors.common.resample import day_after
from core.schema.detector import Detector
from core.time.clock import DAY

FAR = 3.0
COLD = 24 * DAY


@dataclass(frozen=True)
class MeanModel:
    mean: float
    features: tuple[str, ...] = ("room",)
    quality: float = 0.5

    def score(self, window: Frame) -> list[DetectorVerdict]:
        return []

    def state(self) -> dict[str, object]:
        return {}


def train(
    settings: Detector,
    history: Frame,
    *,
    left_out: Sequence[tuple[int, int]] = (),
) -> MeanModel:
    keep = ~np.isnan(history.columns[settings.metric])
    for start, end in left_out:
        keep &= (history.at < start) | (history.at >= end)
    if keep.sum() < 10 * 144:
        raise ValueError("fewer than 10 days to learn from")
    return MeanModel(float(history.columns[settings.metric][keep].mean()))


def train_badly(settings: Detector, history: Frame, **_rest: object) -> MeanModel:
    raise MemoryError("no memory")


def train_and_die(settings: Detector, history: Frame, **_rest: object) -> MeanModel:
    import os

    os._exit(9)


class MeanRunner:
    def __init__(
        self,
        settings: Detector,
        *,
        limits: Sequence[Limit] = (),
        zone: tzinfo = UTC,
        bias: float = 0.0,
    ) -> None:
        self.settings, self.limits, self.zone, self.bias = settings, limits, zone, bias
        self.mean: float | None = None
        self.started_at: int | None = None
        self.trained_at: int | None = None
        self.day_end = 0
        self.values: list[float] = []
        self.silent = False
        self.explained: tuple[tuple[tuple[int, int], ...], int, int] = ((), 0, 0)

    def feed(self, rows: Frame) -> list[DetectorVerdict]:
        verdicts = []
        for at, value in zip(
            rows.at.tolist(), rows.columns[self.settings.metric].tolist(), strict=True
        ):
            self.started_at = self.started_at or at
            self.day_end = self.day_end or day_after(at, self.zone)
            if not np.isnan(value):
                self.values.append(value)
                if self.silent:  # told once when it begins and once when it ends
                    verdicts.append(
                        DetectorVerdict(
                            at, "normal", 0.0, False, carried_by=(self.settings.metric,)
                        )
                    )
                self.silent = False
            if at + CELL >= self.day_end:
                verdicts.append(self._verdict(self.day_end))
                self.values, self.day_end = [], day_after(self.day_end, self.zone)
        return verdicts

    def _verdict(self, at: int) -> DetectorVerdict:
        if not self.values and not self.silent:
            self.silent = True
            return DetectorVerdict(at, "absent", 1.0, False, carried_by=(self.settings.metric,))
        if self.mean is None or not self.values:
            return DetectorVerdict(at, "learning", 0.0, False)
        value = float(np.mean(self.values))
        alarm = abs(value - self.mean) > FAR * (1 + self.bias / 2)
        limit = self.limits[0].value if self.limits and alarm else None
        return DetectorVerdict(
            at,
            "anomaly" if alarm else "normal",
            float(alarm),
            alarm,
            value=value,
            expected=self.mean,
            low=self.mean - FAR,
            high=self.mean + FAR,
            carried_by=("mean",),
            since=at - 2 * DAY if alarm else None,
            limit=limit,
            limit_at=at + 20 * DAY if limit is not None else None,
            limit_at_low=at + 15 * DAY if limit is not None else None,
            limit_at_high=at + 30 * DAY if limit is not None else None,
        )

    def training_due(self, at: int) -> bool:
        if self.started_at is None:
            return False
        last = self.trained_at if self.trained_at is not None else self.started_at
        return at - last >= (COLD if self.trained_at is None else 30 * DAY)

    def adopt(self, model: Any, history: Frame) -> None:
        self.mean = model.mean
        self.trained_at = int(history.at[-1]) + CELL

    def serviced(self, at: int) -> None:
        self.mean = self.trained_at = None
        self.started_at = at

    def explain_steps(
        self, explained: Sequence[tuple[int, int]], sound_at: int, broken_at: int
    ) -> None:
        self.explained = (tuple(explained), sound_at, broken_at)

    def state(self) -> dict[str, object]:
        return {
            "mean": self.mean,
            "begun": self.started_at,
            "trained": self.trained_at,
            "silent": self.silent,
            "day": {"end": self.day_end, "values": np.array(self.values)},
        }

    @classmethod
    def restored(cls, settings: Detector, state: Mapping[str, Any], **rest: Any) -> "MeanRunner":
        runner = cls(settings, **rest)
        runner.mean, runner.started_at, runner.trained_at = (
            state["mean"],
            state["begun"],
            state["trained"],
        )
        runner.silent = state["silent"]
        runner.day_end, runner.values = state["day"]["end"], state["day"]["values"].tolist()
        return runner


class TrainerHere(Trainer):
    """Learns in this process: most tests are not about the other one."""

    def __init__(self) -> None:
        super().__init__()
        self._outcome: TrainingOutcome | None = None

    def submit(self, job: TrainingJob) -> None:
        self._job, self._outcome = job, learn(job)

    def collect(self) -> TrainingOutcome | None:
        outcome, self._outcome, self._job = self._outcome, None, None
        return outcome


BACKEND = DetectorBackend(MeanRunner, MeanRunner.restored, train)
BROKEN = DetectorBackend(MeanRunner, MeanRunner.restored, train_badly)
DYING = DetectorBackend(MeanRunner, MeanRunner.restored, train_and_die)

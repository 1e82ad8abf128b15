"""A plain detector in place of the real ones: what is more than 3 away from the learned mean is wrong.

It keeps to the same promises: one verdict at the end of each local day, the same on any cut of the
rows, its state in plain values and arrays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

import numpy as np

from alerts.detection.training import Job, Outcome, Seam, Trainer, learn
from alerts.detectors.base import Frame, Verdict
from alerts.detectors.common.resample import CELL, day_after
from alerts.detectors.runner import Limit
from core.schema.detector import Detector
from core.time.clock import DAY

FAR = 3.0
COLD = 24 * DAY


@dataclass(frozen=True)
class Mean:
    mean: float
    features: tuple[str, ...] = ("room",)
    quality: float = 0.5


def train(
    settings: Detector,
    history: Frame,
    *,
    left_out: Sequence[tuple[int, int]] = (),
    zone: tzinfo = UTC,
) -> Mean:
    keep = ~np.isnan(history.columns[settings.metric])
    for start, end in left_out:
        keep &= (history.at < start) | (history.at >= end)
    if keep.sum() < 10 * 144:
        raise ValueError("fewer than 10 days to learn from")
    return Mean(float(history.columns[settings.metric][keep].mean()))


def train_badly(settings: Detector, history: Frame, **_rest: object) -> Mean:
    raise MemoryError("no memory")


def train_and_die(settings: Detector, history: Frame, **_rest: object) -> Mean:
    import os

    os._exit(9)


class MeanWatch:
    needs = 180 * DAY

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
        self.begun: int | None = None
        self.trained: int | None = None
        self.day_end = 0
        self.values = np.zeros(0)
        self.silent = False

    def feed(self, rows: Frame) -> list[Verdict]:
        told = []
        for at, value in zip(
            rows.at.tolist(), rows.columns[self.settings.metric].tolist(), strict=True
        ):
            self.begun = self.begun or at
            self.day_end = self.day_end or day_after(at, self.zone)
            if not np.isnan(value):
                self.values = np.append(self.values, value)
                if self.silent:  # told once when it begins and once when it ends
                    told.append(
                        Verdict(at, "normal", 0.0, False, carried_by=(self.settings.metric,))
                    )
                self.silent = False
            if at + CELL >= self.day_end:
                told.append(self._verdict(self.day_end))
                self.values, self.day_end = np.zeros(0), day_after(self.day_end, self.zone)
        return told

    def _verdict(self, at: int) -> Verdict:
        if not len(self.values) and not self.silent:
            self.silent = True
            return Verdict(at, "absent", 1.0, False, carried_by=(self.settings.metric,))
        if self.mean is None or not len(self.values):
            return Verdict(at, "learning", 0.0, False)
        value = float(self.values.mean())
        alarm = abs(value - self.mean) > FAR * (1 + self.bias / 2)
        limit = self.limits[0].value if self.limits and alarm else None
        return Verdict(
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
        if self.begun is None:
            return False
        last = self.trained if self.trained is not None else self.begun
        return at - last >= (COLD if self.trained is None else 30 * DAY)

    def adopt(self, model: Any, history: Frame) -> None:
        self.mean = model.mean
        self.trained = int(history.at[-1]) + CELL

    def serviced(self, at: int) -> None:
        self.mean = self.trained = None
        self.begun = at

    def state(self) -> dict[str, object]:
        return {
            "mean": self.mean,
            "begun": self.begun,
            "trained": self.trained,
            "silent": self.silent,
            "day": {"end": self.day_end, "values": self.values},
        }

    @classmethod
    def restored(cls, settings: Detector, state: Mapping[str, Any], **rest: Any) -> "MeanWatch":
        watch = cls(settings, **rest)
        watch.mean, watch.begun, watch.trained = state["mean"], state["begun"], state["trained"]
        watch.silent = state["silent"]
        watch.day_end, watch.values = state["day"]["end"], state["day"]["values"]
        return watch


class TrainerHere(Trainer):
    """Learns in this process: most tests are not about the other one."""

    def __init__(self) -> None:
        super().__init__()
        self._outcome: Outcome | None = None

    def give(self, job: Job) -> None:
        self._job, self._outcome = job, learn(job)

    def take(self) -> Outcome | None:
        outcome, self._outcome, self._job = self._outcome, None, None
        return outcome


SEAM = Seam(MeanWatch, train)  # type: ignore[arg-type]  # it has all that is asked of a Watch
BROKEN = Seam(MeanWatch, train_badly)  # type: ignore[arg-type]
DYING = Seam(MeanWatch, train_and_die)  # type: ignore[arg-type]

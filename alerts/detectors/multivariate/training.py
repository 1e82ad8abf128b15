"""Learns what each sensor of one device reads next from its own past, and how far off that usually is."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import ndtri

from alerts.detectors.base import DetectorAlgorithm, Floats, Frame
from alerts.detectors.common.row_runner import RowRunner
from alerts.detectors.common.serialise import field_values
from alerts.detectors.multivariate import residual
from alerts.detectors.multivariate.alarm import RowAlarm
from alerts.detectors.multivariate.model import MultivariateModel, Tuning, shares, sums, table
from alerts.detectors.multivariate.residual import Predictor, Tail
from core.schema.detector import Detector

USUAL = 0.9  # of healthy rows lie below; their score is 0
RARE = 0.99  # of a sensor's healthy sums lie below what says how heavy its tail is
TAIL = 0.5  # and so much of it counts, because a disturbance may lie within what is learned from
RESTS = 0.95  # of the rows at one value: it may move once it is wrong, but how much is usual?


class Multivariate(DetectorAlgorithm):
    """Of the settings it reads `metric` and `beside`; without `beside` every column of the frame."""

    runner = RowRunner
    watches_every_column = True

    def __init__(self, settings: Detector, tuning: Tuning | None = None) -> None:
        super().__init__(settings)
        self._tuning = tuning or Tuning()

    def fit(self, history: Frame, good: Floats | None = None) -> MultivariateModel:
        """From rows; `good` says which may be learned from (all). ValueError: too few, or none moves."""
        history = history if good is None else history.rows(good > 0)
        longest, fewest = self._tuning.longest, 3 * self._tuning.longest
        if len(history.at) < fewest:
            raise ValueError(
                f"{len(history.at)} rows are too few to learn from; {fewest} are needed"
            )
        names = tuple(
            name for name in self._columns(history) if is_measurement(history.columns[name])
        )
        if not names:
            raise ValueError("none of the columns moves while learning: there is nothing to watch")
        values = table(history, names)
        predictor, residuals = residual.learn(history.at, values, self._tuning.order)
        scales, highest = self._healthy(residuals)
        usual = float(np.nanquantile(highest, USUAL))
        beyond = highest[highest > usual] - usual
        scaled = (values - predictor.centre) / predictor.spread
        return MultivariateModel(
            tuning=self._tuning,
            metric=self.settings.metric,
            names=names,
            predictor=predictor,
            scales=scales,
            usual=usual,
            excess=max(float(beyond.mean()) if len(beyond) else 0.0, 1e-3),
            tail=residual.no_tail(self._tuning.order, len(names)).moved(history.at, scaled),
            residuals=residuals[1 - longest :],
            last=int(history.at[-1]),
            level=np.zeros(len(names)),
        )

    def restored(self, state: Mapping[str, Any]) -> MultivariateModel:
        """The model whose `state` this is, judged as far as it was."""
        values = field_values(MultivariateModel, state)
        values["predictor"] = Predictor(**state["predictor"])
        values["tail"] = Tail(**state["tail"])
        values["tuning"] = Tuning(**state["tuning"])
        values["alarm"] = RowAlarm(**state["alarm"])
        values["names"] = tuple(state["names"])
        values["metric"] = self.settings.metric
        values.setdefault("level", np.zeros(len(values["names"])))  # 0.1.0 followed no wander
        return MultivariateModel(**values)

    def _healthy(self, residuals: Floats) -> tuple[Floats, Floats]:
        """The scale of each sensor's statistic in each window, and the statistic of each row in them.

        From the median, because a disturbance within the little that is learned from must not raise
        it: of d independent normal sensors the largest square has the median m, 2 Phi(sqrt m) - 1 =
        0.5^(1/d). A sensor whose own residuals have heavier tails than normal ones has half of theirs.
        """
        rows, sensors = residuals.shape
        before = np.full((self._tuning.longest - 1, sensors), np.nan)
        parts = shares(*sums(np.concatenate([before, residuals]), rows, self._tuning.windows))
        normal = float(ndtri((1 + 0.5 ** (1 / sensors)) / 2)) ** 2
        usual = np.nanmedian(np.fmax.reduce(parts, axis=2), axis=1) / normal
        tails = np.nanquantile(parts, RARE, axis=1) / float(ndtri((1 + RARE) / 2)) ** 2
        scales = np.maximum(np.maximum(usual[:, None], TAIL * tails), 1e-9)
        return scales, np.fmax.reduce(np.fmax.reduce(parts / scales[:, None], axis=2))

    def _columns(self, history: Frame) -> list[str]:
        if not self.settings.beside:
            return list(history.columns)
        names = dict.fromkeys([self.settings.metric, *self.settings.beside])
        return [name for name in names if name in history.columns]


def is_measurement(values: Floats) -> bool:
    """Can it be learned from? A column that rests carries nothing; one of two values is a switch, or
    somebody's mark of what is wrong."""
    here = values[np.isfinite(values)]
    _, counts = np.unique(here, return_counts=True)
    is_frequent = len(here) > 0 and 2 * len(here) >= len(values)
    return is_frequent and len(counts) > 2 and bool(counts.max() <= RESTS * len(here))

"""What a runner would have said live, over a history in hand. `scanward detect` is this."""

from collections.abc import Iterator, Sequence
from datetime import UTC, tzinfo

import numpy as np

from alerts.detectors.base import HISTORY, DetectorRunner, DetectorVerdict, Frame, Limit
from alerts.detectors.common.resample import day_after
from alerts.detectors.runner import create_runner, train
from core.schema.detector import Detector


def replay(
    settings: Detector, frame: Frame, *, limits: Sequence[Limit] = (), zone: tzinfo = UTC
) -> Iterator[DetectorVerdict]:
    """Feeds day by day, learns when it is due from what was known then, and goes on."""
    runner = create_runner(settings, limits=limits, zone=zone)
    begin = 0
    while begin < len(frame.at):
        midnight = day_after(int(frame.at[begin]), zone)
        end = max(int(np.searchsorted(frame.at, midnight, side="right")), begin + 1)
        yield from runner.feed(frame.rows(slice(begin, end)))
        begin = end
        _learn_if_due(runner, settings, frame, end)


def _learn_if_due(runner: DetectorRunner, settings: Detector, frame: Frame, end: int) -> None:
    now = int(frame.at[end - 1])
    if not runner.training_due(now):
        return
    history = frame.rows(slice(int(np.searchsorted(frame.at, now - HISTORY)), end))
    try:
        model = train(settings, history)
    except ValueError:
        return  # still learning; tried again tomorrow
    runner.adopt(model, history)

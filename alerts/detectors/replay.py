"""What a detector would have said live, over a history in hand. `scanward detect` is this."""

from collections.abc import Iterator, Sequence
from datetime import UTC, tzinfo

import numpy as np

from alerts.detectors import algorithm_class
from alerts.detectors.base import HISTORY, DetectorRunner, DetectorVerdict, Frame, Limit
from alerts.detectors.common.resample import day_after
from alerts.detectors.common.training_schedule import newest_span
from alerts.detectors.common.verdict_stream import (
    SensorFaults,
    obstacle_of,
    with_lasting_fault,
    with_obstacle,
)
from alerts.detectors.runner import create_runner, train
from core.schema.detector import Detector


def replay(
    settings: Detector, frame: Frame, *, limits: Sequence[Limit] = (), zone: tzinfo = UTC
) -> Iterator[DetectorVerdict]:
    """Feeds day by day, learns when it is due from what was known then, and goes on."""
    runner = create_runner(settings, limits=limits, zone=zone)
    faults: SensorFaults = {}
    obstacle, begin = "", 0
    alarms: list[tuple[int, int]] = []
    while begin < len(frame.at):
        midnight = day_after(int(frame.at[begin]), zone)
        end = max(int(np.searchsorted(frame.at, midnight, side="right")), begin + 1)
        for verdict in runner.feed(frame.rows(slice(begin, end))):
            lasting, faults = with_lasting_fault(verdict, faults, settings.metric)
            lasting = with_obstacle(lasting, obstacle)
            if lasting.alarm:
                alarms.append((lasting.at if lasting.since is None else lasting.since, lasting.at))
            yield lasting
        begin = end
        obstacle = _learn_if_due(runner, settings, frame, end, alarms, obstacle)


def _learn_if_due(
    runner: DetectorRunner,
    settings: Detector,
    frame: Frame,
    end: int,
    alarms: Sequence[tuple[int, int]],
    obstacle: str,
) -> str:
    """Why it could not; empty when it has learned, and what it was before while it is not due."""
    now = int(frame.at[end - 1])
    if not runner.training_due(now):
        return obstacle
    history = frame.rows(slice(int(np.searchsorted(frame.at, now - HISTORY)), end))
    algorithm = algorithm_class(settings.kind)
    try:
        left_out = [*alarms, *newest_span(algorithm, int(history.at[0]), now + 1)]
        model = train(settings, history, left_out=left_out)
    except ValueError as error:
        return obstacle_of(error)  # tried again tomorrow
    runner.adopt(model, history)
    return ""

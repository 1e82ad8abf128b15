"""What a watch would have said live, over a history in hand. `scanward detect` is this."""

from collections.abc import Iterator, Sequence
from datetime import UTC, tzinfo

import numpy as np

from alerts.detectors.base import Frame, Verdict
from alerts.detectors.common.resample import day_after
from alerts.detectors.runner import NEEDS, Watch, train
from alerts.detectors.statistics.limit_forecast import Limit
from core.schema.detector import Detector


def replay(
    settings: Detector, frame: Frame, *, limits: Sequence[Limit] = (), zone: tzinfo = UTC
) -> Iterator[Verdict]:
    """Feeds day by day, learns when it is due from what was known then, and goes on."""
    watch = Watch(settings, limits=limits, zone=zone)
    begin = 0
    while begin < len(frame.at):
        midnight = day_after(int(frame.at[begin]), zone)
        end = max(int(np.searchsorted(frame.at, midnight, side="right")), begin + 1)
        yield from watch.feed(_rows(frame, begin, end))
        begin = end
        _learn(watch, settings, frame, end, zone)


def _learn(watch: Watch, settings: Detector, frame: Frame, end: int, zone: tzinfo) -> None:
    now = int(frame.at[end - 1])
    if not watch.training_due(now):
        return
    history = _rows(frame, int(np.searchsorted(frame.at, now - NEEDS)), end)
    try:
        model = train(settings, history, zone=zone)
    except ValueError:
        return  # still learning; tried again tomorrow
    watch.adopt(model, history)


def _rows(frame: Frame, begin: int, end: int) -> Frame:
    return Frame(frame.at[begin:end], {n: c[begin:end] for n, c in frame.columns.items()})

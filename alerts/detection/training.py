"""Learning in another process: one at a time, at low priority, never in the way of judging."""

import contextlib
import hashlib
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np

from alerts.detection.backend import DetectorBackend
from alerts.detection.features import frames
from alerts.detection.targets import DetectorTarget
from alerts.detectors import algorithm_class
from alerts.detectors.base import Frame
from alerts.detectors.common.training_schedule import newest_span
from alerts.detectors.common.verdict_stream import TOO_LITTLE, obstacle_of
from core.errors import StoreError
from storage.detector_models.store import ModelState
from storage.series import SeriesReader

log = logging.getLogger(__name__)

_NICE = 15


@dataclass(frozen=True)
class TrainingJob:
    """What is to be learned, from [start, end) without the spans `left_out`, in UTC ms.

    `state` is of the runner that is due for a model, fed until `end`.
    """

    target: DetectorTarget
    state: ModelState
    series_path: Path
    start: int
    end: int
    left_out: Sequence[tuple[int, int]]
    zone: tzinfo
    bias: float
    backend: DetectorBackend


@dataclass(frozen=True)
class TrainingOutcome:
    """The state of the runner with its new model, or in words why there is none."""

    target: DetectorTarget
    state: ModelState | None
    error: str = ""
    obstacle: str = ""  # why, for whoever reads the verdicts: the data does not suffice
    is_broken: bool = False  # not the data: the training itself failed
    began_at: int = 0  # of the window that was learned from, UTC ms
    ended_at: int = 0
    rows: int = 0  # in which the metric has a value
    features: tuple[str, ...] = ()
    score: float | None = None
    input: str = ""  # git's object id of what was learned from


def learn(job: TrainingJob) -> TrainingOutcome:
    """Read the history, train, and let the runner adopt it; what goes wrong is in the outcome."""
    try:
        return _trained(job)
    except ValueError as error:
        return TrainingOutcome(job.target, None, str(error), obstacle=obstacle_of(error))
    except StoreError as error:
        return TrainingOutcome(job.target, None, str(error))
    except Exception as error:  # noqa: BLE001  whatever a library does, judging goes on
        return TrainingOutcome(job.target, None, f"{type(error).__name__}: {error}", is_broken=True)


def _trained(job: TrainingJob) -> TrainingOutcome:
    target, settings = job.target, job.target.settings
    [history] = frames(SeriesReader(job.series_path), [target], job.start, job.end)
    history = _from_first(history)
    began_at = int(history.at[0])
    algorithm = algorithm_class(settings.kind)
    left_out = [*job.left_out, *newest_span(algorithm, began_at, job.end)]
    model = job.backend.train(settings, history, left_out=left_out)
    runner = job.backend.restore_runner(
        settings, job.state, limits=target.limits, zone=job.zone, bias=job.bias
    )
    runner.adopt(model, history)
    return TrainingOutcome(
        target,
        runner.state(),
        began_at=began_at,
        ended_at=job.end,
        rows=int(np.isfinite(history.columns[settings.metric]).sum()),
        features=tuple(getattr(model, "features", ())),
        score=getattr(model, "quality", None),
        input=digest(history),
    )


def digest(rows: Frame) -> str:
    """Git's object id (SHA-256 repositories) of rows: of `blob <length>\\0` and the bytes.

    The bytes are the times and then each column in the order of its name, little-endian.
    """
    parts = [rows.at.astype("<i8").tobytes()]
    for name in sorted(rows.columns):
        parts += [name.encode(), b"\0", rows.columns[name].astype("<f8").tobytes()]
    body = b"".join(parts)
    return hashlib.sha256(b"blob %d\0" % len(body) + body).hexdigest()


class Trainer:
    """The other process. It begins with the first job and ends when there has been none for long."""

    def __init__(self) -> None:
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._job: TrainingJob | None = None

    @property
    def is_busy(self) -> bool:
        """A job was submitted, and its outcome not yet collected."""
        return self._job is not None

    @property
    def target(self) -> DetectorTarget | None:
        """Whose training runs now."""
        return self._job.target if self._job else None

    def submit(self, job: TrainingJob) -> None:
        """Begin. Only when it is not busy."""
        if self._process is None or not self._process.is_alive():
            self._begin()
        assert self._pipe is not None
        self._job = job
        with contextlib.suppress(OSError):  # it has died: `collect` says so
            self._pipe.send(job)

    def collect(self) -> TrainingOutcome | None:
        """The outcome, if there is one now. A process that died is one too."""
        if self._job is None or self._pipe is None or self._process is None:
            return None
        job = self._job
        try:
            if self._pipe.poll():
                self._job = None
                outcome: TrainingOutcome = self._pipe.recv()
                return outcome
        except (EOFError, OSError):
            pass
        else:
            if self._process.is_alive():
                return None
        code = self._process.exitcode
        self.stop()
        return TrainingOutcome(
            job.target, None, f"the training process ended ({code})", is_broken=True
        )

    def stop(self) -> None:
        """End it, whatever it does. The memory that learning took goes with it."""
        self._job = None
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None

    def _begin(self) -> None:
        self.stop()
        # A fresh interpreter: this one has threads, and a fork of it could inherit a held lock.
        context = get_context("spawn")
        self._pipe, child_end = context.Pipe()
        self._process = context.Process(target=_work, args=(child_end,), daemon=True)
        self._process.start()
        child_end.close()


def _work(pipe: Connection) -> None:
    """Learn what comes until the other side is gone: after kill -9 of it nothing is left behind."""
    os.nice(_NICE)
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            pipe.send(learn(pipe.recv()))


def _from_first(history: Frame) -> Frame:
    """Without the rows before anything was measured. ValueError if nothing ever was."""
    measured = np.zeros(len(history.at), bool)
    for values in history.columns.values():
        measured |= ~np.isnan(values)
    if not measured.any():
        raise ValueError(TOO_LITTLE)
    return history.rows(slice(int(np.argmax(measured)), None))

"""`scanward detect`: the detectors that watch live, over an export in hand."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import cache
from typing import cast

from alerts.detectors import KINDS, algorithm_class
from alerts.detectors.base import DetectorVerdict, Frame, Limit
from alerts.detectors.replay import replay
from alerts.detectors.runner import algorithm_for
from core.errors import ConfigError, Mistake
from core.schema.detector import Detector, DetectorKind
from core.schema.load import load_profile
from core.schema.load_profiles import SHIPPED_PROFILES
from core.schema.metric import widest
from core.schema.profile import Profile
from core.schema.strict_model import did_you_mean
from core.text.evidence_words import busy_week, sentences
from core.text.numbers import general
from core.time.clock import DAY, iso

TRAIN_ROWS = 400  # of a detector that judges every row, unless said otherwise
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class ExportTable:
    """A file's columns under names that a profile could have, and back."""

    frame: Frame
    names: dict[str, str]  # name inside: column of the file

    @classmethod
    def of(cls, frame: Frame) -> "ExportTable":
        """Any column name will do: what no profile could call so is numbered inside."""
        names = {}
        for number, column in enumerate(frame.columns):
            names[column if _NAME.fullmatch(column) else f"column_{number}"] = column
        columns = {inside: frame.columns[column] for inside, column in names.items()}
        return cls(Frame(frame.at, columns), names)

    def inside(self, option: str, column: str) -> str:
        """The inner name of a column of the file. ConfigError if it has none."""
        for inside, outside in self.names.items():
            if outside == column:
                return inside
        hint = did_you_mean(column, list(self.names.values()))
        raise ConfigError([Mistake(option, "", f"no column {column!r} in the file{hint}")])


def settings_for(
    table: ExportTable, metric: str | None, context: Sequence[str] | None, name: str | None
) -> Detector:
    """What a shipped profile has for this metric, under the options of the command.

    `name` is the id of a shipped detector or a kind. A metric that no profile knows is watched for
    drift. ConfigError says what is not there.
    """
    shipped = _shipped()
    _check_name(name, shipped)
    inside = _watched_column(table, metric, name)
    match = next((d for d in shipped if d.metric == inside and name in (None, d.id, d.kind)), None)
    match = match or next((d for d in shipped if d.id == name), None)
    base: dict[str, object] = {"id": "detect", "kind": name or "drift", "metric": inside}
    if match is not None:
        base = {**match.model_dump(), "metric": inside, "of": None, "less": None}
    if context is not None:
        base["context"] = {i: i for i in (table.inside("--context", c) for c in context)}
    elif match is not None:
        base["context"] = {key: key for key in match.context if key in table.names}
    if algorithm_class(cast(DetectorKind, base["kind"])).watches_every_column:
        base["beside"] = [other for other in table.names if other != inside]
        base["context"] = {}
    return Detector.model_validate(base).within(_plausible(table), _finest(inside))


def _check_name(name: str | None, shipped: Sequence[Detector]) -> None:
    """ConfigError if it is neither a kind nor the id of a shipped detector."""
    ids = [detector.id for detector in shipped]
    if name is not None and name not in KINDS and name not in ids:
        hint = did_you_mean(name, [*KINDS, *ids])
        text = f"unknown detector {name!r}{hint}; kinds are {', '.join(KINDS)}"
        raise ConfigError([Mistake("--detector", "", text)])


def _watched_column(table: ExportTable, metric: str | None, name: str | None) -> str:
    """The inner name of the watched column: any, for a kind that watches all of them."""
    if metric is None:
        is_kind = name in KINDS
        if not is_kind or not algorithm_class(cast(DetectorKind, name)).watches_every_column:
            raise ConfigError([Mistake("--metric", "", "say which column is to be watched")])
        metric = next(iter(table.names.values()))
    return table.inside("--metric", metric)


def _plausible(table: ExportTable) -> dict[str, tuple[float, float]]:
    """The range of each column that is named like a metric of a shipped profile."""
    metrics = [metric for profile in _profiles() for metric in profile.metrics.items()]
    known = {
        name: widest(metric.plausible for other, metric in metrics if other == name)
        for name in table.names
    }
    return {name: range_ for name, range_ in known.items() if range_ is not None}


def _finest(watched: str) -> float:
    """Half of the narrowest band of the watched column, if a shipped profile has such a metric."""
    known = (profile.metrics.get(watched) for profile in _profiles())
    return max((metric.finest for metric in known if metric is not None), default=0.0)


def _shipped() -> list[Detector]:
    """Every detector of every shipped profile, the first of each id and metric."""
    detectors: dict[tuple[str, str], Detector] = {}
    for profile in _profiles():
        for detector in profile.detectors:
            detectors.setdefault((detector.id, detector.metric), detector)
    return list(detectors.values())


@cache
def _profiles() -> list[Profile]:
    return [load_profile(path) for path in sorted(SHIPPED_PROFILES.glob("*.yaml"))]


def verdicts(
    table: ExportTable,
    settings: Detector,
    limits: Sequence[Limit],
    zone: tzinfo,
    train_rows: int | None,
) -> Iterator[dict[str, object]]:
    """One JSON-able verdict after another, as they would have come live."""
    judged = (
        _row_by_row(table.frame, settings, train_rows or TRAIN_ROWS)
        if algorithm_class(settings.kind).runner.judges_each_row
        else replay(settings, table.frame, limits=limits, zone=zone)
    )
    for verdict in judged:
        yield as_json(verdict, table.names)


def _row_by_row(frame: Frame, settings: Detector, count: int) -> Iterator[DetectorVerdict]:
    """Learn from the first rows, judge every other one."""
    algorithm = algorithm_for(settings)
    frame = algorithm.runner.training_rows(algorithm, frame)
    first = frame.rows(slice(None, count))
    try:
        model = algorithm.fit(first)
    except ValueError as error:
        raise ConfigError([Mistake("--train-rows", "", str(error))]) from None
    for at in first.at.tolist():
        yield DetectorVerdict(at, "learning", 0.0, False)
    yield from (verdict for verdict in model.score(frame) if verdict.at > first.at[-1])


def as_json(verdict: DetectorVerdict, names: dict[str, str]) -> dict[str, object]:
    """The line of one verdict; times are ISO in UTC."""

    def moment(at: int | None) -> str | None:
        return None if at is None else iso(at)

    return {
        "at": iso(verdict.at),
        "kind": verdict.kind,
        "reason": str(verdict.reason),
        "score": verdict.score,
        "alarm": verdict.alarm,
        "value": verdict.value,
        "expected": verdict.expected,
        "low": verdict.low,
        "high": verdict.high,
        "carried_by": [names.get(name, name) for name in verdict.carried_by],
        "evidence": _evidence(verdict),
        "since": moment(verdict.since),
        "limit": verdict.limit,
        "limit_at": moment(verdict.limit_at),
        "limit_at_low": moment(verdict.limit_at_low),
        "limit_at_high": moment(verdict.limit_at_high),
    }


def _evidence(verdict: DetectorVerdict) -> list[str]:
    """In English words."""
    words = sentences(verdict.evidence, _short)
    if verdict.limit is not None:
        weeks = busy_week(
            verdict.evidence, _short(verdict.limit), lambda at: round((at - verdict.at) / DAY)
        )
        words += [weeks] if weeks else []
    return [str(sentence) for sentence in words]


def _short(value: float) -> str:
    return general(value, 4)


def json_line(verdict: dict[str, object]) -> str:
    """One JSON object, numbers to ten significant digits."""
    rounded = {k: float(f"{v:.10g}") if isinstance(v, float) else v for k, v in verdict.items()}
    return json.dumps(rounded, allow_nan=False, ensure_ascii=False)

"""`scanward detect`: the detectors that watch live, over an export in hand."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import cache

from alerts.detectors import KINDS
from alerts.detectors.base import Frame, Verdict
from alerts.detectors.common.resample import believable
from alerts.detectors.replay import replay
from alerts.detectors.statistics.limit_forecast import Limit
from core.errors import ConfigError, Mistake
from core.schema.detector import Detector
from core.schema.load import load_profile
from core.schema.load_profiles import SHIPPED_PROFILES
from core.schema.metric import widest
from core.schema.profile import Profile
from core.schema.strict_model import did_you_mean
from core.time.clock import iso

TRAIN_ROWS = 400  # of a detector that judges every row, unless said otherwise
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Door:
    """A file's columns under names that a profile could have, and back."""

    frame: Frame
    names: dict[str, str]  # name inside: column of the file

    @classmethod
    def of(cls, frame: Frame) -> "Door":
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
    door: Door, metric: str | None, context: Sequence[str] | None, name: str | None
) -> Detector:
    """What a shipped profile says of this metric, under the wishes of who asks.

    `name` is the id of a shipped detector or a kind. A metric that no profile knows is watched for
    drift. ConfigError says what is not there.
    """
    shipped = _shipped()
    if name is not None and name not in KINDS and name not in {one.id for one in shipped}:
        known = [*KINDS, *(one.id for one in shipped)]
        text = f"unknown detector {name!r}{did_you_mean(name, known)}; kinds are {', '.join(KINDS)}"
        raise ConfigError([Mistake("--detector", "", text)])
    if metric is None:
        if name != "multivariate":
            raise ConfigError([Mistake("--metric", "", "say which column is to be watched")])
        metric = next(iter(door.names.values()))
    inside = door.inside("--metric", metric)
    found = next((d for d in shipped if d.metric == inside and name in (None, d.id, d.kind)), None)
    found = found or next((d for d in shipped if d.id == name), None)
    base: dict[str, object] = {"id": "detect", "kind": name or "drift", "metric": inside}
    if found is not None:
        base = {**found.model_dump(), "metric": inside, "of": None, "less": None}
    if context is not None:
        base["context"] = {i: i for i in (door.inside("--context", c) for c in context)}
    elif found is not None:
        base["context"] = {key: key for key in found.context if key in door.names}
    if base["kind"] == "multivariate":
        base["beside"] = [other for other in door.names if other != inside]
        base["context"] = {}
    return Detector.model_validate(base).within(_plausible(door))


def _plausible(door: Door) -> dict[str, tuple[float, float]]:
    """What can be true of the columns that are named like a metric of a shipped profile."""
    metrics = [metric for one in _profiles() for metric in one.metrics.items()]
    known = {
        name: widest(shape.plausible for other, shape in metrics if other == name)
        for name in door.names
    }
    return {name: range_ for name, range_ in known.items() if range_ is not None}


def _shipped() -> list[Detector]:
    """Every detector of every shipped profile, the first of each id and metric."""
    found: dict[tuple[str, str], Detector] = {}
    for profile in _profiles():
        for detector in profile.detectors:
            found.setdefault((detector.id, detector.metric), detector)
    return list(found.values())


@cache
def _profiles() -> list[Profile]:
    return [load_profile(path) for path in sorted(SHIPPED_PROFILES.glob("*.yaml"))]


def verdicts(
    door: Door, settings: Detector, limits: Sequence[Limit], zone: tzinfo, train_rows: int | None
) -> Iterator[dict[str, object]]:
    """One JSON-able verdict after another, as they would have come live."""
    told = (
        _row_by_row(door.frame, settings, train_rows or TRAIN_ROWS)
        if settings.kind == "multivariate"
        else replay(settings, door.frame, limits=limits, zone=zone)
    )
    for verdict in told:
        yield as_json(verdict, door.names)


def _row_by_row(frame: Frame, settings: Detector, count: int) -> Iterator[Verdict]:
    """Learn from the first rows, judge every other one."""
    frame = believable(frame, settings.plausible)
    first = Frame(frame.at[:count], {name: col[:count] for name, col in frame.columns.items()})
    try:
        model = KINDS[settings.kind](settings).fit(first)
    except ValueError as error:
        raise ConfigError([Mistake("--train-rows", "", str(error))]) from None
    for at in first.at.tolist():
        yield Verdict(at, "learning", 0.0, False)
    yield from (one for one in model.score(frame) if one.at > first.at[-1])


def as_json(verdict: Verdict, names: dict[str, str]) -> dict[str, object]:
    """The line of one verdict; times are ISO in UTC."""

    def moment(at: int | None) -> str | None:
        return None if at is None else iso(at)

    return {
        "at": iso(verdict.at),
        "kind": verdict.kind,
        "score": verdict.score,
        "alarm": verdict.alarm,
        "value": verdict.value,
        "expected": verdict.expected,
        "low": verdict.low,
        "high": verdict.high,
        "carried_by": [names.get(name, name) for name in verdict.carried_by],
        "since": moment(verdict.since),
        "limit": verdict.limit,
        "limit_at": moment(verdict.limit_at),
        "limit_at_low": moment(verdict.limit_at_low),
        "limit_at_high": moment(verdict.limit_at_high),
    }


def line(verdict: dict[str, object]) -> str:
    """As it is written: one JSON object, numbers to ten significant digits."""
    rounded = {k: float(f"{v:.10g}") if isinstance(v, float) else v for k, v in verdict.items()}
    return json.dumps(rounded, allow_nan=False, ensure_ascii=False)

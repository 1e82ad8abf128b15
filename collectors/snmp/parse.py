"""Turns an agent's answers into readings and events. Pure: no socket, no clock, no log."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from collectors.base import Observation, bad_answer, to_batch, validated
from collectors.numbers import NotANumberError, read_number
from core.readings import Batch, Reading
from core.schema.site import Device
from core.schema.sources.snmp import SnmpSource, SnmpTable, SnmpValue

# Instance OID without a leading dot -> what the agent said; None means that it has no value there.
Answers = Mapping[str, object]
_Series = tuple[str, str]  # metric and component

_WRAP = 2**32  # where an Integer32 begins anew
# An agent that answers one size as negative cuts off what is above 32 bits: a size from here on
# (1 TiB in units of 4 KiB) may be one of them too, with 16 TiB cut off, and nothing shows it.
_LARGE = 2**28
_SHORT = "this agent cuts sizes off at 2^32 units, so this one may be larger than it says"


class RequestedOids(NamedTuple):
    """The OIDs to request from an agent, each once, in the profile's order."""

    scalars: tuple[str, ...]
    columns: tuple[str, ...]


def requested_oids(device: Device, source: SnmpSource) -> RequestedOids:
    """The scalars to get and the columns to walk for one source of one device."""
    tables = source.columns(device.profile)
    scalars = [value.oid for value in source.scalars(device.profile)]
    scalars += [table.rows for table in tables if table.rows]
    columns = []
    for table in tables:
        columns += [oid for oid in (table.oid, table.of, table.label) if oid]
    return RequestedOids(tuple(dict.fromkeys(scalars)), tuple(dict.fromkeys(columns)))


def parse(device: Device, source: SnmpSource, answers: Answers, at: int) -> Batch:
    """What one poll of a device brought; who polls again and again keeps an AnswerReader."""
    return AnswerReader(device, source).read(answers, at)


class AnswerReader:
    """Reads the answers of one source of one device; what its profile says is looked up once."""

    def __init__(self, device: Device, source: SnmpSource) -> None:
        self._device = device
        self._scalars = [_Scalar(device, value) for value in source.scalars(device.profile)]
        self._tables = source.columns(device.profile)

    def read(self, answers: Answers, at: int) -> Batch:
        """Every believable answer as a reading, every unbelievable one as an event of quality `bad`.

        `at` is UTC milliseconds. What the agent did not answer is a gap, never a zero. Of two readings
        of one series the later in the profile stands: it is there because it knows better.
        """
        series: dict[_Series, Observation] = {}
        for scalar in self._scalars:
            raw = answers.get(scalar.oid)
            if raw is not None:
                _put(series, scalar.series, scalar.observation(raw, at))
        for table in self._tables:
            for component, observation in _table_observations(self._device, table, answers, at):
                _put(series, (table.metric, component), observation)
        return to_batch(series.values())


class _Scalar:
    """One scalar of a profile."""

    __slots__ = ("_device", "_highest", "_lowest", "_missing", "_scale", "oid", "series")

    def __init__(self, device: Device, value: SnmpValue) -> None:
        metric = device.profile.metrics[value.metric]
        self.oid, self.series = value.oid, (value.metric, value.component)
        self._device, self._scale, self._missing = device, value.scale, value.missing
        self._lowest, self._highest = metric.plausible or (-math.inf, math.inf)
        if metric.kind == "counter":
            self._lowest = max(self._lowest, 0.0)

    def observation(self, raw: object, at: int) -> Observation:
        """What the answer means. A plain number in its range, as nearly all are, needs no look at words and units."""
        metric, component = self.series
        if type(raw) is int and raw not in self._missing:
            number = raw * self._scale
            if self._lowest <= number <= self._highest:
                return Reading(self._device.id, metric, number, at, component)
        return validated(
            self._device,
            metric,
            _unwrapped(self._device, metric, raw, self._missing),
            at,
            component=component,
            scale=self._scale,
            missing=self._missing,
        )


def _put(series: dict[_Series, Observation], key: _Series, observation: Observation) -> None:
    if isinstance(observation, Reading) or not isinstance(series.get(key), Reading):
        series[key] = observation or series.get(key)


def _table_observations(
    device: Device, table: SnmpTable, answers: Answers, at: int
) -> Iterator[tuple[str, Observation]]:
    """Component and observation of each row that is a sensor."""
    indexes = sorted(_indexes(table, answers), key=_by_number)
    labels = _labels(table, indexes, answers)
    is_truncating = table.of is not None and any(
        (_number(answers.get(f"{table.of}.{index}")) or 0) < 0 for index in indexes
    )
    for index in indexes:
        component = table.component.replace("{index}", index).replace("{label}", labels[index])
        if table.only and not re.search(table.only, component):
            continue
        if is_truncating and _may_be_short(_number(answers.get(f"{table.of}.{index}"))):
            yield component, bad_answer(device, table.metric, _SHORT, at, component)
            continue
        raw, missing = _row(device, table, index, answers)
        yield (
            component,
            validated(
                device,
                table.metric,
                raw,
                at,
                component=component,
                scale=table.scale,
                missing=missing,
            ),
        )


def _indexes(table: SnmpTable, answers: Answers) -> list[str]:
    """The rows of a column, without those above the number of rows that the agent names."""
    prefix = f"{table.oid}."
    indexes = [oid[len(prefix) :] for oid in answers if oid.startswith(prefix)]
    most = _number(answers.get(table.rows)) if table.rows else None
    if most is None or most < 1:  # agents that count nothing at all answer 0
        return indexes
    return [index for index in indexes if _by_number(index)[-1] <= most]


def _by_number(index: str) -> list[int]:
    return [int(number) if number.isdecimal() else -1 for number in index.split(".")]


def _row(
    device: Device, table: SnmpTable, index: str, answers: Answers
) -> tuple[object, Iterable[float]]:
    """The row's answer, divided if the table says so, and what means "no sensor" in it."""
    raw = answers[f"{table.oid}.{index}"]
    if table.of is None or raw is None:
        return _unwrapped(device, table.metric, raw, table.missing), table.missing
    try:
        used, total = read_number(raw), read_number(answers.get(f"{table.of}.{index}"))
    except NotANumberError:
        return math.nan, ()
    if used is None or total is None or total.value == 0 or used.value in table.missing:
        return None, ()
    if used.unit != total.unit:
        return math.nan, ()
    return _unsigned(used.value) / _unsigned(total.value), ()


def _unwrapped(device: Device, metric: str, raw: object, missing: Iterable[float]) -> object:
    """A counter is never negative: an agent that says so has put it into an Integer32."""
    is_counter = device.profile.metrics[metric].kind == "counter"
    number = _number(raw) if is_counter else None
    if number is None or number >= 0 or number in missing:
        return raw
    return _unsigned(number)


def _unsigned(number: float) -> float:
    """An amount that an agent put into an Integer32, where its highest bit looks like a sign."""
    return number + _WRAP if -_WRAP / 2 <= number < 0 else number


def _may_be_short(size: float | None) -> bool:
    return size is not None and size >= _LARGE


def _number(answer: object) -> float | None:
    try:
        number = read_number(answer)
    except NotANumberError:
        return None
    return None if number is None or number.unit else number.value


def _labels(table: SnmpTable, indexes: list[str], answers: Answers) -> dict[str, str]:
    """Each row's label. Rows that share one get their index behind it, or one would hide another."""
    if table.label is None:
        return dict.fromkeys(indexes, "")
    labels = {index: _text(answers.get(f"{table.label}.{index}")) for index in indexes}
    occurrences = Counter(labels.values())
    return {
        index: label if label and occurrences[label] == 1 else f"{label} {index}".strip()
        for index, label in labels.items()
    }


def _text(answer: object) -> str:
    if answer is None:
        return ""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return text.replace("\x00", "").strip()

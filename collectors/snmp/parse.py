"""Turns an agent's answers into readings and events. Pure: no socket, no clock, no log."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from collectors.base import Observation, to_batch, validated
from core.readings import Batch
from core.schema.site import Device
from core.schema.sources.snmp import SnmpSource, SnmpTable

# Instance OID without a leading dot -> what the agent said; None means that it has no value there.
Answers = Mapping[str, object]


class RequestedOids(NamedTuple):
    """The OIDs to request from an agent, each once, in the profile's order."""

    scalars: tuple[str, ...]
    columns: tuple[str, ...]


def requested_oids(device: Device, source: SnmpSource) -> RequestedOids:
    """The scalars to get and the columns to walk for one source of one device."""
    scalars = [value.oid for value in source.scalars(device.profile)]
    columns = []
    for table in source.columns(device.profile):
        columns += [oid for oid in (table.oid, table.of, table.label) if oid]
    return RequestedOids(tuple(dict.fromkeys(scalars)), tuple(dict.fromkeys(columns)))


def parse(device: Device, source: SnmpSource, answers: Answers, at: int) -> Batch:
    """Every believable answer as a reading, every unbelievable one as an event of quality `bad`.

    `at` is UTC milliseconds. What the agent did not answer is a gap, never a zero.
    """
    observations = [
        validated(
            device,
            value.metric,
            answers.get(value.oid),
            at,
            component=value.component,
            scale=value.scale,
            missing=value.missing,
        )
        for value in source.scalars(device.profile)
    ]
    for table in source.columns(device.profile):
        observations += _table_observations(device, table, answers, at)
    return to_batch(observations)


def _table_observations(
    device: Device, table: SnmpTable, answers: Answers, at: int
) -> Iterator[Observation]:
    indexes = sorted(_indexes(table.oid, answers), key=_by_number)
    labels = _labels(table, indexes, answers)
    for index in indexes:
        raw, missing = _row(table, index, answers)
        component = table.component.replace("{index}", index).replace("{label}", labels[index])
        if table.only and not re.search(table.only, component):
            continue
        yield validated(
            device,
            table.metric,
            raw,
            at,
            component=component,
            scale=table.scale,
            missing=missing,
        )


def _indexes(column: str, answers: Answers) -> list[str]:
    prefix = f"{column}."
    return [oid[len(prefix) :] for oid in answers if oid.startswith(prefix)]


def _by_number(index: str) -> list[int]:
    return [int(number) if number.isdecimal() else -1 for number in index.split(".")]


def _row(table: SnmpTable, index: str, answers: Answers) -> tuple[object, Iterable[float]]:
    """The row's answer, divided if the table says so, and what means "no sensor" in it."""
    raw = answers[f"{table.oid}.{index}"]
    if table.of is None or raw is None:
        return raw, table.missing
    used, total = _number(raw), _number(answers.get(f"{table.of}.{index}"))
    if total is None or total == 0 or used in table.missing:
        return None, ()
    return (raw if used is None else used / total), ()


def _number(answer: object) -> float | None:
    try:
        return float(answer) if isinstance(answer, int | float | str | bytes) else None
    except (ValueError, OverflowError):
        return None


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

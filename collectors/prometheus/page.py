"""The samples of a page. Pure.

Lines are read one by one: a line that is broken takes no other with it, and what nobody looks for costs
nothing. prometheus_client reads a line's labels, whose escapes are easy to get wrong.
"""

import math
import re
from collections import Counter
from collections.abc import Set
from typing import NamedTuple

from prometheus_client.parser import text_string_to_metric_families

_NAME = re.compile(r"[A-Za-z_:][\w:]*", re.ASCII)
_LONGEST_LINE = 16_384  # characters; a label holds a name, not a document
_EXEMPLAR = re.compile(r' # \{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\} \S+(?: \S+)?$')  # OpenMetrics
_END = "# EOF"
_STARTED = "process_start_time_seconds"  # of the program, by Prometheus' own convention


class PageSample(NamedTuple):
    """One number; `stamp` is the page's own time for it, UTC milliseconds."""

    name: str
    labels: dict[str, str]
    value: float
    stamp: int | None


class PageText(NamedTuple):
    """What stands on a page: the samples that are looked for, and how many lines other names have."""

    samples: list[PageSample]
    others: Counter[str]
    broken_lines: int
    is_cut: bool  # its last line is not whole, or the end that OpenMetrics promises is lacking
    started: float | None  # when the program began, seconds


def read_page(text: str, names: Set[str], *, is_openmetrics: bool) -> PageText:
    """The samples of these names. A half last line is left out: `12` may have been going to be `123`."""
    *lines, half_line = text.split("\n")
    is_cut = half_line != ""
    if is_openmetrics:
        is_cut = not text.rstrip().endswith(_END)
    samples, others, broken_lines, started = list[PageSample](), Counter[str](), 0, None
    for line in (raw.strip() for raw in lines):
        if not line or line.startswith("#"):
            continue
        name = _name(line)
        if name not in names and name != _STARTED:
            others[name] += 1
            continue
        sample = _sample(line, is_openmetrics=is_openmetrics)
        if sample is None:
            broken_lines += 1
        elif sample.name == _STARTED:
            started = sample.value
        if sample is not None and sample.name in names:
            samples.append(sample)
    return PageText(samples, others, broken_lines, is_cut, started)


def _name(line: str) -> str:
    """The name of a line's sample; one with letters of all the world stands in quotes within the braces."""
    match = _NAME.match(line)
    if match:
        return match[0]
    sample = _sample(line, is_openmetrics=False) if line.startswith("{") else None
    return "" if sample is None else sample.name


def _sample(line: str, *, is_openmetrics: bool) -> PageSample | None:
    if len(line) > _LONGEST_LINE:
        return None
    if is_openmetrics:
        line = _EXEMPLAR.sub("", line)
    try:
        (family,) = text_string_to_metric_families(line)
        (sample,) = family.samples
        # The parser takes the last number for milliseconds; OpenMetrics gives seconds.
        stamp_s = None if sample.timestamp is None else float(sample.timestamp)
        stamp_ms = None if stamp_s is None else stamp_s * (1_000_000 if is_openmetrics else 1_000)
        if stamp_ms is not None and not 0 <= stamp_ms < 1e14:
            return None
    except Exception:  # noqa: BLE001  the parser raises ValueError, IndexError and more
        return None
    return PageSample(
        sample.name,
        sample.labels,
        float(sample.value),
        None if stamp_ms is None else round(stamp_ms),
    )


def is_gap(value: float) -> bool:
    """NaN, also the one that means "stale", and the infinities: nothing was measured."""
    return not math.isfinite(value)

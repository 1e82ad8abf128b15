"""From what a runner says to what is stored and shown: the same live and over an export in hand."""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from alerts.detectors.base import DetectorVerdict
from core.text.phrase import Phrase
from core.vocabulary.detection import VerdictKind

FAULTS = ("stuck", "absent", "impossible")  # of a sensor

TOO_LITTLE = Phrase("too little was measured to learn what is normal")

SensorFaults = dict[str, str]  # by sensor: the kind, and after a colon what it looks like


def with_lasting_fault(
    verdict: DetectorVerdict, faults: Mapping[str, str], metric: str
) -> tuple[DetectorVerdict, SensorFaults]:
    """A runner tells a sensor's fault when it begins and ends; here the metric's lasts until then."""
    sensor = verdict.carried_by[0] if verdict.carried_by else ""
    after = dict(faults)
    if verdict.kind in FAULTS:
        after[sensor] = f"{verdict.kind}: {verdict.reason}" if verdict.reason else verdict.kind
    elif sensor in faults:
        del after[sensor]
    if metric not in after or verdict.kind in FAULTS or verdict.is_news:
        return verdict, after
    kind, _, cause = after[metric].partition(": ")
    fault = replace(verdict, kind=cast(VerdictKind, kind), carried_by=(metric,), reason=cause)
    return fault, after


def tells_a_sensor(verdict: DetectorVerdict, faults: Mapping[str, str]) -> bool:
    """Does it say that a sensor's fault begins, or that one of `faults` is over?"""
    sensor = verdict.carried_by[0] if verdict.carried_by else ""
    return verdict.kind in FAULTS or sensor in faults


def with_obstacle(verdict: DetectorVerdict, obstacle: str) -> DetectorVerdict:
    """What cannot learn says so, and why; empty: nothing stands in its way."""
    if verdict.kind != "learning" or not obstacle:
        return verdict
    return replace(verdict, kind="cannot_judge", reason=obstacle)


def obstacle_of(error: ValueError) -> str:
    """Why a model could not be fitted, in words that can be translated."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, Phrase) else TOO_LITTLE

"""Learns on three weeks and reads the two that follow, for scanners of the simulator and for others.

python -m benchmarks.plug.run [--seeds 3]
"""

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from benchmarks.plug.recording import Recording
from benchmarks.plug.scanners import SCANNERS, Meter, recorded
from benchmarks.plug.simulated import KINDS, simulated
from collectors.plug_use.fit import Counted
from collectors.plug_use.idle import above_idle
from collectors.plug_use.learn import learn
from collectors.plug_use.metrics import EXAMINATIONS, TUBE_LOAD, features_for
from collectors.plug_use.model import PlugModel
from collectors.plug_use.power_curve import Floats
from collectors.plug_use.pulses import find_pulses
from collectors.plug_use.spans import seen_in

TAUGHT, DAYS = 21, 35  # days learned from, and all


class Error(NamedTuple):
    """In % of all that was done on the days held out."""

    by_day: float  # the sum of what single days are off
    in_all: float  # what their sum is off
    usual: float  # the same as `by_day` for who says the mean of that weekday
    claimed: float  # what the model says of itself


def errors(recording: Recording, taught: int = TAUGHT) -> dict[str, Error]:
    """By metric; none where the plug is not learned."""
    lessons = {EXAMINATIONS: recording.counted(0, taught), TUBE_LOAD: recording.loaded(0, taught)}
    truth = {
        EXAMINATIONS: recording.counted(taught, recording.days),
        TUBE_LOAD: recording.loaded(taught, recording.days),
    }
    curve = recording.curve
    until = np.searchsorted(curve.begin, lessons[EXAMINATIONS].spans.end[-1])
    past = curve._replace(
        begin=curve.begin[:until], end=curve.end[:until], watts=curve.watts[:until]
    )
    model = learn("here", past, lessons, 0)
    if not isinstance(model, PlugModel):
        return {}
    above, _ = above_idle(curve)
    pulses = find_pulses(curve, above, model.threshold_w)
    result = {}
    for metric, weights in model.weights.items():
        own = truth[metric]
        read = features_for(metric, seen_in(own.spans, curve, above, pulses)) @ np.array(weights)
        result[metric] = _error(read, own, lessons[metric], model.accuracy[metric].error_pct)
    return result


def _error(read: Floats, truth: Counted, lessons: Counted, claimed: float) -> Error:
    daily, daily_truth, past = (
        _daily(read, truth),
        _daily(truth.amount, truth),
        _daily(lessons.amount, lessons),
    )
    days = range(len(past), len(past) + len(daily_truth))
    usual = np.array([past[day % 7 :: 7].mean() for day in days])
    whole = daily_truth.sum() / 100
    return Error(
        float(np.abs(daily - daily_truth).sum() / whole),
        float(abs(daily.sum() - daily_truth.sum()) / whole),
        float(np.abs(usual - daily_truth).sum() / whole),
        claimed,
    )


def _daily(amounts: Floats, counted: Counted) -> Floats:
    return np.bincount(counted.day - counted.day[0], amounts).astype(np.float64)


def recordings() -> Iterator[tuple[str, Callable[[int], Recording]]]:
    """Every scanner of the table, by a seed."""
    for kind in KINDS:
        yield f"simulator: {kind}", partial(simulated, kind, days=DAYS)
    for name in SCANNERS:
        yield name, partial(recorded, name, days=DAYS)
    yield (
        "fluoroscopy, meter of 10 W",
        partial(recorded, "fluoroscopy by pedal", days=DAYS, meter=Meter(step_w=10)),
    )
    yield (
        "CT with rotor, 60 s",
        partial(recorded, "CT with rotor and warm-up", days=DAYS, meter=Meter(every_s=60)),
    )
    yield (
        "mammography, a second in ten",
        partial(recorded, "mammography", days=DAYS, meter=Meter(is_mean=False)),
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    seeds = range(1, parser.parse_args().seeds + 1)
    print("| | examinations | in all | says | usual day | load | in all | says | usual day |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, of in recordings():
        outcomes = [errors(of(seed)) for seed in seeds]
        cells = [
            _cell([error[metric][field] for error in outcomes if metric in error], len(outcomes))
            for metric in (EXAMINATIONS, TUBE_LOAD)
            for field in (0, 1, 3, 2)
        ]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def _cell(values: list[float], runs: int) -> str:
    if len(values) < runs:
        return f"not learned in {runs - len(values)} of {runs}"
    return f"{np.mean(values):.1f} %"


if __name__ == "__main__":
    main()

"""How well abrupt faults of a pump-and-valve loop are found (SKAB, by its own protocol), beside peers.

    python -m benchmarks.skab.run --data FOLDER [--cross-fit]

FOLDER holds SKAB's `data`: valve1/, valve2/, other/, anomaly-free/, or some of them. It is not part
of Scanward (GPL). Of each file the first 400 rows are learned from, without marks; the rest is judged
row by row, and all files are counted together.
"""

import argparse
import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from alerts.detectors.base import Frame
from alerts.detectors.multivariate.model import Multivariate, Tuning
from benchmarks.skab.files import TRAINING, Marked, part, read, read_all
from benchmarks.skab.peers import PEERS
from core.schema.detector import Detector

SETTINGS = Detector(id="loop", kind="multivariate", metric="loop")  # every column of the frame
FAMILY = [
    Tuning(windows, order, limit, clear)
    for windows, order, limit, clear in itertools.product(
        ((10, 30), (10, 45), (10, 60)),
        (2, 3, 4, 6, 8),
        (3.5, 4.0, 4.5, 5.0, 5.5),
        (0.05, 0.1, 0.2),
    )
]
HEALTHY = (400, 3000, 6000)  # rows learned from, of the recording without a fault


def alarms(one: Marked, tuning: Tuning) -> np.ndarray:
    """What the detector says of each row that is judged."""
    model = Multivariate(SETTINGS, tuning).fit(one.history)
    return np.array([verdict.alarm for verdict in model.score(one.rest)])


def counts(said: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Found, false, missed and rightly silent rows."""
    pairs = (said & truth, said & ~truth, ~said & truth, ~said & ~truth)
    return np.array([pair.sum() for pair in pairs])


def figures(found: np.ndarray) -> tuple[float, float, float]:
    """F1, false-alarm rate (%), missed-alarm rate (%)."""
    right, false, missed, silent = (float(n) for n in found)
    f1 = 2 * right / max(2 * right + false + missed, 1.0)
    return f1, 100 * false / max(false + silent, 1.0), 100 * missed / max(missed + right, 1.0)


def row(name: str, found: np.ndarray) -> str:
    """A line of the table."""
    f1, false, missed = figures(found)
    return f"| {name} | {f1:.3f} | {false:.1f} | {missed:.1f} |"


def values(frame: Frame) -> np.ndarray:
    """(n, d)"""
    return np.stack(list(frame.columns.values()), axis=1)


def cross_fitted(files: Sequence[Marked]) -> np.ndarray:
    """Each file is judged by whichever of the family did best on all the others."""
    each = np.array(
        [[counts(alarms(one, tuning), one.truth) for one in files] for tuning in FAMILY]
    )
    found = np.zeros(4)
    for number in range(len(files)):
        others = each.sum(axis=1) - each[:, number]
        best = int(np.argmax([figures(one)[0] for one in others]))
        found += each[best, number]
    return found


def healthy(path: Path) -> None:
    """How much of an hour without a fault is spent in alarm, by what was learned from."""
    one = read(path)
    for rows in HEALTHY:
        model = Multivariate(SETTINGS).fit(part(one.frame, slice(None, rows)))
        said = [v.alarm for v in model.score(part(one.frame, slice(rows, rows + 3400)))]
        print(
            f"learned from {rows} rows: {np.mean(said):.1%} of the next {len(said)} in alarm,",
            end=" ",
        )
        print(f"{int(np.sum(np.diff(said, prepend=False) & said))} alarms")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="SKAB by its own protocol")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cross-fit", action="store_true", help="takes minutes")
    asked = parser.parse_args()
    files = read_all(asked.data)
    print(f"{len(files)} files, {TRAINING} rows learned from in each\n")
    print("| | F1 | false alarms, % | missed, % |\n|---|---|---|---|")
    ours = [counts(alarms(one, Tuning()), one.truth) for one in files]
    print(row("scanward, multivariate", np.sum(ours, axis=0)))
    if asked.cross_fit:
        print(row("the same, cross-fitted", cross_fitted(files)))
    for name, peer in PEERS.items():
        said = [counts(peer(values(one.history), values(one.rest)), one.truth) for one in files]
        print(row(name, np.sum(said, axis=0)))
    print(
        "\nper file: "
        + ", ".join(f"{f.name} {figures(n)[0]:.2f}" for f, n in zip(files, ours, strict=True))
    )
    for path in sorted(asked.data.rglob("anomaly-free.csv")):
        healthy(path)


if __name__ == "__main__":
    main()

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
from alerts.detectors.multivariate.model import Tuning
from alerts.detectors.multivariate.training import Multivariate
from benchmarks.skab.files import TRAINING, Marked, part, read, read_all
from benchmarks.skab.peers import PEERS
from core.schema.detector import Detector

SETTINGS = Detector(id="loop", kind="multivariate", metric="loop")  # every column of the frame
FAMILY = [
    Tuning(windows, order, limit, clear, follows)
    for windows, order, limit, clear, follows in itertools.product(
        ((10, 45), (20, 60), (20, 80)),
        (3, 4, 6),
        (4.0, 4.5, 5.0, 5.5),
        (0.1, 0.25),
        (500.0, 1e9),
    )
]
HEALTHY = (400, 3000, 6000)  # rows learned from, of the recording without a fault


def alarms(recording: Marked, tuning: Tuning) -> np.ndarray:
    """What the detector says of each row that is judged."""
    model = Multivariate(SETTINGS, tuning).fit(recording.history)
    return np.array([verdict.alarm for verdict in model.score(recording.rest)])


def counts(is_alarm: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Found, false, missed and rightly silent rows."""
    pairs = (is_alarm & truth, is_alarm & ~truth, ~is_alarm & truth, ~is_alarm & ~truth)
    return np.array([pair.sum() for pair in pairs])


def figures(row_counts: np.ndarray) -> tuple[float, float, float]:
    """F1, false-alarm rate (%), missed-alarm rate (%)."""
    right, false, missed, silent = (float(n) for n in row_counts)
    f1 = 2 * right / max(2 * right + false + missed, 1.0)
    return f1, 100 * false / max(false + silent, 1.0), 100 * missed / max(missed + right, 1.0)


def row(name: str, row_counts: np.ndarray) -> str:
    """A line of the table."""
    f1, false, missed = figures(row_counts)
    return f"| {name} | {f1:.3f} | {false:.1f} | {missed:.1f} |"


def values(frame: Frame) -> np.ndarray:
    """(n, d)"""
    return np.stack(list(frame.columns.values()), axis=1)


def cross_fitted(files: Sequence[Marked]) -> np.ndarray:
    """Each group of files is judged by whichever of the family did best on all the other groups."""
    each = np.array(
        [
            [counts(alarms(recording, tuning), recording.truth) for recording in files]
            for tuning in FAMILY
        ]
    )
    groups = np.array([recording.name.partition("/")[0] for recording in files])
    row_counts = np.zeros(4)
    for group in np.unique(groups):
        others = each[:, groups != group].sum(axis=1)
        best = int(np.argmax([figures(total)[0] for total in others]))
        row_counts += each[best, groups == group].sum(axis=0)
        print(f"{group} by {FAMILY[best]}")
    return row_counts


def healthy(path: Path) -> None:
    """How much of an hour without a fault is spent in alarm, by what was learned from."""
    recording = read(path)
    for rows in HEALTHY:
        model = Multivariate(SETTINGS).fit(part(recording.frame, slice(None, rows)))
        in_alarm = [v.alarm for v in model.score(part(recording.frame, slice(rows, rows + 3400)))]
        print(
            f"learned from {rows} rows: {np.mean(in_alarm):.1%} of the next {len(in_alarm)} in alarm,",
            end=" ",
        )
        print(f"{int(np.sum(np.diff(in_alarm, prepend=False) & in_alarm))} alarms")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="SKAB by its own protocol")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cross-fit", action="store_true", help="takes minutes")
    arguments = parser.parse_args()
    files = read_all(arguments.data)
    print(f"{len(files)} files, {TRAINING} rows learned from in each\n")
    print("| | F1 | false alarms, % | missed, % |\n|---|---|---|---|")
    ours = [counts(alarms(recording, Tuning()), recording.truth) for recording in files]
    print(row("scanward, multivariate", np.sum(ours, axis=0)))
    if arguments.cross_fit:
        print(row("the same, cross-fitted", cross_fitted(files)))
    for name, peer in PEERS.items():
        peer_counts = [
            counts(peer(values(recording.history), values(recording.rest)), recording.truth)
            for recording in files
        ]
        print(row(name, np.sum(peer_counts, axis=0)))
    print(
        "\nper file: "
        + ", ".join(f"{f.name} {figures(n)[0]:.2f}" for f, n in zip(files, ours, strict=True))
    )
    for path in sorted(arguments.data.rglob("anomaly-free.csv")):
        healthy(path)


if __name__ == "__main__":
    main()

"""A pump-and-valve loop that others recorded (SKAB); the recordings are not part of Scanward."""

import os
from pathlib import Path

import numpy as np
import pytest

from alerts.detectors.multivariate.model import Tuning
from alerts.detectors.multivariate.training import Multivariate
from benchmarks.skab.files import Marked, part, read
from benchmarks.skab.peers import forest
from benchmarks.skab.run import SETTINGS, alarms, counts, figures, values

ROOT = Path(__file__).parents[4]
FOLDER = Path(os.environ.get("SCANWARD_SHARED", ROOT.parent / "shared" / "data")) / "skab"


def recorded(name: str) -> Marked:
    """One recording."""
    path = FOLDER / f"{name}.csv"
    if not path.exists():
        pytest.skip("shared data folder absent: no SKAB recordings")
    return read(path)


def test_a_closing_valve_is_found_in_three_recordings_better_than_by_a_forest() -> None:
    files = [recorded(f"valve1/{number}") for number in (3, 8, 14)]
    ours = figures(np.sum([counts(alarms(f, Tuning()), f.truth) for f in files], axis=0))
    forest_alarms = [forest(values(f.history), values(f.rest)) for f in files]
    theirs = figures(
        np.sum([counts(s, f.truth) for s, f in zip(forest_alarms, files, strict=True)], axis=0)
    )
    assert ours[0] > 0.85
    assert ours[1] < 10.0
    assert ours[0] > theirs[0] + 0.2


def test_fifty_minutes_of_a_sound_loop_teach_enough_to_leave_the_next_fifty_alone() -> None:
    sound = recorded("anomaly-free/anomaly-free").frame
    model = Multivariate(SETTINGS).fit(part(sound, slice(0, 3000)))
    verdicts = model.score(part(sound, slice(3000, 6000)))
    assert np.mean([verdict.alarm for verdict in verdicts]) < 0.03


def test_the_marks_are_never_a_column() -> None:
    assert not {"anomaly", "changepoint", "datetime"} & set(recorded("valve1/0").frame.columns)

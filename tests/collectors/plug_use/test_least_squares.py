"""Beside SciPy's own, which no process of a site loads."""

import numpy as np
import pytest
from scipy.optimize import nnls

from collectors.plug_use.least_squares import nonnegative


@pytest.mark.parametrize("seed", range(40))
def test_the_weights_fit_as_well_as_those_of_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = np.cumsum(rng.poisson(1.0, (60, 12)), axis=1)[:, ::-1].astype(float)
    rows[:, 3] = rows[:, 4]  # two pauses between which no peaks lie
    rows[:, 7] = 0
    target = rows[:, 2] * 0.5 + rng.normal(0, 1, 60)
    weights = nonnegative(rows, target)
    _, best = nnls(rows, target)
    assert (weights >= 0).all()
    assert np.linalg.norm(rows @ weights - target) == pytest.approx(best, rel=1e-5)


def test_what_nothing_explains_has_no_weights() -> None:
    assert nonnegative(np.zeros((5, 3)), np.ones(5)).tolist() == [0, 0, 0]
    assert nonnegative(np.ones((5, 1)), -np.ones(5)).tolist() == [0]
    assert nonnegative(np.ones((5, 1)), np.zeros(5)).tolist() == [0]

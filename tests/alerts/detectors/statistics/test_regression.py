"""How much a regression is shrunk: as scikit-learn chooses it, which takes fifty times as long."""

import numpy as np
import pytest
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import GroupKFold

from alerts.detectors.statistics.regression import ALPHAS, _shrinkage
from tests.support.examples import seeds


@pytest.mark.parametrize("seed", seeds(30))
def test_the_same_shrinkage_is_chosen_as_by_ridge_cv(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count, columns = rng.integers(200, 2000), 5 * rng.integers(1, 3)
    design = rng.normal(size=(count, columns)) @ rng.normal(size=(columns, columns))
    design /= design.std(axis=0)
    signal = design @ rng.normal(size=columns) * 10 ** rng.uniform(-2, 1)
    target = signal + rng.normal(size=count) * 10 ** rng.uniform(-1, 1)
    blocks = np.arange(count) * rng.integers(2, 20) // count
    folds = GroupKFold(min(5, len(np.unique(blocks)))).split(design, target, blocks)
    oracle = RidgeCV(ALPHAS, fit_intercept=False, cv=folds).fit(design, target)
    assert _shrinkage(design, target, blocks) == oracle.alpha_

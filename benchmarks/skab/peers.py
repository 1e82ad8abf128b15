"""What others would run on the same rows: each is fitted on the first rows and says yes or no to the rest."""

from collections.abc import Callable

import numpy as np
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.preprocessing import StandardScaler

from alerts.detectors.base import Floats

RARE = 0.99  # of the training rows lie below a limit
Peer = Callable[[Floats, Floats], np.ndarray]


def robust_z(train: Floats, rest: Floats) -> np.ndarray:
    """Any sensor further from its median than 3.5 median deviations (Iglewicz and Hoaglin 1993)."""
    centre = np.median(train, axis=0)
    spread = np.maximum(1.4826 * np.median(np.abs(train - centre), axis=0), 1e-9)
    return np.asarray((np.abs(rest - centre) / spread > 3.5).any(axis=1))


def t2_and_q(train: Floats, rest: Floats) -> np.ndarray:
    """Hotelling's T2 within the principal components that hold 90 %, or the rest Q outside of them."""
    scaler = StandardScaler().fit(train)
    pca = PCA(n_components=0.9, random_state=0).fit(scaler.transform(train))

    def both(values: Floats) -> Floats:
        scaled = scaler.transform(values)
        inside = pca.transform(scaled)
        t2 = (inside**2 / pca.explained_variance_).sum(axis=1)
        q = ((scaled - pca.inverse_transform(inside)) ** 2).sum(axis=1)
        return np.stack([t2, q], axis=1)

    return np.asarray((both(rest) > np.quantile(both(train), RARE, axis=0)).any(axis=1))


def forest(train: Floats, rest: Floats) -> np.ndarray:
    """IsolationForest on the raw values."""
    model = IsolationForest(contamination=1 - RARE, random_state=0).fit(train)
    return np.asarray(model.predict(rest) < 0)


def always(train: Floats, rest: Floats) -> np.ndarray:
    """An alarm that never ends."""
    return np.ones(len(rest), dtype=bool)


PEERS: dict[str, Peer] = {
    "robust z beyond 3.5, any sensor": robust_z,
    "T2 + Q": t2_and_q,
    "IsolationForest": forest,
    "always in alarm": always,
}

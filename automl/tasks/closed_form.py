"""Ridge regression in closed form (Hoerl and Kennard, 1970), summed up batch by batch.

n  rows, d  features, h  outputs
"""

from __future__ import annotations

import numpy as np

_LEAST_STRENGTH = 1e-9


class Ridge:
    """Weighted least squares of outputs by features and a constant, with a penalty on the weights.

    Args:
        features: d.
        outputs: h.
    """

    def __init__(self, features: int, outputs: int) -> None:
        self._gram = np.zeros((features + 1, features + 1))
        self._cross = np.zeros((features + 1, outputs))

    def add(self, features: np.ndarray, outputs: np.ndarray, weights: np.ndarray) -> None:
        """Hear of rows.

        Args:
            features: ``(n, d)``.
            outputs: ``(n, h)``.
            weights: what each row's squared error counts ``(n,)``.
        """
        rows = np.concatenate([features, np.ones((len(features), 1), features.dtype)], axis=1)
        weighed = (rows * weights[:, None]).T
        self._gram += weighed @ rows
        self._cross += weighed @ outputs

    def solve(self, strength: float) -> tuple[np.ndarray, np.ndarray]:
        """Return weights ``(d, h)`` and constants ``(h,)``, float32.

        Args:
            strength: of the penalty, as a share of the features' mean square; the constant has none.
        """
        size = len(self._gram) - 1
        square = max(float(np.trace(self._gram[:size, :size])) / max(size, 1), 1e-30)
        penalty = np.full(size + 1, max(strength, _LEAST_STRENGTH) * square)
        penalty[size] = 1e-12 * square
        found = np.linalg.solve(self._gram + np.diag(penalty), self._cross).astype(np.float32)
        return found[:size], found[size]


class SeasonalRidge:
    """Ridge regression of a series' next steps whose weights all phases of the season share.

    As in SparseTSF (Lin et al., 2024): what lies whole seasons back from a step says how it will be, by the
    same few weights for each phase, after the look-back was smoothed over a season. It is a map of the
    whole look-back, so it can stand for, or be averaged with, one that has a weight for each step.

    Args:
        steps: of the look-back, L; what does not make a whole season is left out at its start.
        horizon: steps ahead, h.
        season: steps of a season, at most L.
    """

    def __init__(self, steps: int, horizon: int, season: int) -> None:
        self._season, self._horizon = season, horizon
        self._used = steps // season * season
        self._left_out = steps - self._used
        self._smoothing = _smoothing(self._used, season)
        # of the last season of the horizon there may be a part only
        self._blocks = [Ridge(self._used // season, 1) for _ in range(-(-horizon // season))]

    def add(self, features: np.ndarray, outputs: np.ndarray, weights: np.ndarray) -> None:
        """Hear of rows; see ``Ridge.add``. Features are the steps of the look-back."""
        used = features[:, self._left_out :]
        mean = used.mean(axis=1, keepdims=True)
        smooth = (used - mean) @ self._smoothing
        phases = smooth.reshape(len(used), -1, self._season).transpose(0, 2, 1)
        for place, block in enumerate(self._blocks):
            ahead = (outputs - mean)[:, place * self._season : (place + 1) * self._season]
            rows = phases[:, : ahead.shape[1]].reshape(-1, phases.shape[2])
            block.add(rows, ahead.reshape(-1, 1), np.repeat(weights, ahead.shape[1]))

    def solve(self, strength: float) -> tuple[np.ndarray, np.ndarray]:
        """Return weights ``(L, h)`` and constants ``(h,)``; see ``Ridge.solve``."""
        found = [block.solve(strength) for block in self._blocks]
        ahead = np.arange(self._horizon)
        spread = np.zeros((self._used, self._horizon))
        for step in range(self._used):
            same = ahead[ahead % self._season == step % self._season]
            spread[step, same] = [found[at // self._season][0][step // self._season, 0] for at in same]
        mean = np.full((self._used, 1), 1.0 / self._used)
        weights = self._smoothing @ spread
        weights = weights - mean * weights.sum(axis=0, keepdims=True) + mean
        whole = np.concatenate([np.zeros((self._left_out, self._horizon)), weights])
        constants = np.array([found[at // self._season][1][0] for at in ahead])
        return whole.astype(np.float32), constants.astype(np.float32)


def _smoothing(steps: int, season: int) -> np.ndarray:
    """``(L, L)``: each step plus the mean of a season around it, as SparseTSF's convolution may begin."""
    half = season // 2
    around = np.arange(steps)[:, None] + np.arange(-half, half + 1)
    matrix = np.eye(steps)
    for step, near in enumerate(np.clip(around, 0, steps - 1)):
        np.add.at(matrix[:, step], near, 1.0 / len(near))
    return matrix

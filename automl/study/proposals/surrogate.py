"""A Gaussian process of how configurations stand, small enough to be fitted at each proposal.

Matérn 5/2 kernel with a length scale per parameter (Snoek et al., 2012), hyperparameters by maximum a
posteriori. In NumPy: points are few, and a process per proposal must not cost a framework's import.

Symbols: n points, d parameters, m candidates; ``w`` inverse squared length scales ``(d,)``, ``s`` signal
variance, ``e`` noise variance; ``theta`` = logarithms of ``(*w, s, e)``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import cho_solve, solve_triangular
from scipy.linalg.lapack import dpotri
from scipy.optimize import minimize
from scipy.special import ndtr

_STEPS = 8
"""Iterations of the fit: more change the proposals little."""
_SPREAD = 1.5
"""Standard deviation of the prior on the logarithms of ``w`` and ``e``."""
_NOISE = 0.05
"""Median of the prior on ``e``, in variances of the values."""
_JITTER = 1e-8


@dataclass(frozen=True, kw_only=True)
class GaussianProcess:
    """A fitted process; made by ``fit``.

    Attributes:
        points: ``(n, d)`` float64 in the unit cube.
        nominal: ``(d,)`` bool, which columns only know equality.
        theta: ``(d + 2,)`` float64.
        factor: lower Cholesky factor of the kernel matrix with noise ``(n, n)``.
        weights: ``(n,)``, the kernel matrix's inverse times the values.
        level: mean of the values.
        noise: ``(n,)``, each point's noise variance as a multiple of ``e``.
    """

    points: np.ndarray
    nominal: np.ndarray
    theta: np.ndarray
    factor: np.ndarray
    weights: np.ndarray
    level: float
    noise: np.ndarray

    def predict(self, candidates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and standard deviation at candidates ``(m, d)``, each ``(m,)``."""
        scales, signal, _ = _parts(self.theta)
        kernel = _matern(_squared(candidates, self.points, self.nominal, scales), signal)
        spread = solve_triangular(self.factor, kernel.T, lower=True, check_finite=False)
        variance = np.maximum(signal - (spread * spread).sum(axis=0), 1e-10)
        return kernel @ self.weights + self.level, np.sqrt(variance)

    def believing(self, points: np.ndarray) -> GaussianProcess:
        """Return the process as if it had seen its own predictions at points ``(k, d)``.

        So what is in training is not proposed again (Kriging believer: Ginsbourger et al., 2010).
        """
        every = np.concatenate([self.points, points])
        values = np.concatenate([self.predict(self.points)[0], self.predict(points)[0]]) - self.level
        noise = np.concatenate([self.noise, np.ones(len(points))])
        factor = np.linalg.cholesky(_kernel(self.theta, _differences(every, self.nominal), noise)[0])
        weights = cho_solve((factor, True), values)
        return replace(self, points=every, factor=factor, weights=weights, noise=noise)


def fit(
    points: np.ndarray, nominal: np.ndarray, values: np.ndarray, noise: np.ndarray | None = None
) -> GaussianProcess:
    """Fit a process.

    Args:
        points: ``(n, d)`` float64, numbers in the unit cube, indices in nominal columns.
        nominal: ``(d,)`` bool.
        values: ``(n,)`` float64, about standard normal.
        noise: ``(n,)`` float64, how many times as noisy as others each value is; all alike by default.
    """
    noise = np.ones(len(values)) if noise is None else noise
    level = float(np.average(values, weights=1 / noise))
    centred = values - level
    size = points.shape[1]
    apart = _differences(points, nominal)
    start = np.concatenate([np.full(size, np.log(2.0)), [0.0, np.log(0.1)]])
    bounds = [(-7.0, 5.0)] * size + [(-4.0, 3.0), (np.log(1e-4), 1.0)]
    found = minimize(
        _loss,
        start,
        args=(apart, centred, noise),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": _STEPS},
    )
    theta = np.asarray(found.x)
    factor = np.linalg.cholesky(_kernel(theta, apart, noise)[0])
    return GaussianProcess(
        points=points,
        nominal=nominal,
        theta=theta,
        factor=factor,
        weights=cho_solve((factor, True), centred),
        level=level,
        noise=noise,
    )


def expected_improvement(mean: np.ndarray, deviation: np.ndarray, best: float) -> np.ndarray:
    """Return how much smaller than ``best`` a value is expected to be, ``(m,)`` (Jones et al., 1998)."""
    sigmas = (best - mean) / deviation
    density = np.exp(-0.5 * sigmas * sigmas) / np.sqrt(2 * np.pi)
    return np.asarray(deviation * (sigmas * ndtr(sigmas) + density))


def _differences(points: np.ndarray, nominal: np.ndarray) -> np.ndarray:
    """Squared differences by pair and column, ``(n * n, d)``; 1 where nominal values differ."""
    apart = points[:, None, :] - points[None, :, :]
    apart = np.where(nominal, apart != 0, apart * apart)
    return np.asarray(apart.reshape(-1, points.shape[1]))


def _parts(theta: np.ndarray) -> tuple[np.ndarray, float, float]:
    return np.exp(theta[:-2]), float(np.exp(theta[-2])), float(np.exp(theta[-1]))


def _matern(squared: np.ndarray, signal: float) -> np.ndarray:
    root = np.sqrt(5 * squared + 1e-12)
    return np.asarray(signal * (1 + root + root * root / 3) * np.exp(-root))


def _squared(one: np.ndarray, other: np.ndarray, nominal: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """Scaled squared distances ``(m, n)``."""
    roots = np.sqrt(scales[~nominal])
    left, right = one[:, ~nominal] * roots, other[:, ~nominal] * roots
    squared = (left * left).sum(1)[:, None] + (right * right).sum(1) - 2 * left @ right.T
    for column in np.flatnonzero(nominal):
        squared = squared + scales[column] * (one[:, column][:, None] != other[:, column])
    return np.asarray(np.maximum(squared, 0.0))


def _kernel(
    theta: np.ndarray, apart: np.ndarray, times: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Kernel matrix with noise, without, and its derivative by the squared distance, each ``(n, n)``."""
    scales, signal, noise = _parts(theta)
    n = len(times)
    root = np.sqrt(5 * (apart @ scales).reshape(n, n) + 1e-12)
    decay = signal * np.exp(-root)
    bare = decay * (1 + root + root * root / 3)
    return bare + np.diag(noise * times + _JITTER), bare, decay * (1 + root) * (-5 / 6)


def _loss(
    theta: np.ndarray, apart: np.ndarray, values: np.ndarray, times: np.ndarray
) -> tuple[float, np.ndarray]:
    """Negative logarithm of the posterior of ``theta``, and its gradient."""
    whole, bare, slope = _kernel(theta, apart, times)
    try:
        factor = np.linalg.cholesky(whole)
    except np.linalg.LinAlgError:
        return 1e10, np.zeros_like(theta)
    weights = cho_solve((factor, True), values)
    lower, _ = dpotri(factor, lower=1)
    pull = lower + np.tril(lower, -1).T - np.outer(weights, weights)
    scales, _, noise = _parts(theta)
    gradient = 0.5 * np.concatenate(
        [
            ((pull * slope).ravel() @ apart) * scales,
            [(pull * bare).sum(), (np.diag(pull) * times).sum() * noise],
        ]
    )
    surprise = (theta - _centre(len(theta))) / _widths(len(theta))
    loss = 0.5 * values @ weights + np.log(np.diag(factor)).sum() + 0.5 * (surprise * surprise).sum()
    return float(loss), np.asarray(gradient + surprise / _widths(len(theta)))


def _centre(size: int) -> np.ndarray:
    centre = np.zeros(size)
    centre[-1] = np.log(_NOISE)
    return centre


def _widths(size: int) -> np.ndarray:
    spread = np.full(size, _SPREAD)
    spread[-2] = 1.0
    return spread

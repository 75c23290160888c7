"""Linear discriminant analysis of pixels: the field's oldest rule that learns (Belhumeur et al., 1997).

"Eigenfaces vs. Fisherfaces": pixels are projected to their principal components, and these to where those
of one identity lie close together and the means of identities far apart. Symbols: n examples of training,
m others, p pixels, r components, k identities.
"""

from __future__ import annotations

import numpy as np

MOST_ROWS, COMPONENTS = 4_000, 150
"""Examples that are learned from, evenly spread, and r at most."""

SHRINKAGE = 0.3
"""Weight of equal variances in all directions beside those within identities: few examples tell the rest
badly."""


def discriminant_vectors(train: np.ndarray, codes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return other examples as vectors in which identities of training differ most.

    Args:
        train: pixels ``(n, p)``.
        codes: identity of each example ``(n,)``.
        others: pixels ``(m, p)``.

    Returns:
        ``(m, COMPONENTS)``, not of length 1; at most k - 1 columns are not 0, however many those of
        another fold may have.
    """
    some = np.linspace(0, len(train) - 1, min(len(train), MOST_ROWS)).astype(int)
    rows, owners = np.asarray(train, np.float64)[some], codes[some]
    mean = rows.mean(axis=0)
    _, strengths, axes = np.linalg.svd(rows - mean, full_matrices=False)
    axes = axes[: min(COMPONENTS, int((strengths > 1e-9 * strengths.max(initial=1e-300)).sum()))]
    points = (rows - mean) @ axes.T
    names, places = np.unique(owners, return_inverse=True)
    centres = np.stack([points[places == at].mean(axis=0) for at in range(len(names))])
    within = points - centres[places]
    spread = within.T @ within / len(points)
    even = np.trace(spread) / len(spread) * np.eye(len(spread))
    scatter = (1 - SHRINKAGE) * spread + SHRINKAGE * even + 1e-9 * np.eye(len(spread))
    whiten = np.linalg.inv(np.linalg.cholesky(scatter)).T
    apart = np.linalg.svd((centres - centres.mean(axis=0)) @ whiten, full_matrices=False)[2]
    kept = apart[: max(1, len(names) - 1)]
    found = (np.asarray(others, np.float64) - mean) @ axes.T @ whiten @ kept.T
    return np.pad(found, ((0, 0), (0, COMPONENTS - found.shape[1])))

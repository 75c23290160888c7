"""What a language model shows: how its surprise falls with what it has read, in windows that start anew.

n  windows, L  tokens that each predicts
"""

from __future__ import annotations

import numpy as np

from automl.core.figures import Axis, Chart, Line, numbers
from automl.core.targets import TARGET
from automl.tasks.language_layers import NATS
from automl.tasks.shown import Evidence, Shown

MOST_PLACES = 64
"""Places that are drawn; of longer windows the mean of neighbours."""


SHORT = 0.1
"""Share of windows of sub-words that may be too short to be drawn."""


def evidence(shown: Shown) -> Evidence:
    """Return the evidence of nats ``(n, L)``."""
    nats = np.asarray(shown.predictions[NATS], np.float64)
    counts = np.asarray(shown.encoded[TARGET])
    full = nats[counts[:, 1] == nats.shape[1]]
    if np.isnan(counts[:, 1]).all():  # sub-words: each window has as many as its text makes
        shortest = int(np.quantile((nats != 0).sum(axis=1), SHORT))
        full = nats[(nats[:, :shortest] != 0).all(axis=1), :shortest]
    if not full.size:
        return Evidence()
    groups = np.array_split(np.arange(full.shape[1]), min(MOST_PLACES, full.shape[1]))
    chart = Chart(
        title="Surprise by tokens read",
        x=Axis(label="tokens read before"),
        y=Axis(label="nats per token", low=0.0),
        lines=(
            Line(
                name="model",
                x=numbers([float(group.mean()) + 1 for group in groups]),
                y=numbers([float(full[:, group].mean()) for group in groups]),
            ),
        ),
        note=f"{len(full):,} held-out windows, each read from its start.",
    )
    return Evidence(figures=(chart,))
